"""The token endpoint: a code or a refresh token becomes tokens, exactly once."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core.util import create_half_hash

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.grants.errors import OAuthRefused
from auth.grants.models import Authorization, Client, RefreshToken
from auth.grants.rules import (
    ACCESS_LIFE,
    ACR,
    ID_TOKEN_LIFE,
    LEVEL_ACR,
    LIFE,
    REFRESH_RACE,
    SIGNING_ALGORITHM,
)
from auth.grants.service.oauth.authorising import digest_of_code
from auth.grants.service.oauth.dpop import ProofRefused
from auth.grants.service.oauth.realms import RESIDENTS, Realm
from auth.grants.service.oauth.signing import sign
from auth.grants.service.oauth.subjects import consented, duty, ground_of, released, subject_of
from auth.grants.service.sessions import alive
from auth.identity import service as identity

_VERIFIER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint answers."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    id_token: str
    refresh_token: str | None


class GrantRefused(OAuthRefused):
    """The code or refresh token is wrong, used, over, or another client's: nobody learns which."""

    def __init__(self) -> None:
        super().__init__("invalid_grant", "the grant is not valid")


def _digest(token: str) -> str:
    return blind_index(token, "grants.oauth_refresh")


async def exchange_code(
    realm: Realm, client: Client, code: str, redirect_uri: str, verifier: str, jkt: str
) -> Tokens:
    """Tokens for a code (RFC 6749 §4.1.3, RFC 7636); raises `OAuthRefused`.

    A second use of a code ends everything that came of the first.
    """
    found = await Authorization.get_or_none(
        code_digest=digest_of_code(code), realm=realm.name, client=client.id
    )
    if found is None:
        raise GrantRefused
    if found.code_used_at is not None:
        await revoke(found.id, "code_reuse")
        raise GrantRefused
    proved = 43 <= len(verifier) <= 128 and not set(verifier) - _VERIFIER
    if not proved or not same(create_s256_code_challenge(verifier), found.code_challenge):
        raise GrantRefused
    if not same(redirect_uri, found.redirect_uri):
        raise GrantRefused
    _check_binding(client, found.dpop_jkt, jkt)
    acr = await assurance_now(realm, client, found)
    now = clock.now()
    async with db.unit_of_work() as uow:
        claimed = await Authorization.filter(
            id=found.id, code_used_at=None, code_expires_at__gt=now, revoked_at=None
        ).update(code_used_at=now, dpop_jkt=jkt)
        fresh = ""
        if claimed and "offline_access" in found.scopes:
            fresh = _add_refresh(uow, found.id, now, now + LIFE[realm.kind])
    if not claimed:
        # Late, or another exchange of this very code won: then there are two holders of it.
        if now < found.code_expires_at:
            await revoke(found.id, "code_reuse")
        raise GrantRefused
    found.dpop_jkt = jkt
    return await _tokens(realm, client, found, acr, fresh or None, first=True)


def _check_binding(client: Client, bound: str, jkt: str) -> None:
    if bound and not same(bound, jkt):
        raise ProofRefused("the proof is not by the key this grant is bound to")
    if client.require_dpop and not jkt:
        raise ProofRefused("this client must use DPoP")


async def assurance_now(realm: Realm, client: Client, granted: Authorization) -> str:
    """The `acr` to tell: never above what was granted, below it when evidence is gone.

    Raises `GrantRefused` when the session is over, tier or level fell below what was asked for,
    they no longer act for the organisation that was, or the officer may not enter the system.
    """
    if granted.revoked_at is not None or not await alive(granted.session_id):
        raise GrantRefused
    if realm is not RESIDENTS:
        if await duty(client, granted.subject_id):
            raise GrantRefused
        return ""
    tier: int = min(granted.tier, await identity.tier_of_person(granted.subject_id))
    if tier < granted.min_tier:
        raise GrantRefused
    if not granted.min_level:
        return f"{ACR}{tier}"
    ground = await ground_of(granted.subject_id, granted.organisation_id)
    level = min(granted.level, ground.level) if ground else 0
    if level < granted.min_level:
        raise GrantRefused
    return f"{LEVEL_ACR}{level}"


def _add_refresh(
    uow: db.UnitOfWork, authorization_id: UUID, now: datetime, expires_at: datetime
) -> str:
    token = secrets.token_urlsafe(32)
    uow.add(
        RefreshToken.Meta.table,
        {
            "id": uuid7(),
            "authorization_id": authorization_id,
            "digest": _digest(token),
            "created_at": now,
            "expires_at": expires_at,
        },
    )
    return token


