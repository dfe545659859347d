"""DPoP (RFC 9449): the sender proves, with every call, the key its tokens are bound to."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from app_server.kernel import clock
from app_server.kernel.crypto import same
from auth.grants.errors import OAuthRefused
from auth.grants.rules import PROOF_ALGORITHMS, PROOF_SKEW
from auth.grants.service.jose import (
    TokenRefused,
    b64,
    decode,
    header_of,
    take_once,
    thumbprint,
)

_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_KEY_NAMES = frozenset({"kty", "crv", "x", "y", "kid", "use", "alg", "key_ops", "ext"})


class ProofRefused(OAuthRefused):
    """The DPoP proof is missing, wrong, old or was used before."""

    def __init__(self, reason: str) -> None:
        super().__init__("invalid_dpop_proof", reason)


async def proof_of(
    proofs: Sequence[str], method: str, url: str, access_token: str | None = None
) -> str:
    """The thumbprint of the key a request proves, or "" without a proof; raises `ProofRefused`."""
    if not proofs:
        return ""
    if len(proofs) > 1:
        raise ProofRefused("more than one DPoP header")
    try:
        header = header_of(proofs[0], ("dpop+jwt",), own_key=True)
        jwk = _public(header)
        claims = decode(
            proofs[0],
            PyJWK(jwk),
            PROOF_ALGORITHMS,
            # `iat` is judged below, with its own window on both sides.
            options={"require": ["jti", "htm", "htu", "iat"], "verify_iat": False},
        )
    except (TokenRefused, PyJWTError) as error:
        raise ProofRefused("the proof cannot be read") from error
    _check(claims, method, url, access_token)
    jkt = thumbprint(jwk)
    # Taken last: a refused proof must not use up an honest one's identifier.
    if not await take_once(f"dpop:{jkt}", claims["jti"], clock.now() + 2 * PROOF_SKEW):
        raise ProofRefused("the proof was used before")
    return jkt


def _public(header: dict[str, Any]) -> dict[str, Any]:
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or set(jwk) - _KEY_NAMES:
        raise TokenRefused("no public key")
    if jwk.get("crv") != _CURVES.get(str(jwk.get("kty"))):
        raise TokenRefused("key not allowed")
    if header.get("alg") != ("ES256" if jwk["kty"] == "EC" else "EdDSA"):
        raise TokenRefused("algorithm not allowed")
    return {name: jwk[name] for name in ("kty", "crv", "x", "y") if name in jwk}


def _check(claims: dict[str, Any], method: str, url: str, access_token: str | None) -> None:
    jti, issued = claims["jti"], claims["iat"]
    if not isinstance(jti, str) or not 8 <= len(jti) <= 128:
        raise ProofRefused("jti")
    if claims["htm"] != method:
        raise ProofRefused("htm")
    if _plain(claims["htu"]) != _plain(url):
        raise ProofRefused("htu")
    if not isinstance(issued, int | float) or isinstance(issued, bool):
        raise ProofRefused("iat")
    skew = PROOF_SKEW / timedelta(seconds=1)
    if not 0 <= issued < 2**53 or abs(clock.now().timestamp() - issued) > skew:
        raise ProofRefused("iat")
    if access_token is not None:
        bound = claims.get("ath")
        if not isinstance(bound, str) or not same(
            bound, b64(sha256(access_token.encode()).digest())
        ):
            raise ProofRefused("ath")


def _plain(url: Any) -> tuple[str, str, str]:
    """Scheme, authority and path (RFC 9449 §4.3: without query and fragment, normalised)."""
    if not isinstance(url, str) or not url.isascii():
        raise ProofRefused("htu")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ProofRefused("htu") from error
    default = {"https": 443, "http": 80}.get(parts.scheme)
    host = (parts.hostname or "") + ("" if port in {None, default} else f":{port}")
    if parts.username or parts.password:
        raise ProofRefused("htu")
    return parts.scheme.lower(), host, parts.path or "/"
