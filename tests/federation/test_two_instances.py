"""A province and a city side by side: the same code, own databases, own keys (R-ID-24, 26, 33, 41)."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app_server.kernel import crypto, db
from app_server.kernel.http import ENDPOINTS
from app_server.kernel.settings import Settings
from auth.federation import service as federation
from auth.federation.service import records
from auth.grants.rules import TERMS_VERSION
from auth.grants.service.registration import Account, open_account
from auth.identity import service as identity
from auth.people import service as people
from tests.builders.federation import (
    BOZHOU,
    HEFEI,
    MEDIA,
    PASSWORD,
    Peer,
    city,
    claims_of,
    urn,
)
from tests.builders.people import bearer, id_number, phone
from tests.builders.staff import administrator
from tests.builders.two_instances import WHO, tables_with, two_instances, until, working


@pytest.fixture(scope="module")
async def pair(connected, listeners):
    """The city is set up once for all tests here; what they make stays from test to test."""
    patch = pytest.MonkeyPatch()
    patch.setattr(Settings, "origin", lambda _, surface: listeners[surface])
    async with two_instances(listeners) as found:
        yield found
    patch.undo()


async def registered(number: str = "", mobile: str = "", **who: str) -> Any:
    """Somebody who has just registered with the province."""
    person = people.NewPerson(
        **(WHO | {"id_number": number or id_number(), "phone": mobile or phone()} | who)
    )
    async with db.unit_of_work():
        return await open_account(
            Account(person, "no-digest", TERMS_VERSION, "web"),
            identity.Document("alive", None, None),
        )


async def backlog() -> int:
    return sum((await federation.backlog(BOZHOU)).values())


async def test_a_new_user_reaches_the_home_city_within_two_seconds(pair):
    async with working():
        person = await registered()
        seconds = await until(lambda: pair.person_there(person))
    assert seconds < 2
    assert await pair.proofs_there(person) == {"recognised_primary"}
    home = await federation.home_of(person)
    assert (home.city, home.basis) == (BOZHOU, "id_number")


async def test_a_user_of_no_city_here_is_pushed_nowhere(pair, deliver):
    before = await pair.base.fetchval("SELECT count(*) FROM people_person")
    await registered(number=id_number(region="320102"))
    await registered(number=id_number(region="340104"))
    await deliver()
    assert await pair.base.fetchval("SELECT count(*) FROM people_person") == before


async def test_the_level_follows_up_and_down_and_is_told_once(pair, deliver):
    person = await registered()
    by = await administrator("security_admin")
    raised = await identity.add_evidence(by, person, "face_and_code")
    await deliver()
    assert await pair.proofs_there(person) == {"recognised_primary", "recognised_intermediate"}
    await identity.revoke_evidence(by, raised, "查明冒用")
    await deliver()
    assert await pair.proofs_there(person) == {"recognised_primary"}
    taken = "SELECT count(*) FROM federation_received"
    before = await pair.base.fetchval(taken)
    async with db.unit_of_work():
        await federation.user_changed(person)
    await deliver()
    assert await pair.base.fetchval(taken) == before


async def test_an_ended_account_ends_there_too(pair, deliver):
    person = await registered()
    await deliver()
    document = identity.Document("deceased", None, None)
    async with db.unit_of_work():
        await identity.note_document(
            (await administrator()), person, document, "population_registry"
        )
    await deliver()
    assert await pair.person_there(person)
    assert await pair.proofs_there(person) == set()


async def test_while_the_city_is_away_nothing_is_lost_and_the_order_holds(pair, deliver):
    await asyncio.to_thread(pair.city.stop, "partner")
    made = [await registered() for _ in range(4)]
    await deliver()
    assert not any([await pair.person_there(p) for p in made])
    # So long away that the outbox gave up: the job lets it run again, nobody else must.
    await db.execute(
        "UPDATE kernel_delivery SET state='parked' WHERE handler='auth.federation.push_user' "
        "AND state='ready' AND attempts > 0"
    )
    assert await federation.replay_unreached() >= 1
    await asyncio.to_thread(pair.city.start, "partner")
    await db.execute("UPDATE kernel_delivery SET run_at = now() - interval '1 minute'")
    await deliver()
    there = [await pair.person_there(p) for p in made]
    rows = await pair.base.fetch(
        "SELECT person_id FROM federation_link WHERE person_id = ANY($1::uuid[]) ORDER BY id", there
    )
    assert [row["person_id"] for row in rows] == there
    assert await backlog() == 0


async def test_a_delivery_that_arrives_twice_is_taken_once(pair, deliver):
    person = await registered()
    await deliver()
    counts = "SELECT (SELECT count(*) FROM people_person), (SELECT count(*) FROM identity_evidence)"
    before = await pair.base.fetchrow(counts)
    # As if the answer had been lost: the same delivery is performed once more.
    await db.execute("DELETE FROM federation_pushed WHERE person_id=$1", person)
    again = await db.execute(
        "UPDATE kernel_delivery SET state='ready', lease_until=NULL "
        "WHERE handler='auth.federation.push_user' AND payload->>'person_id' = $1",
        str(person),
    )
    assert again >= 1
    await deliver()
    assert await pair.base.fetchrow(counts) == before


async def test_a_conflict_there_is_noted_and_holds_nobody_up(pair, deliver):
    clash = await registered(mobile=pair.resident["phone"])
    after = await registered()
    await deliver()
    rows = await db.rows("SELECT person_id, outcome, reason FROM federation_pushed")
    found = {row["person_id"]: (row["outcome"], row["reason"]) for row in rows}
    assert found[clash] == ("conflict", "phone_taken")
    assert found[after] == ("added", "")
    assert await pair.person_there(after)


async def test_moving_home_tells_the_old_city_that_the_user_left(pair, deliver):
    person = await registered()
    await deliver()
    headers = await bearer(_as(person))
    wrong = await pair.at_province("PUT", "/me/home", json={"city": "341602"}, headers=headers)
    assert wrong.json()["code"] == "federation.home_invalid"
    moved = await pair.at_province("PUT", "/me/home", json={"city": HEFEI}, headers=headers)
    assert moved.json()["home"]["basis_name"] == "本人选择"
    await deliver()
    assert await pair.proofs_there(person) == set()
    back = await pair.at_province("PUT", "/me/home", json={"city": BOZHOU}, headers=headers)
    assert back.json()["home"]["city_name"] == "亳州市"
    await deliver()
    assert await pair.proofs_there(person) == {"recognised_primary"}


def _as(person: Any, tier: int = 1) -> Any:
    from app_server.kernel.principal import Principal

    return Principal(kind="person", id=person, tier=tier)


async def test_the_city_itself_opens_no_account(pair):
    reply = await pair.at_city("POST", "/sign-up/codes", json={"phone": phone()})
    assert (reply.status_code, reply.json()["code"]) == (403, "grants.registered_at_province")
    assert reply.json()["register_at"] == f"{pair.province['public']}/sign-up"


async def test_the_city_takes_users_from_the_province_alone(pair):
    person = await registered()
    record = (await records.compose(person, BOZHOU, "b-1")).fields
    stranger = Peer("340000")
    for message in (
        stranger.message("user", {"user": record}, aud=urn(BOZHOU), jti="b-1"),
        Peer(HEFEI).message("user", {"user": record}, aud=urn(BOZHOU), jti="b-1"),
    ):
        url = f"{pair.city.url('partner')}/partner/v1/federation/messages"
        reply = await pair.web.post(url, content=message, headers=MEDIA)
        assert (reply.status_code, reply.json()["code"]) == (401, "federation.platform_refused")
    assert not await pair.person_there(person)


async def test_keys_are_each_platforms_own(pair):
    ours, theirs = federation.own_key_set()["keys"][0], pair.told["keys"][0]
    assert ours["x"] != theirs["x"]
    sealed = await pair.base.fetchval("SELECT name FROM people_person LIMIT 1")
    with pytest.raises(crypto.Undecipherable):
        crypto.unseal(sealed, "people_person.name")
    index = await pair.base.fetchval(
        "SELECT count(*) FROM people_person WHERE id_index=$1",
        crypto.blind_index(pair.resident["id_number"], "id_number"),
    )
    assert index == 0


async def test_a_citys_own_users_sign_in_at_the_city(pair):
    way = await pair.at_city("POST", "/federation/sign-ins", json={"home": "341602"})
    assert (way.json()["way"], way.json()["page"]) == ("here", "")
    assert way.json()["authority"] == "urn:wanshi:authority:341600"
    told = {"login": pair.resident["phone"], "password": PASSWORD}
    assert (await pair.at_city("POST", "/sessions", json=told)).status_code == 201


def request_in(page: str) -> str:
    return parse_qs(urlsplit(page).query)["request"][0]


def ticket_in(target: str) -> str:
    return target.partition("#ticket=")[2]


async def test_a_user_of_another_city_signs_in_at_this_city_through_the_province(pair, deliver):
    person = await registered(number=id_number(region="340104"), name="周浩然", sex="male")
    async with db.unit_of_work():
        await identity.add_evidence(_as(person), person, "face_and_code")
    way = await pair.at_city("POST", "/federation/sign-ins", json={"home": HEFEI})
    opened = way.json()
    # Hefei has no platform here: the province proves its users itself.
    assert (opened["way"], opened["authority"]) == ("province", "urn:wanshi:authority:340000")
    assert opened["authority_name"] == "安徽省统一身份认证"
    mark = re.search(r"__Host-federation=([^;]+)", way.headers["set-cookie"]).group(1)
    asked = {"request": request_in(opened["page"])}
    assert (await pair.at_province("POST", "/federation/tickets", json=asked)).status_code == 401
    mine = await bearer(_as(person, 2))
    given = await pair.at_province("POST", "/federation/tickets", json=asked, headers=mine)
    target = given.json()["redirect_to"]
    assert target.startswith(pair.city.url("public") + "/recognition/done?attempt=")
    path = f"/federation/sign-ins/{opened['attempt']}/ticket"
    body = {"ticket": ticket_in(target)}
    elsewhere = await pair.at_city("POST", path, json=body)
    assert elsewhere.json()["code"] == "federation.not_recognised"
    cookie = {"cookie": f"__Host-federation={mark}"}
    done = await pair.at_city("POST", path, json=body, headers=cookie)
    assert done.status_code == 201, done.text
    assert done.json()["authority"] == "urn:wanshi:authority:340000"
    assert (done.json()["person"]["tier"], done.json()["person"]["display_name"]) == (2, "周*然")
    token = {"authorization": f"Bearer {done.json()['access_token']}"}
    me = await pair.at_city("GET", "/me", headers=token)
    assert (me.json()["tier"], me.json()["name_masked"]) == (2, "周*然")
    again = await pair.at_city("POST", path, json=body, headers=cookie)
    assert again.json()["code"] == "federation.not_recognised"


async def test_another_city_asks_the_province_for_a_user_of_this_one_and_stays_unseen(pair):
    person = await registered(number=pair.resident["id_number"])
    hefei, _ = await city(HEFEI)
    attempt = "0198a0b0-0000-7000-8000-00000000000a"
    messages = f"{pair.province['partner']}/partner/v1/federation/messages"

    async def say(kind: str, body: Any) -> httpx.Response:
        return await pair.web.post(messages, content=hefei.message(kind, body), headers=MEDIA)

    way = claims_of((await say("route", {"home": "341602", "attempt": attempt})).text)["body"]
    assert (way["way"], way["authority"]) == ("city", BOZHOU)
    assert way["page"].startswith(pair.city.url("public") + "/recognition?request=")
    asked = {"request": request_in(way["page"])}
    given = await pair.at_city(
        "POST", "/federation/tickets", json=asked, headers=pair.told["resident"]
    )
    assert given.status_code == 201, given.text
    ticket = ticket_in(given.json()["redirect_to"])
    wrong = await say(
        "recognise",
        {
            "authority": BOZHOU,
            "ticket": ticket,
            "attempt": attempt[:-1] + ("a" if attempt.endswith("b") else "b"),
        },
    )
    assert wrong.json()["code"] == "federation.not_recognised"
    body = {"authority": BOZHOU, "ticket": ticket, "attempt": attempt}
    told = await say("recognise", body)
    assert told.status_code == 200, told.text
    claims = claims_of(told.text)
    assert claims["authority"] == "urn:wanshi:authority:341600"
    assert (claims["aud"], claims["acr"]) == (urn(HEFEI), "urn:wanshi:acr:t1")
    assert claims["sub"] == records.user_no(person, HEFEI) != records.user_no(person, BOZHOU)
    assert claims["body"]["user"]["cert_no"] == pair.resident["id_number"]
    assert (await say("recognise", body)).json()["code"] == "federation.not_recognised"
    # The city knows the province alone: no key, no name and no message of the one that asked.
    assert [r["code"] for r in await pair.base.fetch("SELECT code FROM federation_platform")] == [
        "340000"
    ]
    assert await tables_with(pair.base, hefei.jwk["x"], f"k-{HEFEI}", urn(HEFEI)) == set()
    direct = hefei.message("verify", {"ticket": ticket, "attempt": attempt}, aud=urn(BOZHOU))
    url = f"{pair.city.url('partner')}/partner/v1/federation/messages"
    assert (await pair.web.post(url, content=direct, headers=MEDIA)).status_code == 401


async def test_an_unreachable_city_falls_to_the_province(pair):
    await asyncio.to_thread(pair.city.stop, "partner")
    try:
        way = await pair.at_province("POST", "/federation/sign-ins", json={"home": "341602"})
        assert (way.json()["way"], way.json()["authority"]) == (
            "here",
            "urn:wanshi:authority:340000",
        )
    finally:
        await asyncio.to_thread(pair.city.start, "partner")
    way = await pair.at_province("POST", "/federation/sign-ins", json={"home": "341602"})
    assert (way.json()["way"], way.json()["authority"]) == ("city", "urn:wanshi:authority:341600")


async def test_at_the_province_a_city_user_is_recognised_by_the_citys_word(pair):
    way = await pair.at_province("POST", "/federation/sign-ins", json={"home": "341602"})
    mark = re.search(r"__Host-federation=([^;]+)", way.headers["set-cookie"]).group(1)
    asked = {"request": request_in(way.json()["page"])}
    given = await pair.at_city(
        "POST", "/federation/tickets", json=asked, headers=pair.told["resident"]
    )
    done = await pair.at_province(
        "POST",
        f"/federation/sign-ins/{way.json()['attempt']}/ticket",
        json={"ticket": ticket_in(given.json()["redirect_to"])},
        headers={"cookie": f"__Host-federation={mark}"},
    )
    assert done.status_code == 201, done.text
    assert done.json()["authority"] == "urn:wanshi:authority:341600"
    assert done.json()["person"]["display_name"] == "陈*桐"


async def test_a_request_the_province_did_not_sign_gets_no_ticket(pair):
    way = await pair.at_province("POST", "/federation/sign-ins", json={"home": "341602"})
    header, payload, mark = request_in(way.json()["page"]).split(".")
    told = claims_of(f"{header}.{payload}.{mark}") | {"return_to": "https://evil.example"}
    forged = [
        f"{header}.{payload}.{mark[:-4]}AAAA",
        Peer("340000").message("", {}, aud=urn(BOZHOU), return_to=told["return_to"]),
    ]
    for request in forged:
        reply = await pair.at_city(
            "POST", "/federation/tickets", json={"request": request}, headers=pair.told["resident"]
        )
        assert reply.json()["code"] == "federation.not_recognised"


async def test_no_city_officer_is_known_at_the_province(pair, deliver):
    await registered()
    await deliver()
    officer = ("bozhou.officer", "亳州干事")
    assert "staff_member" in await tables_with(pair.base, *officer)
    ours = await db.dedicated_connection()
    assert await tables_with(ours, *officer) == set()
    await ours.close()


def test_no_route_or_push_between_platforms_carries_staff(connected):
    exchanged = json.dumps(records_schema(), ensure_ascii=False)
    for word in ("staff", "login", "duty", "org_", "role"):
        assert word not in exchanged
    for endpoint in ENDPOINTS:
        if endpoint.name.startswith("auth.federation") and endpoint.reply is not None:
            shown = json.dumps(endpoint.reply.model_json_schema())
            assert "staff" not in shown.replace("/staff/", ""), endpoint.path


def records_schema() -> dict[str, Any]:
    from auth.federation.rules import IMPORT_ROW, USER_RECORD

    return USER_RECORD["properties"] | IMPORT_ROW["properties"]
