"""Tickets in other platforms' protocols: each proves its caller, all tell the same, once."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import orjson
import pytest

from app_server.kernel import clock, db
from miniapps import service
from miniapps.rules.signing_requests import NAMES, signature_of, signed_headers
from miniapps.service import facades
from tests.builders.miniapps import (
    agree,
    client_headers,
    desk,
    released_app,
    team,
    ticket_in,
)
from tests.builders.people import bearer, resident

APP = "ah341600test"
ASKED = {
    "permissions": [
        {"scope": "auth.ticket", "reason": "登录后显示进度", "required": True},
        {"scope": "auth.user", "reason": "填写申请人", "required": False},
        {"scope": "auth.id_number", "reason": "核对不动产登记", "required": False},
    ],
    "token_scopes": ["openid", "tier", "name", "phone", "id_number"],
}
IRS = "/restapi/prod/IC33000020220329000007/uc/sso/access_token"
IRS_USER = "/restapi/prod/IC33000020220329000008/uc/sso/getUserInfo"


@pytest.fixture
async def bare(database, listeners) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the partner listener, without a prefix."""
    async with httpx.AsyncClient(
        base_url=listeners["partner"], timeout=20, trust_env=False
    ) as client:
        yield client


async def key_of(kind: str, appid: str = APP) -> tuple[str, str]:
    return await service.make_facade_key(await team(), appid, kind)


async def full_ticket(tier: int = 2) -> tuple[str, str]:
    """A ticket of somebody who agreed to everything, and their number."""
    person = await resident(tier=tier)
    opened = await service.launch(person, APP)
    await agree(person, opened, "auth.user", "auth.id_number")
    return await ticket_in(person, opened), service.openid_of(APP, person.subject)


# --- keys -----------------------------------------------------------------------------------


async def test_only_the_apps_own_team_makes_its_keys(staff_surface, partner):
    await released_app(**ASKED)
    path, body = f"/miniapps/{APP}/facade-keys", {"kind": "irs"}
    assert (await staff_surface.post(path, json=body)).status_code == 401
    reviewer = await bearer(await desk())
    assert (await staff_surface.post(path, json=body, headers=reviewer)).status_code == 403
    other = await bearer(await team("340100", org="11340100MB0000001X"))
    assert (await staff_surface.post(path, json=body, headers=other)).status_code == 403
    assert (await partner.post(path, json=body)).status_code == 401
    tickets_only = await client_headers(APP)
    assert (await partner.post(path, json=body, headers=tickets_only)).status_code == 403
    mine = await bearer(await team())
    made = await staff_surface.post(path, json=body, headers=mine)
    assert made.status_code == 201
    assert made.json()["title"] == "浙里办 IRS 网关"
    stored = await db.rows("SELECT secret FROM miniapps_facade_key")
    assert made.json()["secret"] not in str(stored)


async def test_a_key_replaced_is_good_for_one_more_day(database, monkeypatch):
    await released_app(**ASKED)
    old, _ = await key_of("simpleauth")
    new, _ = await key_of("simpleauth")
    assert await service.facade_key(old, "simpleauth")
    late = clock.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    assert await service.facade_key(old, "simpleauth") is None
    assert await service.facade_key(new, "simpleauth")


async def test_a_key_of_one_protocol_opens_no_other_and_none_of_an_app_taken_down(database):
    await released_app(**ASKED)
    access_key, _ = await key_of("simpleauth")
    assert await service.facade_key(access_key, "irs") is None
    assert await service.facade_key("\x00", "simpleauth") is None
    await service.move_app(await desk(), APP, "suspend", "正在核查")
    assert await service.facade_key(access_key, "simpleauth") is None


# --- simpleauth -----------------------------------------------------------------------------


def simple(key: tuple[str, str], method: str, at: datetime | None = None, **more: str):
    time = (at or datetime.now(UTC)).astimezone(clock.SHANGHAI).strftime("%Y%m%d%H%M%S")
    sign = hashlib.md5(f"{key[0]}{key[1]}{time}".encode(), usedforsecurity=False).hexdigest()
    base = {"method": method, "servicecode": key[0], "time": time, "sign": sign}
    return base | {"datatype": "json"} | more


