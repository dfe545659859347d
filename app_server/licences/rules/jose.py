"""Compact signed tokens (RFC 7515) with ES256, strict in their spelling."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from jwt.exceptions import InvalidKeyError

_ES256 = ECAlgorithm(ECAlgorithm.SHA256, ec.SECP256R1)
_SPELLING = re.compile(r"[A-Za-z0-9_-]*")
Json = dict[str, Any]


class BadToken(ValueError):
    """A token that does not hold; `reason` is one word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def encoded(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of a text; raises `BadToken` for any spelling but the one we would write."""
    if not _SPELLING.fullmatch(text):
        raise BadToken("malformed")
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise BadToken("malformed") from error
    # Two spellings of one signature would let a token be altered without breaking it.
    if encoded(data) != text:
        raise BadToken("malformed")
    return data


def signed(key: ec.EllipticCurvePrivateKey, header: Json, payload: Json) -> str:
    """A compact token signed with ES256 (RFC 7518 §3.4)."""
    head = encoded(orjson.dumps(header | {"alg": "ES256"}))
    body = f"{head}.{encoded(orjson.dumps(payload))}"
    return f"{body}.{encoded(_ES256.sign(body.encode(), key))}"


def opened(token: str) -> tuple[Json, Json]:
    """Header and payload of a token, nothing checked yet but the form; raises `BadToken`."""
    parts = token.split(".")
    if len(parts) != 3:
        raise BadToken("malformed")
    return _object(parts[0]), _object(parts[1])


def checked(token: str, key: ec.EllipticCurvePublicKey) -> None:
    """Raise `BadToken` unless the token is signed with this key by ES256."""
    header, _ = opened(token)
    body, _, signature = token.rpartition(".")
    if header.get("alg") != "ES256" or not _ES256.verify(body.encode(), key, decoded(signature)):
        raise BadToken("signature")


def public_key(jwk: Json) -> ec.EllipticCurvePublicKey:
    """A P-256 public key (RFC 7518 §6.2); raises `BadToken` for anything else."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256" or "d" in jwk:
        raise BadToken("key")
    try:
        key = ECAlgorithm.from_jwk({str(k): v for k, v in jwk.items()})
    except (InvalidKeyError, ValueError, TypeError) as error:
        raise BadToken("key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise BadToken("key")
    return key


def _object(part: str) -> Json:
    try:
        found = orjson.loads(decoded(part))
    except orjson.JSONDecodeError as error:
        raise BadToken("malformed") from error
    if not isinstance(found, dict):
        raise BadToken("malformed")
    return found
