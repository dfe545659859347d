"""Signed tokens read strictly: what two readers could read differently is refused before a key.

PyJWT checks the signature; this checks what it passes over: names that occur twice, headers that
bring their own key, critical extensions, encodings that are not canonical, and size.
"""

import base64
import hashlib
import json
from datetime import datetime
from typing import Any

import jwt
import orjson
from jwt.exceptions import PyJWTError

from app_server.kernel.crypto import blind_index
from app_server.kernel.db import execute
from auth.grants.rules import MAX_TOKEN

# A token names its key by `kid` alone; a key or a place to fetch one from is an attack.
_FOREIGN_KEYS = frozenset({"jwk", "jku", "x5c", "x5u", "x5t", "x5t#S256", "crit", "b64", "zip"})
_ALPHABET = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


class TokenRefused(Exception):
    """The token is not what it must be; the text is for logs and error descriptions."""


def header_of(token: str, kinds: tuple[str, ...], *, own_key: bool = False) -> dict[str, Any]:
    """The header of a well-formed compact JWS; raises `TokenRefused`.

    `kinds` are the types it may have, `own_key` lets it bring the public key it proves (DPoP).
    """
    if len(token) > MAX_TOKEN or not token.isascii():
        raise TokenRefused("too large")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise TokenRefused("not a signed token")
    header, _claims = _object(parts[0]), _object(parts[1])
    _canonical(parts[2])
    forbidden = _FOREIGN_KEYS - ({"jwk"} if own_key else set())
    if forbidden & set(header):
        raise TokenRefused("header not allowed")
    if str(header.get("typ", "")).lower() not in kinds:
        raise TokenRefused("wrong type")
    return header


def _canonical(part: str) -> bytes:
    if set(part.encode()) - _ALPHABET or len(part) % 4 == 1:
        raise TokenRefused("wrong encoding")
    plain = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if b64(plain) != part:
        raise TokenRefused("wrong encoding")
    return plain


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_canonical(part), object_pairs_hook=_no_name_twice)
    except (ValueError, RecursionError) as error:
        raise TokenRefused("not JSON") from error
    if not isinstance(found, dict):
        raise TokenRefused("not an object")
    return found


def _no_name_twice(found: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(found)
    if len(named) < len(found):
        raise TokenRefused("a name occurs twice")
    return named


def decode(token: str, key: Any, algorithms: tuple[str, ...], **options: Any) -> dict[str, Any]:
    """The claims under a key, checked by PyJWT; raises `TokenRefused`."""
    try:
        claims: dict[str, Any] = jwt.decode(token, key, list(algorithms), **options)
    except (PyJWTError, ValueError, TypeError) as error:
        raise TokenRefused(str(error) or "refused") from error
    return claims


def b64(plain: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def thumbprint(jwk: dict[str, Any]) -> str:
    """The SHA-256 thumbprint of a public key (RFC 7638)."""
    names = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
    kept = {name: jwk[name] for name in names[jwk["kty"]]}
    return b64(hashlib.sha256(orjson.dumps(kept)).digest())


async def take_once(owner: str, jti: str, expires_at: datetime) -> bool:
    """Take a proof's identifier, once; False when it was taken before."""
    digest = blind_index(f"{owner}\0{jti}", "grants.proof")
    taken = await execute(
        "INSERT INTO grants_used_proof (digest, expires_at) VALUES ($1, $2) "
        "ON CONFLICT (digest) DO NOTHING",
        digest,
        expires_at,
    )
    return bool(taken)
