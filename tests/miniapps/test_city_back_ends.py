"""The demo cities' back ends as a process of their own, each behind its dialect's façade."""

import base64
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from app_server.kernel.settings import PROJECT, ConfigurationRefused, Settings
from miniapps import seed, service
from miniapps.rules.signing_requests import signed_headers
from miniapps.service import jsapi
from miniapps.simulators import city_back_ends, parking, platform_calls, ride, school, village
from miniapps.simulators.city_back_ends import APPS
from tests.builders.miniapps import ticket_of
from tests.builders.people import resident
from tests.builders.snapshots import Snapshot, put_back, take
from tests.conftest import KEPT, empty

RUN = "import sys; from miniapps.simulators.city_back_ends import run; run(int(sys.argv[1]))"
# What each page calls the ticket its container gave it.
TICKET_NAMES = {"ride": "auth_code", "parking": "token", "pass": "ticket", "village": "code"}
PHOTO = "data:image/jpeg;base64," + base64.b64encode(b"\xff\xd8\xff" + b"x" * 90).decode()
CHILD = {
    "child": "李小满",
    "relation": "父亲",
    "address": "a1",
    "phone": "13900000002",
}


@pytest.fixture(scope="module")
def url(listeners) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PARTNER_ORIGIN": listeners["partner"]}
    process = subprocess.Popen([sys.executable, "-c", RUN, str(port)], cwd=PROJECT, env=env)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/readyz", trust_env=False).status_code == 200:
                break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
async def published(emptying) -> Snapshot:
    """The demo apps, published once for all tests of this file."""
    await empty()
    await seed.seed()
    return await take(KEPT)


@pytest.fixture
async def city(published, database, url) -> AsyncIterator[httpx.AsyncClient]:
    await put_back(published)
    async with httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as client:
        yield client


def page(part: str, session: str = "") -> dict[str, str]:
    """The headers of an app's page."""
    own = {"authorization": f"Bearer {session}"} if session else {}
    return {"origin": service.origin_of(APPS[part])} | own


async def signed_in(city: httpx.AsyncClient, part: str, tier: int = 1) -> dict[str, str]:
    """The headers of a page whose back end knows a person by a ticket of its dialect."""
    ticket = await ticket_of(await resident(tier=tier), APPS[part])
    body = {TICKET_NAMES[part]: ticket}
    reply = await city.post(f"/{part}/sessions", json=body, headers=page(part))
    assert reply.status_code == 201, reply.text
    return page(part, reply.json()["session"])


@pytest.mark.parametrize("part", [*TICKET_NAMES])
async def test_strangers_foreign_pages_and_foreign_tickets_get_no_session(part, city):
    foreign = {"origin": service.origin_of("ah341600housing")}
    refused = await city.post(f"/{part}/sessions", json={}, headers=foreign)
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers
    assert (await city.post(f"/{part}/sessions", json={}, headers=page(part))).status_code == 400
    made_up = {TICKET_NAMES[part]: "x" * 43}
    assert (await city.post(f"/{part}/sessions", json=made_up)).status_code == 401
    # A good ticket, but of another app.
    other = {TICKET_NAMES[part]: await ticket_of(await resident(tier=2), "ah341600housing")}
    assert (await city.post(f"/{part}/sessions", json=other)).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/ride/codes"),
        ("GET", "/ride/rides"),
        ("GET", "/parking/stays"),
        ("POST", "/parking/stays/end"),
        ("GET", "/pass/card"),
        ("POST", "/pass/cards"),
        ("GET", "/village/reports"),
        ("POST", "/village/reports"),
    ],
)
async def test_without_a_session_nothing_personal_is_told(method, path, url):
    async with httpx.AsyncClient(base_url=url, trust_env=False) as stranger:
        assert (await stranger.request(method, path, json={})).status_code == 401


@pytest.mark.parametrize("part", [*TICKET_NAMES])
async def test_a_ticket_of_its_dialect_opens_one_session_and_says_that_it_is_simulated(part, city):
    ticket = await ticket_of(await resident(tier=1), APPS[part])
    body = {TICKET_NAMES[part]: ticket}
    first = await city.post(f"/{part}/sessions", json=body, headers=page(part))
    assert (first.status_code, first.headers["x-simulator"]) == (201, "cities")
    assert first.headers["access-control-allow-origin"] == service.origin_of(APPS[part])
    assert (await city.post(f"/{part}/sessions", json=body)).status_code == 401


async def test_its_own_page_may_ask_across_origins_and_no_other(url):
    asked = {"access-control-request-method": "POST"}
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        own = await client.options("/ride/codes", headers=page("ride") | asked)
        assert own.status_code == 204
        assert own.headers["access-control-allow-origin"] == service.origin_of(APPS["ride"])
        assert (await client.options("/ride/codes", headers=page("pass"))).status_code == 403


