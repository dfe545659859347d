"""Keys that sign what relying parties read: one at a time for each realm, rotated while running.

They live in the database, sealed, because rotation must reach every process at once: a new key is
published before it signs, the old ones stay published as long as their tokens are shown again.
"""

from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from auth.grants.models import SigningKey
from auth.grants.rules import KEY_KEPT, KEY_PUBLISHED_FIRST, SIGNING_ALGORITHM
from auth.grants.service.jose import TokenRefused, decode, header_of, thumbprint
from auth.grants.service.oauth.realms import Realm


@lru_cache(maxsize=32)
def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("signing keys are P-256 private keys")
    return key


async def _published(realm: Realm) -> list[SigningKey]:
    """The keys relying parties may meet, newest first."""
    now = clock.now()
    rows = await SigningKey.filter(realm=realm.name).order_by("-active_from")
    return [row for row in rows if row.retired_at is None or row.retired_at > now]


async def _active(realm: Realm) -> SigningKey:
    now = clock.now()
    for key in await _published(realm):
        if key.active_from <= now:
            return key
    async with db.unit_of_work():
        # The first token of a realm makes its first key; two processes make one.
        await db.lock(f"grants.signing_key:{realm.name}")
        found = [key for key in await _published(realm) if key.active_from <= now]
        return found[0] if found else await _add(realm, now)


async def _add(realm: Realm, active_from: Any) -> SigningKey:
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    kid = thumbprint(public)[:20]
    return await SigningKey.create(
        realm=realm.name,
        kid=kid,
        private_key=pem,
        public_jwk=public | {"kid": kid, "use": "sig", "alg": SIGNING_ALGORITHM},
        active_from=active_from,
    )


async def rotate_signing_key(principal: Principal, realm: Realm) -> str:
    """Publish a new key that signs from ten minutes on; the present ones stay for reading.

    Answers the new key's id. Nothing needs a restart: every process asks for the keys each time.
    """
    now = clock.now()
    async with db.unit_of_work():
        await db.lock(f"grants.signing_key:{realm.name}")
        present = await _published(realm)
        starts = now + KEY_PUBLISHED_FIRST if present else now
        await SigningKey.filter(id__in=[key.id for key in present], retired_at=None).update(
            retired_at=starts + KEY_KEPT
        )
        fresh = await _add(realm, starts)
        audit.record(principal, "grants.signing_key_rotated", f"key:{fresh.kid}")
    return fresh.kid


async def retire_signing_key(principal: Principal, realm: Realm, kid: str) -> None:
    """Stop believing a key at once (it leaked); tokens it signed are refused from now on."""
    async with db.unit_of_work():
        await SigningKey.filter(realm=realm.name, kid=kid).update(retired_at=clock.now())
        audit.record(principal, "grants.signing_key_retired", f"key:{kid}")


async def key_set(realm: Realm) -> dict[str, Any]:
    """The JSON Web Key Set of a realm."""
    await _active(realm)
    return {"keys": [key.public_jwk for key in await _published(realm)]}


async def sign(realm: Realm, claims: dict[str, Any], kind: str) -> str:
    """A token of this realm; `kind` is its `typ`."""
    key = await _active(realm)
    return jwt.encode(
        claims,
        _private(key.private_key),
        SIGNING_ALGORITHM,
        headers={"kid": key.kid, "typ": kind},
    )


async def verify(
    realm: Realm, token: str, kind: str, *, audience: str | None = None, ended: bool = False
) -> dict[str, Any]:
    """The claims of a token this realm signed; raises `TokenRefused`.

    `ended` reads one whose time is over (an ID token shown as a hint).
    """
    header = header_of(token, (kind.lower(),))
    key = next((k for k in await _published(realm) if k.kid == header.get("kid")), None)
    if key is None:
        raise TokenRefused("unknown key")
    return decode(
        token,
        _private(key.private_key).public_key(),
        (SIGNING_ALGORITHM,),
        issuer=realm.issuer,
        audience=audience,
        options={
            "require": ["iss", "sub", "aud", "exp", "iat"],
            "verify_exp": not ended,
            "verify_aud": audience is not None,
        },
    )
