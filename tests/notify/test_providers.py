"""Vendors' signatures and ciphers against outside vectors, and their simulators' refusals."""

import time

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from notify.providers.tc3 import TYPE, authorization
from notify.providers.web_push import CURVE, decoded, decrypt, encoded, encrypt

# RFC 8291 §5.
PLAIN = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text)), CURVE)


def test_the_push_message_of_rfc_8291():
    made = encrypt(PLAIN, decoded(POINT), decoded(AUTH), ours=private(OURS), salt=decoded(SALT))
    assert encoded(made) == BODY
    assert decrypt(decoded(BODY), private(THEIRS), decoded(AUTH)) == PLAIN
    with pytest.raises(InvalidTag):
        decrypt(decoded(BODY)[:-1] + b"\x00", private(THEIRS), decoded(AUTH))


async def test_a_forged_or_old_tencent_request_is_refused_by_the_carrier(simulators):
    url, now = simulators["sms"], int(time.time())
    host = url.removeprefix("http://")
    for secret, stamp, problem in (
        ("WRONG", now, "AuthFailure.SignatureFailure"),
        ("SIM-SECRET", now - 4000, "AuthFailure.SignatureExpire"),
    ):
        mark = authorization(
            key_id="SIM-KEY",
            secret=secret,
            host=host,
            action="SendSms",
            body=b"{}",
            timestamp=stamp,
        )
        headers = {
            "content-type": TYPE,
            "x-tc-action": "SendSms",
            "x-tc-timestamp": str(stamp),
            "authorization": mark,
        }
        async with httpx.AsyncClient(trust_env=False) as client:
            told = (await client.post(f"{url}/", content=b"{}", headers=headers)).json()
        assert told["Response"]["Error"]["Code"] == problem


async def test_an_unsigned_push_is_refused_by_the_service(simulators):
    async with httpx.AsyncClient(trust_env=False) as client:
        device = (await client.post(f"{simulators['push']}/__subscribe")).json()
        reply = await client.post(device["endpoint"], content=b"x", headers={"ttl": "1"})
    assert reply.status_code == 403