async def asked(bare: httpx.AsyncClient, form: dict[str, str]):
    reply = await bare.post("/sso/servlet/simpleauth", data=form)
    assert reply.status_code == 200
    return reply.json()


async def test_simpleauth_tells_a_stranger_nothing_and_spoils_no_ticket(bare):
    await released_app(**ASKED)
    key = await key_of("simpleauth")
    ticket, _ = await full_ticket()
    good = simple(key, "ticketValidation", st=ticket)
    for wrong in (
        {"sign": "0" * 32},
        {"servicecode": "nobody"},
        {"time": "20200101000000"},
        {"time": "not-a-time"},
        {"time": "20261399999999"},
        {"method": "everything"},
    ):
        assert (await asked(bare, good | wrong))["result"] == "6099"
    for minutes in (-6, 6):
        late = datetime.now(UTC) + timedelta(minutes=minutes)
        late_form = simple(key, "ticketValidation", late, st=ticket)
        assert (await asked(bare, late_form))["result"] == "6099"
    assert (await asked(bare, simple(key, "ticketValidation", st="ST-1")))["result"] == "6004"
    assert (await asked(bare, simple(key, "ticketValidation", st="x" * 43)))["result"] == "6002"
    assert (await asked(bare, good))["result"] == "0"


async def test_simpleauth_from_ticket_to_person(bare):
    await released_app(**ASKED)
    key = await key_of("simpleauth")
    ticket, openid = await full_ticket()
    token = (await asked(bare, simple(key, "ticketValidation", st=ticket)))["token"]
    assert (await asked(bare, simple(key, "ticketValidation", st=ticket)))["result"] == "6002"
    told = await asked(bare, simple(key, "getUserInfo", token=token))
    assert (told["result"], told["userid"], told["authlevel"]) == ("0", openid, "3")
    assert (told["username"], told["idtype"], len(told["idnum"])) == ("李明轩", "1", 18)
    assert (await asked(bare, simple(key, "getUserInfo", token="x" * 48)))["result"] == "6002"


async def test_another_apps_key_gets_nothing_of_the_ticket_or_the_token(bare):
    await released_app(**ASKED)
    await released_app(appid="ah341600other", **ASKED)
    mine, other = await key_of("simpleauth"), await key_of("simpleauth", "ah341600other")
    ticket, _ = await full_ticket()
    assert (await asked(bare, simple(other, "ticketValidation", st=ticket)))["result"] == "6002"
    token = (await asked(bare, simple(mine, "ticketValidation", st=ticket)))["token"]
    assert (await asked(bare, simple(other, "getUserInfo", token=token)))["result"] == "6002"


async def test_fifty_validations_at_once_give_one_token(bare):
    await released_app(**ASKED)
    key = await key_of("simpleauth")
    ticket, _ = await full_ticket()
    form = simple(key, "ticketValidation", st=ticket)
    told = await asyncio.gather(*(asked(bare, form) for _ in range(50)))
    assert sorted(t["result"] for t in told) == ["0", *["6002"] * 49]


async def test_a_token_is_over_after_ten_minutes_and_when_consent_is_taken_back(bare, monkeypatch):
    await released_app(**ASKED)
    key = await key_of("simpleauth")
    person = await resident(tier=2)
    opened = await service.launch(person, APP)
    await agree(person, opened, "auth.user")
    ticket = await ticket_in(person, opened)
    token = (await asked(bare, simple(key, "ticketValidation", st=ticket)))["token"]
    told = await asked(bare, simple(key, "getUserInfo", token=token))
    assert (told["username"], told["idnum"]) == ("李明轩", "")
    await service.revoke(person, APP, "auth.user")
    assert (await asked(bare, simple(key, "getUserInfo", token=token)))["username"] == ""
    late = clock.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: late)
    over = simple(key, "getUserInfo", late, token=token)
    assert (await asked(bare, over))["result"] == "6002"


