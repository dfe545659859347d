"""The register of platforms: kept by one administrator, on record, and only what belongs here."""

import pytest

from app_server.kernel import db
from tests.builders.federation import BOZHOU, HEFEI, Peer, city
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator, officer

PATH = "/federation/platforms"


def asked(peer: Peer, **changes):
    return {
        "code": peer.code,
        "name": "亳州市统一身份认证平台",
        "partner_url": "https://partner.bozhou.example.cn",
        "public_url": "https://id.bozhou.example.cn",
        "keys": [peer.jwk],
        "origins": ["https://portal.bozhou.example.cn"],
    } | changes


async def test_strangers_residents_officers_and_other_administrators_register_none(staff_surface):
    body = asked(Peer(BOZHOU))
    assert (await staff_surface.post(PATH, json=body)).status_code == 401
    others = [await resident(tier=2), await officer(), await administrator("security_admin")]
    for who in others:
        reply = await staff_surface.post(PATH, json=body, headers=await bearer(who))
        assert reply.status_code in {401, 403}
    assert await db.value("SELECT count(*) FROM federation_platform") == 0


async def test_a_registered_city_becomes_a_client_and_stands_on_record(staff_surface):
    headers = await bearer(await administrator())
    peer = Peer(BOZHOU)
    reply = await staff_surface.post(PATH, json=asked(peer), headers=headers)
    assert reply.status_code == 201, reply.text
    told = reply.json()
    assert told["level"] == "city"
    assert told["authority"] == "urn:wanshi:authority:341600"
    assert told["client_id"] == "city-341600-1"
    assert told["region_name"] == "安徽省亳州市"
    assert (told["waiting"], told["held"]) == (0, 0)
    record = "SELECT count(*) FROM kernel_audit WHERE action='federation.platform_registered'"
    assert await db.value(record) == 1
    again = await staff_surface.post(PATH, json=asked(peer), headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "federation.platform_taken")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "341602"}, "federation.wrong_platform"),
        ({"code": "340000"}, "federation.wrong_platform"),
        ({"code": "349900"}, "kernel.no_such_region"),
        ({"partner_url": "http://bozhou.example.cn"}, "federation.platform_invalid"),
        ({"partner_url": "https://me:pw@bozhou.example.cn"}, "federation.platform_invalid"),
        ({"origins": ["https://a.cn/path"]}, "federation.platform_invalid"),
        ({"origins": ["https://a.cn; script-src *"]}, "federation.platform_invalid"),
        ({"origins": ["https://*.example.cn"]}, "federation.platform_invalid"),
        ({"redirect_uris": ["https://*.example.cn/cb"]}, "federation.platform_invalid"),
    ],
)
async def test_what_does_not_belong_here_or_is_not_whole_is_refused(changes, code, staff_surface):
    headers = await bearer(await administrator())
    reply = await staff_surface.post(PATH, json=asked(Peer(BOZHOU), **changes), headers=headers)
    assert reply.json()["code"] == code, reply.text
    assert await db.value("SELECT count(*) FROM federation_platform") == 0


async def test_our_own_key_is_nobody_elses(staff_surface):
    headers = await bearer(await administrator())
    ours = (await staff_surface.get("/federation/keys", headers=headers)).json()
    assert (ours["code"], ours["level"], len(ours["keys"])) == ("340000", "province", 1)
    assert "d" not in ours["keys"][0]
    body = asked(Peer(BOZHOU), keys=ours["keys"])
    reply = await staff_surface.post(PATH, json=body, headers=headers)
    assert reply.json()["code"] == "federation.platform_invalid"


async def test_suspended_it_is_refused_and_goes_on_only_as_a_new_client(
    staff_surface, partner, web, listeners
):
    headers = await bearer(await administrator())
    peer, row = await city(HEFEI)
    token = await peer.token(web, listeners["public"], row.client_id)
    body = {"digest": "0" * 64, "parts": 1}
    assert (await partner.post("/federation/imports", json=body, headers=token)).status_code == 201
    why = {"reason": "密钥泄露"}
    stale = headers | {"if-match": '"9"'}
    path = f"{PATH}/{HEFEI}"
    assert (await staff_surface.post(f"{path}/suspend", json=why, headers=stale)).status_code == 412
    now = headers | {"if-match": '"1"'}
    assert (await staff_surface.post(f"{path}/suspend", json=why, headers=now)).status_code == 200
    said = await peer.say(partner, "route", {"home": HEFEI, "attempt": "a"})
    assert (said.status_code, said.json()["code"]) == (401, "federation.platform_refused")
    gone = await partner.post("/federation/imports", json=body, headers=token)
    assert gone.status_code in {401, 404}
    now = headers | {"if-match": '"2"'}
    twice = await staff_surface.post(f"{path}/suspend", json=why, headers=now)
    assert twice.status_code == 409
    back = await staff_surface.post(f"{path}/resume", json=why, headers=now)
    assert (back.json()["state"], back.json()["client_id"]) == ("active", "city-340100-2")
    await peer.token(web, listeners["public"], "city-340100-2")
