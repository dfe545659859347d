"""A message beside its signature: a JWT (ES256) that names the digest of the bytes (RFC 7519).

The bytes travel as they are, so that nothing is canonicalised and a message may be larger than a
token; the token says who, to whom, when, which message, and which bytes.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from app_server.exchange.errors import BadSignature
from app_server.exchange.rules import MESSAGE_LIFE, SKEW
from app_server.kernel import clock
from app_server.kernel.ids import uuid7
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk, signing_keys
from auth.grants.service.jose import TokenRefused, decode, header_of

TYPE = "exchange+jwt"
HEADER = "x-exchange-signature"
_PURPOSE = "exchange"
_NUMBER = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a verified signature says about its message."""

    id: str
    kind: str
    at: datetime


def our_name() -> str:
    """How this platform is named in messages to systems."""
    return f"urn:wanshi:platform:{load().platform_region}"


def system_name(code: str) -> str:
    """How a department's system is named."""
    return f"urn:wanshi:system:{code}"


def own_keys() -> list[dict[str, Any]]:
    """Our public keys, for a system's administrator; the one that signs now comes first."""
    return [public_jwk(key) for key in signing_keys(_PURPOSE)]


def own_keys_and_name() -> tuple[str, list[dict[str, Any]]]:
    """What a system's administrator needs to know of us."""
    return our_name(), own_keys()


def sign(to: str, kind: str, body: bytes, number: str = "") -> str:
    """Our signature over a message to a system; `number` is its idempotency key."""
    key = signing_keys(_PURPOSE)[0]
    return signed_by(key, public_jwk(key)["kid"], our_name(), system_name(to), kind, body, number)


def signed_by(
    key: Any, kid: str, sender: str, to: str, kind: str, body: bytes, number: str = ""
) -> str:
    """Anybody's signature over a message, as both sides make it."""
    now = int(clock.now().timestamp())
    claims = {
        "iss": sender,
        "aud": to,
        "iat": now,
        "exp": now + int(MESSAGE_LIFE.total_seconds()),
        "jti": number or uuid7().hex,
        "kind": kind,
        "digest": digest_of(body),
    }
    return jwt.encode(claims, key, "ES256", headers={"kid": kid, "typ": TYPE})


def digest_of(body: bytes) -> str:
    """What a signature says of the bytes."""
    return hashlib.sha256(body).hexdigest()


def verified(
    token: str, body: bytes, *, jwks: list[dict[str, Any]], sender: str, to: str
) -> Signed:
    """The message's facts under one of the sender's keys; raises `BadSignature` for all else."""
    try:
        return _checked(token, body, jwks, sender, to)
    except (TokenRefused, KeyError, TypeError, ValueError) as error:
        raise BadSignature from error


def _checked(token: str, body: bytes, jwks: list[dict[str, Any]], sender: str, to: str) -> Signed:
    header = header_of(token, (TYPE,))
    keys = [jwk for jwk in jwks if jwk.get("kid") == header.get("kid")]
    if len(keys) != 1:
        raise TokenRefused("unknown key")
    claims = decode(
        token,
        jwt.PyJWK(keys[0], algorithm="ES256"),
        ("ES256",),
        audience=to,
        issuer=sender,
        leeway=SKEW,
        options={"require": ["iss", "aud", "exp", "iat", "jti"]},
    )
    if claims["exp"] - claims["iat"] > MESSAGE_LIFE.total_seconds():
        raise TokenRefused("lives too long")
    number = claims["jti"]
    fits = isinstance(number, str) and _NUMBER.fullmatch(number)
    if claims["digest"] != digest_of(body) or not fits:
        raise TokenRefused("another message")
    return Signed(number, str(claims["kind"]), datetime.fromtimestamp(claims["iat"], UTC))
