# ruff: noqa: ARG005 - every attack takes the same three, whatever it needs of them
"""Forged and replayed DPoP proofs (RFC 9449 §4.3, §11): every one is refused."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.builders.grants import ProofKey, signed_in
from tests.builders.people import resident

STRANGER = ProofKey()
RSA = rsa.generate_private_key(65537, 2048)
P384 = ec.generate_private_key(ec.SECP384R1())

# Each takes the holder's key, the address and the token, and makes a proof that must fail.
Attack = Callable[[ProofKey, str, str], str]
NOW = time.time


def plain(key: ProofKey, header: bytes, claims: bytes) -> str:
    text = ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in (header, claims))
    signature = ECAlgorithm(ECAlgorithm.SHA256).sign(text.encode(), key.key)
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def literal(key: ProofKey, url: str, token: str, **claims: str) -> str:
    """A right signature over claims whose JSON text is given."""
    good = jwt.decode(key.proof("GET", url, token), options={"verify_signature": False})
    told = {name: json.dumps(value) for name, value in good.items()} | claims
    body = "{" + ",".join(f'"{name}":{text}' for name, text in told.items()) + "}"
    header = json.dumps({"typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk})
    return plain(key, header.encode(), body.encode())


def private(key: ProofKey) -> dict[str, Any]:
    return ECAlgorithm.to_jwk(key.key, as_dict=True)


ATTACKS: dict[str, Attack] = {
    "another key": lambda _, u, t: STRANGER.proof("GET", u, t),
    "another key under the holder's jwk": lambda k, u, t: STRANGER.proof("GET", u, t, header={"jwk": k.jwk}),
    "htm of another method": lambda k, u, t: k.proof("POST", u, t),
    "htm in small letters": lambda k, u, t: k.proof("get", u, t),
    "htm missing": lambda k, u, t: k.proof("GET", u, t, htm=None),
    "htu of another path": lambda k, u, t: k.proof("GET", u.replace("userinfo", "token"), t),
    "htu of another host": lambda k, u, t: k.proof("GET", "https://evil.example/oauth/userinfo", t),
    "htu of another scheme": lambda k, u, t: k.proof("GET", u.replace("http:", "https:"), t),
    "htu of another port": lambda k, u, t: k.proof("GET", "http://127.0.0.1:1/oauth/userinfo", t),
    "htu with a user": lambda k, u, t: k.proof("GET", u.replace("//", "//a@"), t),
    "htu missing": lambda k, u, t: k.proof("GET", u, t, htu=None),
    "htu a number": lambda k, u, t: k.proof("GET", u, t, htu=1),
    "htu not an address": lambda k, u, t: k.proof("GET", "http://[", t),
    "iat two minutes old": lambda k, u, t: k.proof("GET", u, t, iat=int(NOW()) - 120),
    "iat two minutes ahead": lambda k, u, t: k.proof("GET", u, t, iat=int(NOW()) + 120),
    "iat missing": lambda k, u, t: k.proof("GET", u, t, iat=None),
    "iat a text": lambda k, u, t: literal(k, u, t, iat='"now"'),
    "iat true": lambda k, u, t: literal(k, u, t, iat="true"),
    "iat not a number (NaN)": lambda k, u, t: literal(k, u, t, iat="NaN"),
    "iat endless": lambda k, u, t: literal(k, u, t, iat="1" + "0" * 400),
    "jti missing": lambda k, u, t: k.proof("GET", u, t, jti=None),
    "jti empty": lambda k, u, t: k.proof("GET", u, t, jti=""),
    "jti too long": lambda k, u, t: k.proof("GET", u, t, jti="x" * 129),
    "jti a number": lambda k, u, t: literal(k, u, t, jti="12345678"),
    "jti twice": lambda k, u, t: literal(k, u, t, **{'jti":"aaaaaaaaaa","jti': '"bbbbbbbbbb"'}),
    "ath missing": lambda k, u, t: k.proof("GET", u, t, ath=None),
    "ath of another token": lambda k, u, _: k.proof("GET", u, "another-token"),
    "ath a number": lambda k, u, t: literal(k, u, t, ath="1"),
    "typ JWT": lambda k, u, t: k.proof("GET", u, t, header={"typ": "JWT"}),
    "typ missing": lambda k, u, t: k.proof("GET", u, t, header={"typ": None}),
    "jwk missing": lambda k, u, t: k.proof("GET", u, t, header={"jwk": None}),
    "jwk with its private part": lambda k, u, t: k.proof("GET", u, t, header={"jwk": private(k)}),
    "jwk of another curve": lambda k, u, t: k.proof(
        "GET", u, t, header={"jwk": ECAlgorithm.to_jwk(P384.public_key(), as_dict=True)}),
    "jwk symmetric": lambda k, u, t: jwt.encode(
        {"jti": "x" * 12, "htm": "GET", "htu": u, "iat": int(NOW())}, "k" * 32, "HS256",
        headers={"typ": "dpop+jwt", "jwk": {"kty": "oct", "k": "a2tr"}}),
    "alg none": lambda k, u, t: jwt.encode(
        {"jti": "x" * 12, "htm": "GET", "htu": u, "iat": int(NOW())}, None, "none",
        headers={"typ": "dpop+jwt", "jwk": k.jwk}),
    "alg RS256": lambda k, u, t: jwt.encode(
        {"jti": "x" * 12, "htm": "GET", "htu": u, "iat": int(NOW())}, RSA, "RS256",
        headers={"typ": "dpop+jwt", "jwk": RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True)}),
    "jwk off its curve": lambda k, u, t: k.proof(
        "GET", u, t, header={"jwk": k.jwk | {"x": k.jwk["y"]}}),
    "jku": lambda k, u, t: k.proof("GET", u, t, header={"jku": "https://evil.example"}),
    "crit": lambda k, u, t: k.proof("GET", u, t, header={"crit": ["exp"]}),
    "nbf ahead": lambda k, u, t: k.proof("GET", u, t, nbf=int(NOW()) + 600),
    "exp past": lambda k, u, t: k.proof("GET", u, t, exp=int(NOW()) - 600),
    "truncated": lambda k, u, t: k.proof("GET", u, t)[:-10],
    "huge": lambda k, u, t: k.proof("GET", u, t, padding="x" * 4000),
    "the access token itself": lambda k, u, t: t,
    "empty": lambda k, u, t: "x",
}  # fmt: skip


def test_the_list_is_as_long_as_the_reference_asks():
    assert len(ATTACKS) >= 25


@pytest.fixture
async def bound(register, issuer):
    """A party with a bound token, its key, and the address of UserInfo."""
    party = await register(require_dpop=True)
    key = ProofKey()
    proof = {"dpop": key.proof("POST", f"{issuer}/oauth/token")}
    got = await party.tokens(await signed_in(await resident()), proof)
    return party, key, got["access_token"], f"{issuer}/oauth/userinfo"


async def ask(party, token: str, *proofs: str):
    headers = [("authorization", f"DPoP {token}"), *(("dpop", proof) for proof in proofs)]
    return await party.http.get(f"{party.issuer}/oauth/userinfo", headers=headers)


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_forged_proof_is_refused(name, bound):
    party, key, token, url = bound
    assert (await ask(party, token, key.proof("GET", url, token))).status_code == 200
    reply = await ask(party, token, ATTACKS[name](key, url, token))
    assert reply.status_code in {400, 401}, reply.text
    assert reply.json()["error"] in {"invalid_dpop_proof", "invalid_token"}


async def test_a_proof_works_once_even_fifty_times_at_once(bound):
    party, key, token, url = bound
    proof = key.proof("GET", url, token)
    replies = await asyncio.gather(*(ask(party, token, proof) for _ in range(50)))
    assert [r.status_code for r in replies].count(200) == 1


async def test_no_proof_and_two_proofs_are_refused(bound):
    party, key, token, url = bound
    assert (await ask(party, token)).status_code == 401
    two = await ask(party, token, key.proof("GET", url, token), key.proof("GET", url, token))
    assert two.json()["error"] == "invalid_dpop_proof"


async def test_an_unbound_token_does_not_become_bound_by_a_proof(register, issuer):
    party = await register()
    got = await party.tokens(await signed_in(await resident()))
    proof = ProofKey().proof("GET", f"{issuer}/oauth/userinfo", got["access_token"])
    assert (await ask(party, got["access_token"], proof)).status_code == 401


async def test_a_query_in_the_proofs_address_does_not_matter(bound):
    """RFC 9449 §4.3: the address is compared without query and fragment."""
    party, key, token, url = bound
    assert (await ask(party, token, key.proof("GET", f"{url}?a=1#b", token))).status_code == 200