@pytest.mark.parametrize(("tier", "level"), [(1, "2"), (2, "3")])
async def test_levels_are_mapped_at_the_edge(bare, tier, level):
    await released_app(**ASKED)
    key = await key_of("simpleauth")
    ticket, _ = await full_ticket(tier)
    token = (await asked(bare, simple(key, "ticketValidation", st=ticket)))["token"]
    told = await asked(bare, simple(key, "getUserInfo", token=token))
    assert told["authlevel"] == level


# --- IRS --------------------------------------------------------------------------------------


def headers(key: tuple[str, str], path: str, query: str = "", at: datetime | None = None):
    told = signed_headers(*key, "POST", path, query, at or datetime.now(UTC))
    return told | {"content-type": "application/json"}


async def posted(bare: httpx.AsyncClient, path: str, body: dict, given: dict[str, str]):
    return await bare.post(path, content=orjson.dumps(body), headers=given)


async def test_the_gateways_signature_is_the_vendors_to_the_letter():
    # Reckoned by hand from the vendor's sentence: METHOD, URI, sorted query, key, date.
    date = format_datetime(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), usegmt=True)
    text = f"GET\n/a/b\nage=18&name=%E5%BC%A0\nak\n{date}\n"
    expected = hmac.new(b"sk", text.encode(), "sha256").digest()
    told = signature_of("sk", "get", "/a/b", "name=%E5%BC%A0&age=18", "ak", date)
    assert told == base64.b64encode(expected).decode()
    assert date == "Sun, 22 Nov 2026 08:00:00 GMT"


async def test_irs_names_what_is_wrong_with_a_request(bare):
    await released_app(**ASKED)
    key = await key_of("irs")
    body = {"ticketId": "x" * 43, "appId": APP}
    cases = [
        (headers((key[0], "wrong"), IRS), "Invalid signature"),
        (headers(key, IRS_USER), "Invalid signature"),
        (headers(("nobody", key[1]), IRS), "Invalid access key"),
        (headers(key, IRS, at=datetime.now(UTC) - timedelta(seconds=95)), "Clock skew exceeded"),
        (headers(key, IRS, at=datetime.now(UTC) + timedelta(seconds=95)), "Clock skew exceeded"),
        (headers(key, IRS) | {NAMES["date"]: "yesterday"}, "Clock skew exceeded"),
        (headers(key, IRS) | {NAMES["algorithm"]: "hmac-sha1"}, "Invalid signature"),
        ({"content-type": "application/json"}, "Invalid access key"),
    ]
    for given, words in cases:
        reply = await posted(bare, IRS, body, given)
        assert (reply.status_code, reply.json()["message"]) == (401, words)


async def test_irs_from_ticket_to_person(bare):
    await released_app(**ASKED)
    key = await key_of("irs")
    ticket, openid = await full_ticket()
    wrong = await posted(bare, IRS, {"ticketId": ticket, "appId": "other"}, headers(key, IRS))
    assert wrong.json()["errorCode"] == "C-USER-SSO-TICKET-INVALID"
    body = {"ticketId": ticket, "appId": APP}
    told = (await posted(bare, IRS, body, headers(key, IRS))).json()
    assert told["success"] is True
    again = (await posted(bare, IRS, body, headers(key, IRS))).json()
    assert (again["success"], again["errorCode"]) == (False, "C-USER-SSO-TICKET-INVALID")
    token = {"token": told["data"]["accessToken"]}
    person = (await posted(bare, IRS_USER, token, headers(key, IRS_USER))).json()["data"]
    assert person["userType"] == "PERSON"
    info = person["personInfo"]
    assert (info["userId"], info["userName"], info["authLevel"]) == (openid, "李明轩", "3")
    none = (await posted(bare, IRS_USER, {"token": "no"}, headers(key, IRS_USER))).json()
    assert none["errorCode"] == "C-USER-SSO-TOKEN-INVALID"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"ticketId": 7}', b'{"ticketId": null}'])