async def test_hostile_bodies_are_refused_in_words(city):
    headers = await signed_in(city, "village")
    for body in (b"", b"[]", b"{broken", b'{"kind":"road","text":7}'):
        reply = await city.post("/village/reports", content=body, headers=headers)
        assert reply.status_code in {400, 422}
        assert reply.json()["title"]
    svg = {"kind": "road", "text": "路面塌陷了", "photo": "data:image/svg+xml;base64,AAAA"}
    svg |= {"longitude": 118, "latitude": 32}
    assert (await city.post("/village/reports", json=svg, headers=headers)).status_code == 422


# --- 合肥乘车码 --------------------------------------------------------------------------------


async def test_a_turnstile_opens_once_for_a_code_and_for_no_other(city):
    headers = await signed_in(city, "ride")
    code = (await city.post("/ride/codes", headers=headers)).json()
    assert code["picture"].startswith("data:image/svg+xml")
    asked = {"code": code["code"], "station": "大东门"}
    assert (await city.post("/ride/gate", json=asked)).status_code == 401
    gate = {"x-gate-key": ride.GATE_KEY}
    opened = await city.post("/ride/gate", json=asked, headers=gate)
    assert opened.json() == {"opened": True, "fare_fen": 200, "left_fen": 1800}
    again = await city.post("/ride/gate", json=asked, headers=gate)
    assert again.status_code == 409
    other = "1" if code["code"].endswith("0") else "0"
    for forged in (code["code"][:-1] + other, "HF1.x", "", "." * 9):
        reply = await city.post("/ride/gate", json=asked | {"code": forged}, headers=gate)
        assert reply.status_code in {403, 422}
    rides = (await city.get("/ride/rides", headers=headers)).json()
    assert (rides["left_fen"], len(rides["rides"])) == (1800, 1)


def test_a_code_dies_after_half_a_minute_and_an_empty_account_rides_no_more(monkeypatch):
    line = ride.Line()
    account = line.account("somebody")
    old = line.code(account)
    for _ in range(10):
        line.ride(line.code(account), "大东门")
    with pytest.raises(ride.Refused) as empty:
        line.ride(line.code(account), "大东门")
    assert empty.value.status == 402
    later = time.time() + 31
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(ride.Refused) as dead:
        line.ride(old, "大东门")
    assert dead.value.status == 410


# --- 芜湖停车 ----------------------------------------------------------------------------------


async def test_a_stay_begins_costs_and_ends_once(city):
    headers = await signed_in(city, "parking")
    here = {"longitude": 118.3855, "latitude": 31.3412}
    parks = (await city.post("/parking/parks", json=here)).json()["parks"]
    assert (parks[0]["name"], parks[0]["metres"]) == ("镜湖广场停车场", 0)
    assert (await city.post("/parking/parks", json={"longitude": "x"})).status_code == 422
    stay = {"plate": "皖B12345", "bay": "https://park.example/b/WH-JH-A012"}
    for wrong in ({"plate": "B12345"}, {"bay": "WH-XX-A012"}):
        reply = await city.post("/parking/stays", json=stay | wrong, headers=headers)
        assert reply.status_code == 422
    begun = await city.post("/parking/stays", json=stay, headers=headers)
    assert (begun.json()["bay"], begun.json()["fen"]) == ("WH-JH-A012", 300)
    assert (await city.post("/parking/stays", json=stay, headers=headers)).status_code == 409
    ended = await city.post("/parking/stays/end", headers=headers)
    assert (ended.json()["state"], ended.json()["fen"]) == ("settled", 300)
    assert (await city.post("/parking/stays/end", headers=headers)).status_code == 404


@pytest.mark.parametrize(("minutes", "fen"), [(0, 300), (60, 300), (61, 600), (2000, 2000)])
def test_the_fee_grows_by_the_hour_to_the_days_most(minutes, fen):
    assert parking.fee(minutes) == fen


# --- 黄山旅游年卡 ------------------------------------------------------------------------------


async def test_only_pages_of_the_app_are_signed_and_the_signature_is_good(city):
    origin = service.origin_of(APPS["pass"])
    foreign = {"url": "http://evil.example/index.html"}
    assert (await city.post("/pass/signatures", json=foreign)).status_code == 403
    at = f"{origin}/v/1/index.html"
    signed = (await city.post("/pass/signatures", json={"url": f"{at}#x"})).json()
    assert await jsapi.is_signed(APPS["pass"], origin, signed | {"url": at})
    assert not await jsapi.is_signed(APPS["pass"], origin, signed | {"url": f"{at}?other"})


async def test_a_card_is_issued_once_and_opens_each_gate_once_a_day(city):
    headers = await signed_in(city, "pass")
    assert (await city.get("/pass/card", headers=headers)).status_code == 404
    assert (await city.post("/pass/cards", json={}, headers=headers)).status_code == 422
    card = await city.post("/pass/cards", json={"photo": PHOTO}, headers=headers)
    assert card.json()["number"].startswith("HSNK")
    assert (
        await city.post("/pass/cards", json={"photo": PHOTO}, headers=headers)
    ).status_code == 409
    gate = {"gate": "https://pass.example/g/HS02"}
    assert (await city.post("/pass/entries", json=gate, headers=headers)).json()["spot"] == "宏村"
    assert (await city.post("/pass/entries", json=gate, headers=headers)).status_code == 409
    none = {"gate": "https://pass.example/g/HS09"}
    assert (await city.post("/pass/entries", json=none, headers=headers)).status_code == 422


