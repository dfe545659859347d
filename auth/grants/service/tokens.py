"""Access tokens: ES256 JWTs of ten minutes (RFC 9068), one audience each."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app_server.kernel import clock
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load, load_secrets
from auth.grants.errors import SessionOver
from auth.grants.rules import ACCESS_LIFE, LEVEL_ACR
from auth.grants.service.jose import TokenRefused, header_of

AUDIENCE = {"person": "public", "staff": "staff", "client": "partner"}


@lru_cache(maxsize=8)
def _key(kid: str) -> EllipticCurvePrivateKey:
    key = load_pem_private_key(load_secrets().token_keys[kid].encode(), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise TypeError("token keys are P-256 private keys")
    return key


def issue(
    principal: Principal,
    life_s: int = int(ACCESS_LIFE.total_seconds()),
    amr: Sequence[str] = (),
) -> str:
    """A token that says what `principal` says, for the surface its kind belongs to."""
    kid = load_secrets().token_key_active
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": load().origin("public"),
        "aud": AUDIENCE[principal.kind],
        "sub": str(principal.id),
        "sid": str(principal.session) if principal.session else "",
        "iat": now,
        "exp": now + life_s,
        "jti": uuid7().hex,
        "acr": f"urn:wanshi:acr:t{principal.tier}",
        "kind": principal.kind,
        "tier": principal.tier,
        "ch": principal.channel,
    }
    if amr:
        claims["amr"] = list(amr)
    if principal.organisation is not None:
        # Beside the personal tier, not in its place: one is sure of the person by that.
        claims |= {
            "org_id": str(principal.organisation),
            "org_acr": f"{LEVEL_ACR}{principal.level}",
        }
    if principal.kind != "person":
        # Only officials and systems are named in a token; residents never are.
        claims |= {
            "roles": sorted(principal.roles),
            "scope": " ".join(sorted(principal.scopes)),
            "org": principal.org,
            "region": principal.region,
            "name": principal.name,
        }
    return jwt.encode(claims, _key(kid), "ES256", headers={"kid": kid, "typ": "at+jwt"})


def read(token: str, audience: str) -> tuple[Principal, int]:
    """The principal of a token and its expiry (Unix seconds); raises `SessionOver`."""
    try:
        header = header_of(token, ("at+jwt",))
        if header.get("kid") not in load_secrets().token_keys:
            raise SessionOver
        claims = jwt.decode(
            token,
            _key(header["kid"]).public_key(),
            ["ES256"],
            audience=audience,
            issuer=load().origin("public"),
            options={"require": ["exp", "iat", "sub", "aud", "iss", "jti"]},
        )
        principal = Principal(
            kind=claims["kind"],
            id=UUID(claims["sub"]),
            tier=int(claims["tier"]),
            roles=frozenset(claims.get("roles", ())),
            scopes=frozenset(str(claims.get("scope", "")).split()),
            org=claims.get("org", ""),
            region=claims.get("region", ""),
            name=claims.get("name", ""),
            session=UUID(claims["sid"]) if claims.get("sid") else None,
            channel=claims.get("ch", "web"),
            organisation=UUID(claims["org_id"]) if claims.get("org_id") else None,
            level=int(str(claims.get("org_acr", f"{LEVEL_ACR}0")).removeprefix(LEVEL_ACR)),
        )
    except (TokenRefused, jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        raise SessionOver from error
    return principal, int(claims["exp"])
