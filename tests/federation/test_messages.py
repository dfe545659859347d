"""Messages between platforms: signed by the sender's own key, for us, once, and of now."""

import asyncio
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel import db
from tests.builders.federation import BOZHOU, HEFEI, MEDIA, Peer, city, claims_of, urn

BODY = {"home": BOZHOU, "attempt": "0198a0b0-0000-7000-8000-000000000001"}
OTHER = ec.generate_private_key(ec.SECP256R1())


async def test_a_stranger_and_an_unregistered_platform_are_refused_in_the_same_words(partner):
    stranger = await partner.post("/federation/messages", content=b"hello", headers=MEDIA)
    unknown = await Peer(HEFEI).say(partner, "route", BODY)
    for reply in (stranger, unknown):
        assert (reply.status_code, reply.json()["code"]) == (401, "federation.platform_refused")


async def test_a_registered_city_is_answered_under_our_key(partner):
    peer, _ = await city(HEFEI)
    reply = await peer.say(partner, "route", BODY, jti="q-1")
    assert reply.status_code == 200, reply.text
    told = claims_of(reply.text)
    assert (told["iss"], told["aud"], told["re"]) == (urn("340000"), urn(HEFEI), "q-1")
    assert told["body"]["authority"] == "340000"


@pytest.mark.parametrize(
    "changes",
    [
        {"key": OTHER},
        {"aud": urn("341600")},
        {"aud": None},
        {"iss": urn("341600")},
        {"iss": "340100"},
        {"exp": int(time.time()) - 120, "iat": int(time.time()) - 180},
        {"exp": int(time.time()) + 3600},
        {"iat": None},
        {"jti": None},
        {"jti": "x" * 65},
        {"body": []},
        {"body": "home"},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": "federation-answer+jwt"}},
        {"header": {"kid": "k-unknown"}},
        {"header": {"jku": "https://evil.example/keys"}},
        {"header": {"crit": ["exp"]}},
    ],
)
async def test_whatever_is_wrong_with_a_message_is_refused_alike(changes, partner):
    peer, _ = await city(HEFEI)
    await city(BOZHOU)
    reply = await peer.say(partner, "route", **({"body": BODY} | changes))
    assert (reply.status_code, reply.json()["code"]) == (401, "federation.platform_refused")
    assert "detail" not in reply.json()


async def test_one_citys_key_signs_for_no_other_city(partner):
    hefei, _ = await city(HEFEI)
    await city(BOZHOU)
    forged = hefei.message("route", BODY, iss=urn(BOZHOU), header={"kid": f"k-{BOZHOU}"})
    reply = await partner.post("/federation/messages", content=forged, headers=MEDIA)
    assert reply.status_code == 401


async def test_of_fifty_copies_of_a_message_one_is_answered(partner):
    peer, _ = await city(HEFEI)
    message = peer.message("route", BODY)
    replies = await asyncio.gather(
        *(partner.post("/federation/messages", content=message, headers=MEDIA) for _ in range(50))
    )
    assert sorted(r.status_code for r in replies) == [200] + [401] * 49


@pytest.mark.parametrize("kind", ["user", "verify", "nothing"])
async def test_what_is_the_provinces_part_a_city_cannot_say(kind, partner):
    peer, _ = await city(HEFEI)
    reply = await peer.say(partner, kind, BODY | {"user": {}, "ticket": "t"})
    assert (reply.status_code, reply.json()["code"]) == (403, "federation.not_your_part")
    assert await db.value("SELECT count(*) FROM people_person") == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"home": None},
        {"home": 1, "attempt": BODY["attempt"]},
        {"home": "34", "attempt": BODY["attempt"]},
        {"home": "340100", "attempt": "x"},
    ],
)
async def test_a_message_without_its_parts_is_refused(body, partner):
    peer, _ = await city(HEFEI)
    reply = await peer.say(partner, "route", body)
    assert (reply.status_code, reply.json()["code"]) == (401, "federation.platform_refused")