async def exchange_refresh(
    realm: Realm, client: Client, token: str, scope: str | None, jkt: str
) -> Tokens:
    """New tokens for a refresh token, which is then used; raises `OAuthRefused`.

    Of parallel uses one gets the new token and the others an error. A use more than
    `REFRESH_RACE` after the first is theft: the family ends.
    """
    now = clock.now()
    pair = await refresh_token(realm, client, token)
    if pair is None or pair[0].expires_at <= now:
        raise GrantRefused
    kept, found = pair
    _check_binding(client, found.dpop_jkt, jkt)
    if kept.used_at is not None:
        await _used_again(kept, now)
    wanted = found.scopes if scope is None else scope.split()
    if "openid" not in wanted or not set(wanted) <= set(found.scopes):
        raise OAuthRefused("invalid_scope", "more than was granted")
    acr = await assurance_now(realm, client, found)
    async with db.unit_of_work() as uow:
        claimed = await RefreshToken.filter(id=kept.id, used_at=None).update(used_at=now)
        fresh = _add_refresh(uow, found.id, now, kept.expires_at) if claimed else ""
    if not claimed:
        await _used_again(await RefreshToken.get(id=kept.id), now)
    found.scopes = [name for name in found.scopes if name in wanted]
    return await _tokens(realm, client, found, acr, fresh, first=False)


async def refresh_token(
    realm: Realm, client: Client, token: str
) -> tuple[RefreshToken, Authorization] | None:
    """A refresh token of this client, used or not, with what it belongs to."""
    kept = await RefreshToken.get_or_none(digest=_digest(token))
    if kept is None:
        return None
    granted = await Authorization.get_or_none(
        id=kept.authorization_id, realm=realm.name, client=client.id
    )
    return (kept, granted) if granted else None


async def _used_again(kept: RefreshToken, now: datetime) -> None:
    if kept.used_at is not None and now - kept.used_at > REFRESH_RACE:
        await revoke(kept.authorization_id, "refresh_reuse")
    raise GrantRefused


async def revoke(authorization_id: UUID, reason: str) -> None:
    """End an authorisation with every token of its family, and put why on record."""
    async with db.unit_of_work():
        ended = await db.row(
            "UPDATE grants_authorization SET revoked_at=$2, revoked_for=$3 "
            "WHERE id=$1 AND revoked_at IS NULL RETURNING client, subject_id, realm",
            authorization_id,
            clock.now(),
            reason,
        )
        if ended is not None:
            audit.record(
                Principal(kind="client", id=ended["client"], channel="oauth"),
                "grants.tokens_ended",
                f"authorization:{authorization_id}",
                owner=ended["subject_id"] if ended["realm"] == RESIDENTS.name else None,
                reason=reason,
            )


async def _tokens(
    realm: Realm,
    client: Client,
    granted: Authorization,
    acr: str,
    fresh: str | None,
    *,
    first: bool,
) -> Tokens:
    now = int(clock.now().timestamp())
    allowed = await consented(realm, client, granted.subject_id, granted.scopes)
    scope = " ".join(name for name in granted.scopes if name in allowed)
    common: dict[str, Any] = {
        "iss": realm.issuer,
        "sub": subject_of(realm, client, granted.subject_id),
        # RFC 9068: for the client's own resources. Nothing of ours but userinfo takes it.
        "aud": client.client_id,
        "iat": now,
        "auth_time": int(granted.auth_time.timestamp()),
        "sid": granted.sid,
    }
    if acr:
        common["acr"] = acr
    if granted.amr:
        common["amr"] = granted.amr
    access = common | {
        "exp": now + int(ACCESS_LIFE.total_seconds()),
        "jti": uuid7().hex,
        "client_id": client.client_id,
        "scope": scope,
        "grant": str(granted.id),
    }
    if granted.dpop_jkt:
        access["cnf"] = {"jkt": granted.dpop_jkt}
    access_token = await sign(realm, access, "at+jwt")
    identity_claims = common | {
        "exp": now + int(ID_TOKEN_LIFE.total_seconds()),
        "at_hash": create_half_hash(access_token, SIGNING_ALGORITHM).decode(),
    }
    if first and granted.nonce:
        identity_claims["nonce"] = granted.nonce
    identity_claims |= await released(client, granted, granted.id_token_claims)
    return Tokens(
        access_token,
        "DPoP" if granted.dpop_jkt else "Bearer",
        int(ACCESS_LIFE.total_seconds()),
        scope,
        await sign(realm, identity_claims, "JWT"),
        fresh,
    )
