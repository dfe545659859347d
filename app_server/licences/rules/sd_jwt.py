"""A licence as a verifiable credential: SD-JWT VC with key binding (RFC 9901; R-LIC-10/12).

Each fact stands in a disclosure of its own, so that a holder shows only those that are needed.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.licences.rules.jose import (
    BadToken,
    Json,
    checked,
    decoded,
    encoded,
    opened,
    public_key,
    signed,
)

TYPE, BINDING_TYPE = "dc+sd-jwt", "kb+jwt"
# How far the clock of a holder's phone may be off, and how old a binding may be.
SKEW, BINDING_LIFE = timedelta(minutes=1), timedelta(minutes=5)
_RESERVED = frozenset({"_sd", "_sd_alg", "..."})
MOST_DISCLOSURES = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What a verifier asked a presentation for; none of it where no binding is wanted."""

    nonce: str
    audience: str


def issue(
    key: ec.EllipticCurvePrivateKey,
    kid: str,
    claims: Json,
    facts: Mapping[str, Any],
    salt: Callable[[], str],
) -> str:
    """A credential: `claims` for everybody, each of `facts` only when the holder discloses it."""
    clash = (claims.keys() | _RESERVED) & facts.keys()
    if clash:
        raise ValueError(f"claims that are open already: {sorted(clash)}")
    disclosures = [encoded(orjson.dumps([salt(), name, value])) for name, value in facts.items()]
    # Sorted by digest: the order tells nothing about which fact is which (RFC 9901 §4.2.4.1).
    payload = claims | {"_sd": sorted(map(_digest, disclosures)), "_sd_alg": "sha-256"}
    token = signed(key, {"typ": TYPE, "kid": kid}, payload)
    return "~".join((token, *disclosures, ""))


def _digest(text: str) -> str:
    return encoded(hashlib.sha256(text.encode()).digest())


def verify(
    presentation: str,
    keys: Mapping[str, ec.EllipticCurvePublicKey],
    asked: Asked | None,
    now: datetime,
) -> Json:
    """The claims a presentation discloses, when issuer, binding and time hold.

    `keys` are the issuer's by name. Raises `BadToken`: malformed, key, signature, expired,
    disclosure, binding.
    """
    token, *disclosures = presentation.split("~")
    if not disclosures or len(disclosures) > MOST_DISCLOSURES:
        raise BadToken("malformed")
    bound = disclosures.pop()
    header, payload = opened(token)
    key = keys.get(str(header.get("kid")))
    if header.get("typ") != TYPE or key is None:
        raise BadToken("key")
    checked(token, key)
    if payload.get("exp", 0) <= now.timestamp():
        raise BadToken("expired")
    claims = _disclosed(payload, disclosures)
    if asked is not None:
        _bound(bound, payload, presentation.removesuffix(bound), asked, now)
    return claims


def _disclosed(payload: Json, disclosures: list[str]) -> Json:
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise BadToken("malformed")
    wanted = set(payload.get("_sd", []))
    claims = {name: value for name, value in payload.items() if name not in _RESERVED}
    for text in disclosures:
        digest = _digest(text)
        if digest not in wanted:
            raise BadToken("disclosure")
        wanted.remove(digest)  # shown twice is not shown at all (RFC 9901 §7.1)
        name, value = _one(text)
        if name in claims or name in _RESERVED:
            raise BadToken("disclosure")
        claims[name] = value
    return claims


def _one(text: str) -> tuple[str, Any]:
    try:
        _, name, value = orjson.loads(decoded(text))
    except (orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise BadToken("disclosure") from error
    if not isinstance(name, str):
        raise BadToken("disclosure")
    return name, value


def _bound(bound: str, payload: Json, shown: str, asked: Asked, now: datetime) -> None:
    holder = payload.get("cnf", {}).get("jwk")
    if not bound or not isinstance(holder, dict):
        raise BadToken("binding")
    header, said = opened(bound)
    try:
        checked(bound, public_key(holder))
    except BadToken as error:
        raise BadToken("binding") from error
    made = said.get("iat")
    in_time = isinstance(made, int | float) and (
        now - BINDING_LIFE <= _instant(made, now) <= now + SKEW
    )
    wanted = {"nonce": asked.nonce, "aud": asked.audience, "sd_hash": _digest(shown)}
    same = all(said.get(name) == value for name, value in wanted.items())
    if header.get("typ") != BINDING_TYPE or not same or not in_time:
        raise BadToken("binding")


def _instant(stamp: float, now: datetime) -> datetime:
    # Counted from now: a stamp beyond every calendar is far off, not an error.
    off = max(-1e8, min(1e8, stamp - now.timestamp()))
    return now + timedelta(seconds=off)
