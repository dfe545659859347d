"""Forged, twisted and misplaced JWTs, at our own surface and at UserInfo: every one is refused.

Each case makes a token out of a good one and the key that signed it; where the attack is a claim,
the signature is right, so that it is the claim that is found out.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm

from app_server.kernel.settings import load_secrets
from auth.grants.models import SigningKey
from tests.builders.grants import signed_in
from tests.builders.people import resident

STRANGER = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def b64(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


@dataclass
class Good:
    """A good token, what it says, and the key behind it."""

    token: str
    key: Any
    other_realm: Any
    misplaced: str

    @property
    def header(self) -> dict[str, Any]:
        return jwt.get_unverified_header(self.token)

    @property
    def claims(self) -> dict[str, Any]:
        return jwt.decode(self.token, options={"verify_signature": False})

    @property
    def parts(self) -> list[str]:
        return self.token.split(".")

    @property
    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def signed(self, header: Any = None, key: Any = None, **claims: Any) -> str:
        """Signed anew, with changes; None leaves a claim or a header out."""
        told = {k: v for k, v in (self.claims | claims).items() if v is not None}
        head = {k: v for k, v in (self.header | (header or {})).items() if v is not None}
        return self.raw(json.dumps(head).encode(), json.dumps(told).encode(), key)

    def raw(self, header: bytes, claims: bytes, key: Any = None) -> str:
        """These very bytes under a right signature."""
        text = f"{b64(header)}.{b64(claims)}"
        signature = ECAlgorithm(ECAlgorithm.SHA256).sign(text.encode(), key or self.key)
        return f"{text}.{b64(signature)}"

    def hmac(self, secret: bytes, **header: Any) -> str:
        """HS256 with something everybody knows."""
        head = b64(json.dumps(self.header | {"alg": "HS256"} | header).encode())
        text = f"{head}.{self.parts[1]}"
        return f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}"

    def with_twin(self, part: str, name: str, value: Any) -> str:
        """A name that occurs twice: which of them counts, two readers answer differently."""
        head, told = json.dumps(self.header), json.dumps(self.claims)
        twin = json.dumps({name: value})[1:-1]
        if part == "header":
            head = f"{{{twin}, {head[1:]}"
        else:
            told = f"{{{twin}, {told[1:]}"
        return self.raw(head.encode(), told.encode())


def jwk_of(key: Any) -> dict[str, Any]:
    return ECAlgorithm.to_jwk(key.public_key(), as_dict=True)


def twisted(good: Good) -> str:
    """The same signature in DER, which a lenient reader would take."""
    plain = base64.urlsafe_b64decode(good.parts[2] + "==")
    r, s = int.from_bytes(plain[:32]), int.from_bytes(plain[32:])
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    der = encode_dss_signature(r, s)
    assert decode_dss_signature(der) == (r, s)
    return ".".join([*good.parts[:2], b64(der)])


def not_canonical(good: Good) -> str:
    """Another spelling of the same signature: the unused bits of its last letter."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(good.token[-1])
    return good.token[:-1] + alphabet[last ^ 1]


def rs256(good: Good) -> str:
    return jwt.encode(good.claims, RSA, "RS256", headers=good.header | {"alg": "RS256"})