async def test_irs_takes_hostile_bodies_as_no_ticket(bare, body):
    await released_app(**ASKED)
    key = await key_of("irs")
    reply = await bare.post(IRS, content=body, headers=headers(key, IRS))
    assert (reply.status_code, reply.json()["success"]) == (200, False)


# --- croods -------------------------------------------------------------------------------------


async def test_croods_gives_the_fields_city_code_reads(bare):
    await released_app(**ASKED)
    access_key, secret = await key_of("croods")
    ticket, openid = await full_ticket()
    time = str(int(datetime.now(UTC).timestamp() * 1000))
    text = f"{access_key}{ticket}{time}"
    sign = hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
    good = {"serviceId": access_key, "token": ticket, "time": time, "sign": sign}
    for wrong in ({"sign": "0" * 64}, {"serviceId": "nobody"}, {"time": "1"}, {"token": "t"}):
        told = (await bare.post("/croods/user", json=good | wrong)).json()
        assert (told["code"], told["data"]) == (40003, None)
    person = (await bare.post("/croods/user", json=good)).json()["data"]["perUserVo"]
    assert (person["name"], person["userId"]) == ("李明轩", openid)
    assert len(person["credentNo"]) == 18
    assert person["bindPhone"].startswith("139")
    assert (await bare.post("/croods/user", json=good)).json()["code"] == 40001


# --- our own, signed ------------------------------------------------------------------------------


async def test_our_own_signed_request_covers_the_body(partner):
    await released_app(**ASKED)
    key = await key_of("native")
    ticket, openid = await full_ticket()
    path = "/partner/v1/tickets/exchange-signed"
    body = orjson.dumps({"ticket": ticket})
    given = headers(key, path)
    head = given[NAMES["signature"]]
    given[NAMES["signature"]] = facades.native_signature(key[1], head, body)
    other = orjson.dumps({"ticket": "y" * 43})
    refused = await partner.post("/tickets/exchange-signed", content=other, headers=given)
    assert (refused.status_code, refused.json()["code"]) == (401, "miniapps.request_unsigned")
    bare_head = given | {NAMES["signature"]: head}
    refused = await partner.post("/tickets/exchange-signed", content=body, headers=bare_head)
    assert refused.status_code == 401
    told = await partner.post("/tickets/exchange-signed", content=body, headers=given)
    assert (told.status_code, told.json()["openid"]) == (200, openid)
    again = await partner.post("/tickets/exchange-signed", content=body, headers=given)
    assert again.json()["code"] == "miniapps.ticket_refused"


# --- WeChat ---------------------------------------------------------------------------------------


async def test_wechats_tickets_are_for_who_knows_the_secret(bare, monkeypatch):
    await released_app(**ASKED)
    access_key, secret = await key_of("weixin")
    asked = {"grant_type": "client_credential", "appid": access_key, "secret": secret}
    refused = await bare.get("/cgi-bin/token", params=asked | {"secret": "wrong"})
    assert refused.json()["errcode"] == 40001
    refused = await bare.get("/cgi-bin/ticket/getticket?type=jsapi&access_token=wx.none")
    assert refused.json()["errcode"] == 40001
    token = (await bare.post("/cgi-bin/stable_token", json=asked)).json()
    assert token == (await bare.get("/cgi-bin/token", params=asked)).json()
    assert 0 < token["expires_in"] <= 7200
    query = {"type": "jsapi", "access_token": token["access_token"]}
    told = (await bare.get("/cgi-bin/ticket/getticket", params=query)).json()
    assert (told["errcode"], len(told["ticket"])) == (0, 64)
    late = clock.now() + timedelta(seconds=7200 + 301)
    monkeypatch.setattr(clock, "now", lambda: late)
    over = (await bare.get("/cgi-bin/ticket/getticket", params=query)).json()
    assert over["errcode"] == 40001
