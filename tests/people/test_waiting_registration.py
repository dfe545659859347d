"""While the registry is away a request waits: no account, no password, told by SMS (R-ID-01)."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from auth.grants import service as grants
from auth.grants.rules import TERMS_VERSION
from auth.identity import service as identity
from auth.people import service as people
from auth.people.errors import NoSuchRegistration
from tests.builders.identity import post, window_officer
from tests.builders.people import bearer, phone, resident

PASSWORD = "花戏楼前的石狮子8"
LI = {
    "name": "李明轩",
    "ethnic_group": "汉族",
    "sex": "male",
    "id_number": "341602199003074511",
    "password": PASSWORD,
    "terms_version": TERMS_VERSION,
}
CARD = {
    "name": "李明轩",
    "id_number": LI["id_number"],
    "valid_from": "2019-04-02",
    "valid_until": "2039-04-02",
}


@pytest.fixture
async def registry_away(simulators):
    ill = {"service": "population.four_fields", "mode": "broken"}
    await post(simulators["exchange"], "/__ill", ill)

    async def back() -> None:
        await post(simulators["exchange"], "/__ill", ill | {"mode": "well"})
        # This process's own circuit may be open: it rests ten seconds.
        from app_server.sharing.providers.exchange import exchange

        exchange()._breakers.clear()

    yield back
    await back()


async def messages(simulators, number: str) -> list[str]:
    async with httpx.AsyncClient(trust_env=False) as box:
        found = await box.get(f"{simulators['sms']}/messages", params={"phone": number})
    return [m["Content"] for m in found.json()]


async def code_for(number, public, simulators, deliver) -> str:
    sent = await public.post("/sign-up/codes", json={"phone": number})
    assert sent.status_code == 202, sent.text
    await deliver()
    return re.search(r"验证码 (\d{6})", (await messages(simulators, number))[0]).group(1)


async def left_waiting(public, simulators, deliver, **changes) -> tuple[UUID, str]:
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    body = LI | {"phone": number, "code": code} | changes
    reply = await public.post("/sign-up", json=body)
    assert (reply.status_code, reply.json()["code"]) == (503, "grants.registration_waiting")
    assert reply.json()["state"] == "waiting"
    return UUID(reply.json()["request_id"]), number


async def run_the_job(deliver) -> None:
    await db.execute(
        "UPDATE people_registration SET next_try_at = now() - interval '1 second' "
        "WHERE state='waiting'"
    )
    async with db.unit_of_work():
        await grants.ask_for_waiting()
    await deliver()


async def test_a_request_is_no_account_and_keeps_no_secret_in_clear(
    public, simulators, deliver, registry_away
):
    request, number = await left_waiting(public, simulators, deliver)
    assert await db.value("SELECT count(*) FROM people_person") == 0
    assert await db.value("SELECT count(*) FROM grants_password") == 0
    stored = await db.value("SELECT row_to_json(r)::text FROM people_registration r")
    for secret in (PASSWORD, "李明轩", LI["id_number"], number):
        assert secret not in stored
    assert "$argon2id$" in stored
    refused = await public.post("/sessions", json={"login": number, "password": PASSWORD})
    assert refused.status_code == 401
    state = (await public.get(f"/sign-up/requests/{request}")).json()
    assert state["state"] == "waiting"
    assert set(state) == {"state", "expires_at"}


async def test_it_is_finished_when_the_registry_is_back_and_the_person_is_told(
    public, simulators, deliver, registry_away
):
    request, number = await left_waiting(public, simulators, deliver)
    await run_the_job(deliver)
    assert (await people.registration_state(request))[0] == "waiting"
    await registry_away()
    await run_the_job(deliver)
    assert (await public.get(f"/sign-up/requests/{request}")).json()["state"] == "finished"
    assert "核验通过" in (await messages(simulators, number))[0]
    session = await public.post("/sessions", json={"login": number, "password": PASSWORD})
    assert session.json()["person"]["tier"] == 1, session.text
    row = await db.row("SELECT name, id_number, password_digest FROM people_registration")
    assert row["password_digest"] == ""
    await run_the_job(deliver)
    assert await db.value("SELECT count(*) FROM people_person") == 1


async def test_it_is_refused_when_the_registry_says_no(public, simulators, deliver, registry_away):
    request, number = await left_waiting(public, simulators, deliver, name="李明宣")
    await registry_away()
    await run_the_job(deliver)
    assert (await people.registration_state(request))[:2] == ("refused", "identity.mismatch")
    assert "未通过" in (await messages(simulators, number))[0]
    assert await db.value("SELECT count(*) FROM people_person") == 0


async def test_it_ends_after_a_week(public, simulators, deliver, registry_away, monkeypatch):
    request, number = await left_waiting(public, simulators, deliver)
    await db.execute("UPDATE people_registration SET expires_at = now() - interval '1 second'")
    await run_the_job(deliver)
    assert (await people.registration_state(request))[0] == "expired"
    assert "已过期" in (await messages(simulators, number))[0]


async def test_a_later_request_of_the_same_phone_replaces_the_earlier(
    public, simulators, deliver, registry_away
):
    first, _ = await left_waiting(public, simulators, deliver)
    second = await _left_again(await people.open_registration(first, "waiting"))
    assert (await people.registration_state(first))[0] == "replaced"
    assert (await people.registration_state(second))[0] == "waiting"


async def _left_again(held: people.RegistrationFacts) -> UUID:
    async with db.unit_of_work():
        return (await people.leave_registration(held.wanted)).id


async def test_who_is_registered_already_leaves_no_request(
    public, simulators, deliver, registry_away
):
    await resident(number=LI["id_number"])
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert (reply.status_code, reply.json()["code"]) == (409, "people.already_registered")
    assert await db.value("SELECT count(*) FROM people_registration") == 0


async def test_of_many_finishers_at_once_one_makes_the_account(
    public, simulators, deliver, registry_away
):
    request, _ = await left_waiting(public, simulators, deliver)
    await registry_away()
    results = await asyncio.gather(
        *(grants.finish_waiting(request) for _ in range(20)), return_exceptions=True
    )
    assert results.count("finished") == 1
    assert await db.value("SELECT count(*) FROM people_person") == 1
    assert (await people.registration_state(request))[0] == "finished"


async def test_a_window_officer_activates_it_with_the_card_in_hand(
    public, staff_surface, simulators, deliver, registry_away
):
    request, number = await left_waiting(public, simulators, deliver)
    path = f"/registrations/{request}/activate"
    assert (await staff_surface.post(path, json=CARD)).status_code == 401
    by = await window_officer()
    headers = await bearer(by)
    waiting = (await staff_surface.get("/registrations", headers=headers)).json()["items"]
    assert [(w["name_masked"], w["id_number_masked"]) for w in waiting] == [
        ("李*轩", "341602********4511")
    ]
    wrong = await staff_surface.post(path, json=CARD | {"name": "李明宣"}, headers=headers)
    assert wrong.json()["code"] == "identity.mismatch"
    done = await staff_surface.post(path, json=CARD, headers=headers)
    assert (done.status_code, done.json()["tier"]) == (200, 2), done.text
    proofs = await identity.evidence_of(UUID(done.json()["person_id"]))
    window = next(p for p in proofs if p.source == "realname_window")
    assert (window.by, window.facts["registry"]) == (by.ref, "pending_manual_check")
    session = await public.post("/sessions", json={"login": number, "password": PASSWORD})
    assert session.status_code == 201


async def test_an_unknown_request_is_not_found(public):
    reply = await public.get("/sign-up/requests/00000000-0000-7000-8000-000000000000")
    assert reply.status_code == 404
    with pytest.raises(NoSuchRegistration):
        await people.phone_of_registration(UUID(int=7))


async def test_five_contents_are_verified_and_recorded(public, simulators, deliver):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert reply.status_code == 201, reply.text
    proofs = await identity.evidence_of(UUID(reply.json()["person"]["id"]))
    contents = {c for p in proofs for c in p.facts["contents"]}
    assert contents == {"id_number", "name", "sex", "ethnic_group", "mobile"}
    assert {p.source for p in proofs} == {"population_four_fields", "mobile_code"}
    assert all(identity.is_intact(p) for p in proofs)
    assert await db.value("SELECT life FROM identity_standing") == "alive"


@pytest.mark.parametrize("username", [None, "limingxuan"])
async def test_both_credential_forms_give_tier_one_and_three_ways_to_sign_in(
    username, public, simulators, deliver
):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    body = LI | {"phone": number, "code": code} | ({"username": username} if username else {})
    made = await public.post("/sign-up", json=body)
    assert (made.status_code, made.json()["person"]["tier"]) == (201, 1)
    for login in filter(None, (number, LI["id_number"], username)):
        session = await public.post("/sessions", json={"login": login, "password": PASSWORD})
        assert session.status_code == 201, login


@pytest.mark.parametrize("missing", ["id_number", "phone", "password", "code", "name"])
async def test_neither_form_goes_without_id_phone_or_password(missing, public):
    body = {k: v for k, v in (LI | {"phone": phone(), "code": "000000"}).items() if k != missing}
    reply = await public.post("/sign-up", json=body)
    assert reply.status_code == 422
    assert missing in {e["field"] for e in reply.json()["errors"]}
    assert await db.value("SELECT count(*) FROM people_person") == 0


@pytest.mark.parametrize("username", ["", "ab", "1abc", "有名字", "a" * 31])
async def test_an_ill_formed_user_name_is_no_credential(username, public):
    body = LI | {"phone": phone(), "code": "000000", "username": username}
    assert (await public.post("/sign-up", json=body)).status_code == 422


async def test_a_dead_or_expired_person_opens_no_account(public, simulators, deliver):
    from tests.builders.people import id_number

    for record, code_wanted in (
        ({"life": "deceased"}, "identity.mismatch"),
        ({"valid_until": "2020-01-01"}, "identity.document_expired"),
    ):
        who = {"id_number": id_number(), "name": "张三丰", "sex": "male", "ethnic_group": "汉族"}
        await post(simulators["exchange"], "/__people", who | record)
        number = phone()
        code = await code_for(number, public, simulators, deliver)
        reply = await public.post("/sign-up", json=LI | who | {"phone": number, "code": code})
        assert (reply.status_code, reply.json()["code"]) == (422, code_wanted)
    assert await db.value("SELECT count(*) FROM people_person") == 0


async def test_a_code_of_before_is_refused_after_its_life(public, simulators, deliver):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    await db.execute(
        "UPDATE people_one_time_code SET expires_at=$1 WHERE phone_index=$2",
        clock.now() - timedelta(seconds=1),
        blind_index(number, "phone"),
    )
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert reply.json()["code"] == "people.code_refused"


async def test_five_wrong_codes_lock_the_right_one(public, simulators, deliver):
    number = phone()
    code = await code_for(number, public, simulators, deliver)
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    for _ in range(5):
        await public.post("/sign-up", json=LI | {"phone": number, "code": wrong})
    reply = await public.post("/sign-up", json=LI | {"phone": number, "code": code})
    assert reply.json()["code"] == "people.code_refused"
    assert await db.value("SELECT count(*) FROM people_person") == 0


async def test_a_request_that_ended_long_ago_is_forgotten_with_its_phone(
    public, simulators, deliver, registry_away
):
    await left_waiting(public, simulators, deliver)
    await db.execute("UPDATE people_registration SET state='refused', ended_at=now()")
    await run_the_job(deliver)
    assert await db.value("SELECT count(*) FROM people_registration") == 1
    await db.execute("UPDATE people_registration SET ended_at = now() - interval '31 days'")
    await run_the_job(deliver)
    assert await db.value("SELECT count(*) FROM people_registration") == 0