ATTACKS: dict[str, Callable[[Good], str]] = {
    "alg none without a signature": lambda g: g.signed({"alg": "none"}).rpartition(".")[0] + ".",
    "alg none with one": lambda g: g.signed({"alg": "none"}),
    "alg None spelled otherwise": lambda g: g.signed({"alg": "nOnE"}).rpartition(".")[0] + ".",
    "alg missing": lambda g: g.signed({"alg": None}),
    "alg of another curve": lambda g: g.signed({"alg": "ES384"}),
    "alg a list": lambda g: g.signed({"alg": ["ES256"]}),
    "HS256 with the public key": lambda g: g.hmac(g.public_pem),
    "HS256 with an empty key": lambda g: g.hmac(b""),
    "HS256 with the key id": lambda g: g.hmac(str(g.header["kid"]).encode()),
    "RS256 by a stranger": rs256,
    "a stranger's key": lambda g: g.signed(key=STRANGER),
    "the other realm's key": lambda g: g.signed(key=g.other_realm),
    "kid unknown": lambda g: g.signed({"kid": "nobody"}),
    "kid missing": lambda g: g.signed({"kid": None}),
    "kid a path": lambda g: g.signed({"kid": "../../dev/null"}),
    "kid a query": lambda g: g.signed({"kid": "x' OR '1'='1"}),
    "kid a number": lambda g: g.signed({"kid": 1}),
    "kid a list": lambda g: g.signed({"kid": [g.header["kid"]]}),
    "jwk brought along": lambda g: g.signed({"jwk": jwk_of(STRANGER)}, key=STRANGER),
    "jwk brought along, our own": lambda g: g.signed({"jwk": jwk_of(g.key)}),
    "jku": lambda g: g.signed({"jku": "https://evil.example/jwks.json"}),
    "x5u": lambda g: g.signed({"x5u": "https://evil.example/cert.pem"}),
    "x5c": lambda g: g.signed({"x5c": ["MIIB"]}),
    "crit unknown": lambda g: g.signed({"crit": ["exp2"], "exp2": 1}),
    "crit empty": lambda g: g.signed({"crit": []}),
    "b64 false": lambda g: g.signed({"b64": False, "crit": ["b64"]}),
    "zip": lambda g: g.signed({"zip": "DEF"}),
    "typ of an ID token": lambda g: g.signed({"typ": "JWT"}),
    "typ of a logout token": lambda g: g.signed({"typ": "logout+jwt"}),
    "typ missing": lambda g: g.signed({"typ": None}),
    "typ of a DPoP proof": lambda g: g.signed({"typ": "dpop+jwt"}),
    "iss of somebody": lambda g: g.signed(iss="https://evil.example"),
    "iss with a slash more": lambda g: g.signed(iss=g.claims["iss"] + "/"),
    "iss missing": lambda g: g.signed(iss=None),
    "iss a list": lambda g: g.signed(iss=[g.claims["iss"]]),
    "aud of another": lambda g: g.signed(aud="somebody-else"),
    "aud missing": lambda g: g.signed(aud=None),
    "aud empty": lambda g: g.signed(aud=[]),
    "exp past": lambda g: g.signed(exp=int(time.time()) - 1),
    "exp missing": lambda g: g.signed(exp=None),
    "exp a text": lambda g: g.signed(exp="never"),
    "exp infinite": lambda g: g.raw(
        json.dumps(g.header).encode(),
        json.dumps(g.claims | {"exp": float("inf")}).encode(),
    ),
    "nbf ahead": lambda g: g.signed(nbf=int(time.time()) + 600),
    "iat ahead": lambda g: g.signed(iat=int(time.time()) + 600),
    "iat missing": lambda g: g.signed(iat=None),
    "sub missing": lambda g: g.signed(sub=None),
    "sub a number": lambda g: g.signed(sub=1),
    "a claim twice": lambda g: g.with_twin("claims", "exp", 1),
    "the key id twice": lambda g: g.with_twin("header", "kid", "other"),
    "truncated signature": lambda g: g.token[:-8],
    "no signature": lambda g: ".".join(g.parts[:2]) + ".",
    "two parts": lambda g: ".".join(g.parts[:2]),
    "four parts": lambda g: g.token + ".x",
    "five parts (encrypted)": lambda g: g.token + ".x.y",
    "a part swapped": lambda g: ".".join([g.parts[1], g.parts[0], g.parts[2]]),
    "a claim changed": lambda g: ".".join(
        [g.parts[0], b64(json.dumps(g.claims | {"sub": "x"}).encode()), g.parts[2]]
    ),
    "signature of zeros (CVE-2022-21449)": lambda g: ".".join([*g.parts[:2], b64(bytes(64))]),
    "signature in DER": twisted,
    "signature spelled otherwise": not_canonical,
    "padding": lambda g: g.token + "==",
    "plain base64 letters": lambda g: ".".join([*g.parts[:2], "+" + g.parts[2][1:]]),
    "not JSON": lambda g: g.raw(b"{", b"{}"),
    "claims a list": lambda g: g.raw(json.dumps(g.header).encode(), b"[]"),
    "header a list": lambda g: g.raw(b"[]", json.dumps(g.claims).encode()),
    "nested deep": lambda g: g.raw(json.dumps(g.header).encode(), b"[" * 900 + b"]" * 900),
    "bytes no text": lambda g: g.raw(b"\xff\xfe", b"\xff\xfe"),
    "huge": lambda g: g.signed(padding="x" * 3500),
    "a token of the other place": lambda g: g.misplaced,
    "empty": lambda _: "x",
    "only dots": lambda _: "..",
    "hash of the good one": lambda g: hashlib.sha256(g.token.encode()).hexdigest(),
}  # fmt: skip


def test_the_list_is_as_long_as_the_reference_asks():
    assert len(ATTACKS) >= 40


async def key_of(realm: str) -> Any:
    row = await SigningKey.filter(realm=realm).first()
    return serialization.load_pem_private_key(row.private_key.encode(), None)


def first_party_key() -> Any:
    secrets = load_secrets()
    pem = secrets.token_keys[secrets.token_key_active]
    return serialization.load_pem_private_key(pem.encode(), None)


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_partys_token_that_was_tampered_with_is_refused(name, register):
    party = await register()
    browser = await signed_in(await resident(tier=2))
    got = await party.tokens(browser)
    from auth.grants.service import oauth

    await oauth.key_set(oauth.STAFF)
    own = browser.bearer["authorization"].partition(" ")[2]
    good = Good(got["access_token"], await key_of("residents"), await key_of("staff"), own)
    assert (await party.userinfo(good.signed())).status_code == 200
    reply = await party.userinfo(ATTACKS[name](good))
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_token"), reply.text
    assert reply.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize("name", ATTACKS)
async def test_our_own_token_that_was_tampered_with_is_refused(name, register):
    party = await register()
    browser = await signed_in(await resident(tier=2))
    got = await party.tokens(browser)
    own = browser.bearer["authorization"].partition(" ")[2]
    good = Good(own, first_party_key(), await key_of("residents"), got["access_token"])

    async def ask(token: str) -> int:
        reply = await party.http.get(
            f"{party.issuer}/api/v1/me", headers={"authorization": f"Bearer {token}"}
        )
        return reply.status_code

    assert await ask(good.signed()) == 200
    assert await ask(ATTACKS[name](good)) == 401


async def test_no_tier_can_be_written_into_ones_own_token(register):
    party = await register()
    browser = await signed_in(await resident(tier=1))
    got = await party.tokens(browser)
    good = Good(got["access_token"], STRANGER, STRANGER, "")
    reply = await party.userinfo(good.signed(acr="urn:wanshi:acr:t3"))
    assert reply.status_code == 401