# --- 滁州村务 ----------------------------------------------------------------------------------


async def test_a_report_is_its_reporters_own_and_moves_on(city):
    headers = await signed_in(city, "village")
    report: dict[str, Any] = {"kind": "road", "text": "三组路口塌陷", "photo": PHOTO}
    report |= {"longitude": 118.31, "latitude": 32.3}
    made = await city.post("/village/reports", json=report, headers=headers)
    assert made.status_code == 201
    other = await resident(name="周浩然")
    body = {"code": await ticket_of(other, APPS["village"])}
    theirs = (await city.post("/village/sessions", json=body)).json()["session"]
    seen = await city.get("/village/reports", headers=page("village", theirs))
    assert seen.json() == {"reports": []}
    mine = (await city.get("/village/reports", headers=headers)).json()["reports"]
    assert [s["name"] for s in mine[0]["steps"] if s["now"]] == ["已提交"]
    old = village.Report("road", "x", PHOTO, (0, 0), at=time.time() - 31)
    assert [s["name"] for s in village._shown(old)["steps"] if s["now"]] == ["正在处理"]
    assert len((await city.get("/village/notices")).json()["notices"]) >= 3


# --- 马鞍山教育 --------------------------------------------------------------------------------


async def gateway(city: httpx.AsyncClient, path: str, body: dict[str, Any], session: str = ""):
    """A request as the platform's gateway passes it on."""
    name, secret = platform_calls.key_of(APPS["school"], "gateway")
    path, _, query = path.partition("?")
    method = "GET" if query else "POST"
    headers = signed_headers(name, secret, method, path, query, datetime.now(UTC))
    headers |= {"authorization": f"Bearer {session}"} if session else {}
    whole = f"{path}?{query}" if query else path
    reply = await city.request(method, whole, headers=headers, json=body if not query else None)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_nobody_but_the_gateway_reaches_the_schools(city):
    assert (await city.post("/school/sessions", json={"ticketId": "x"})).status_code == 401
    name, secret = platform_calls.key_of(APPS["school"], "gateway")
    other = signed_headers(name, secret, "POST", "/school/draft", "", datetime.now(UTC))
    assert (await city.post("/school/sessions", json={}, headers=other)).status_code == 401
    made_up = await gateway(city, "/school/sessions", {"ticketId": "x" * 43})
    assert made_up["code"] == 401
    for path in ("/school/draft", "/school/registrations", "/school/progress"):
        assert (await gateway(city, path, {}))["code"] == 401


async def test_a_child_is_registered_once_from_a_draft_to_progress(city):
    ticket = await ticket_of(await resident(tier=1), APPS["school"])
    signed = await gateway(city, "/school/sessions", {"ticketId": ticket})
    session = signed["data"]["session"]
    found = await gateway(city, "/school/addresses?q=%E5%B9%B8%E7%A6%8F", {})
    assert [a["id"] for a in found["data"]["addresses"]] == ["a1"]
    of = await gateway(city, "/school/schools?address=a1", {})
    assert of["data"]["name"] == "幸福路小学"
    draft = {"form": {"child": "李小满", "unknown": "x"}}
    assert (await gateway(city, "/school/draft", draft, session))["data"]["form"] == {
        "child": "李小满"
    }
    wrong = await gateway(city, "/school/registrations", {"child": "1"}, session)
    assert (wrong["code"], set(wrong["data"])) == (422, {*school.RULES})
    year = school.entry_year(datetime.now(platform_calls.SHANGHAI).date())
    form = CHILD | {"birth": f"{year - 6}-03-05"}
    done = await gateway(city, "/school/registrations", form, session)
    assert done["data"]["school"] == "幸福路小学"
    assert (await gateway(city, "/school/registrations", form, session))["code"] == 409
    assert (await gateway(city, "/school/draft", {}, session))["data"]["form"] == {}
    progress = await gateway(city, "/school/progress", {}, session)
    assert len(progress["data"]["registrations"]) == 1


@pytest.mark.parametrize(
    ("birth", "fits"),
    [
        ("2020-08-31", False),
        ("2020-09-01", True),
        ("2021-08-31", True),
        ("2021-09-01", False),
        ("2021-02-30", False),
    ],
)
def test_who_enters_is_six_by_the_end_of_august(birth, fits):
    form = CHILD | {"birth": birth}
    assert ("birth" not in school.faults(form, date(2026, 11, 22))) is fits


def test_production_refuses_them(monkeypatch):
    monkeypatch.setattr(Settings, "production", True)
    with pytest.raises(ConfigurationRefused):
        city_back_ends.build()
