"""Registration with an officer's help: the resident sets the password, the officer never sees it."""

import asyncio
import re
from uuid import UUID

import httpx
import pytest

from app_server.kernel import db
from auth.grants import service as grants
from auth.grants.rules import TERMS_VERSION
from auth.identity import service as identity
from tests.builders.identity import window_officer
from tests.builders.people import bearer, phone, resident
from tests.builders.staff import officer

PASSWORD = "花戏楼前的石狮子8"
LI = {
    "name": "李明轩",
    "ethnic_group": "汉族",
    "sex": "male",
    "id_number": "341602199003074511",
    "valid_from": "2019-04-02",
    "valid_until": "2039-04-02",
}
PATH = "/assisted-registrations"


async def begun(staff_surface, by, **changes) -> dict:
    body = LI | {"phone": phone()} | changes
    reply = await staff_surface.post(PATH, json=body, headers=await bearer(by))
    assert reply.status_code == 201, reply.text
    return reply.json() | {"phone": body["phone"]}


async def sms_to(number: str, simulators, deliver) -> str:
    await deliver()
    async with httpx.AsyncClient(trust_env=False) as box:
        found = await box.get(f"{simulators['sms']}/messages", params={"phone": number})
    return found.json()[0]["Content"]


async def code_in(text: str) -> str:
    return re.search(r"验证码 (\d{6})", text).group(1)


async def finish(public, request: dict, code: str, password: str = PASSWORD) -> httpx.Response:
    return await public.post(
        f"/sign-up/assisted/{request['id']}",
        json={"code": code, "password": password, "terms_version": TERMS_VERSION},
    )


async def test_strangers_and_other_officers_begin_nothing(staff_surface):
    body = LI | {"phone": phone()}
    assert (await staff_surface.post(PATH, json=body)).status_code == 401
    by = await officer("case_officer")
    reply = await staff_surface.post(PATH, json=body, headers=await bearer(by))
    assert reply.status_code == 403


async def test_the_resident_sets_the_password_and_the_officer_is_on_record(
    public, staff_surface, simulators, deliver
):
    by = await window_officer()
    request = await begun(staff_surface, by)
    assert await db.value("SELECT count(*) FROM people_person") == 0
    text = await sms_to(request["phone"], simulators, deliver)
    assert request["page"] in text
    done = await finish(public, request, await code_in(text))
    assert done.status_code == 201, done.text
    assert done.json()["person"]["tier"] == 2
    proofs = await identity.evidence_of(UUID(done.json()["person"]["id"]))
    window = next(p for p in proofs if p.source == "realname_window")
    assert (window.by, window.window, window.region) == (by.ref, "A01", "341602")
    session = await public.post("/sessions", json={"login": request["phone"], "password": PASSWORD})
    assert session.status_code == 201


async def test_nothing_the_officer_is_told_holds_code_or_password(
    public, staff_surface, simulators, deliver
):
    by = await window_officer()
    request = await begun(staff_surface, by)
    code = await code_in(await sms_to(request["phone"], simulators, deliver))
    await finish(public, request, code)
    shown = await staff_surface.get("/registrations", headers=await bearer(by))
    assert set(request) - {"phone"} == {
        "id",
        "state",
        "name_masked",
        "phone_masked",
        "page",
        "expires_at",
    }
    assert shown.json() == {"items": [], "next": None}
    kept = await db.value("SELECT row_to_json(r)::text FROM people_registration r")
    assert PASSWORD not in kept
    assert "argon2" not in kept


async def test_the_officer_cannot_choose_a_password_for_them(staff_surface):
    by = await window_officer()
    body = LI | {"phone": phone(), "password": PASSWORD}
    reply = await staff_surface.post(PATH, json=body, headers=await bearer(by))
    assert reply.status_code == 422


async def test_a_wrong_code_and_a_weak_password_open_nothing(
    public, staff_surface, simulators, deliver
):
    request = await begun(staff_surface, await window_officer())
    code = await code_in(await sms_to(request["phone"], simulators, deliver))
    wrong = f"{(int(code) + 1) % 1000000:06d}"
    assert (await finish(public, request, wrong)).json()["code"] == "people.code_refused"
    weak = await finish(public, request, code, "12345678")
    assert weak.json()["code"] == "grants.weak_password"
    assert await db.value("SELECT count(*) FROM people_person") == 0
    assert (await finish(public, request, code)).status_code == 201


async def test_a_request_serves_once(public, staff_surface, simulators, deliver):
    request = await begun(staff_surface, await window_officer())
    code = await code_in(await sms_to(request["phone"], simulators, deliver))
    results = await asyncio.gather(*(finish(public, request, code) for _ in range(4)))
    assert [r.status_code for r in results].count(201) == 1
    assert await db.value("SELECT count(*) FROM people_person") == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "李明宣"}, "identity.mismatch"),
        ({"valid_until": "2020-01-01"}, "identity.document_expired"),
        ({"id_number": "341602199003074512"}, "people.id_number_invalid"),
    ],
)
async def test_what_the_card_or_registry_denies_begins_nothing(
    change, code, staff_surface, simulators
):
    by = await window_officer()
    body = LI | {"phone": phone()} | change
    reply = await staff_surface.post(PATH, json=body, headers=await bearer(by))
    assert (reply.status_code, reply.json()["code"]) == (422, code)
    assert await db.value("SELECT count(*) FROM people_registration") == 0


async def test_who_is_registered_already_is_told_so(staff_surface, simulators):
    await resident(number=LI["id_number"])
    by = await window_officer()
    reply = await staff_surface.post(PATH, json=LI | {"phone": phone()}, headers=await bearer(by))
    assert reply.json()["code"] == "people.already_registered"


async def test_a_town_hall_begins_nothing(staff_surface, simulators):
    by = await window_officer("town")
    reply = await staff_surface.post(PATH, json=LI | {"phone": phone()}, headers=await bearer(by))
    assert reply.json()["code"] == "identity.window_not_allowed"


async def test_another_code_can_be_had_after_a_minute(public, staff_surface, simulators):
    request = await begun(staff_surface, await window_officer())
    soon = await public.post(f"/sign-up/assisted/{request['id']}/code")
    assert soon.json()["code"] == "people.code_too_soon"
    await db.execute(
        "UPDATE people_one_time_code SET created_at = created_at - interval '2 minutes'"
    )
    again = await public.post(f"/sign-up/assisted/{request['id']}/code")
    assert again.status_code == 202


async def test_a_request_is_over_after_a_day(public, staff_surface, simulators, deliver):
    request = await begun(staff_surface, await window_officer())
    code = await code_in(await sms_to(request["phone"], simulators, deliver))
    await db.execute("UPDATE people_registration SET expires_at = now() - interval '1 second'")
    assert (await finish(public, request, code)).status_code == 404
    async with db.unit_of_work():
        await grants.ask_for_waiting()
    await deliver()
    assert await db.value("SELECT state FROM people_registration") == "expired"
