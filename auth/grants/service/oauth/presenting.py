"""What a relying party may ask of its tokens: who it is, whether it holds, and that it ends."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.crypto import same
from auth.grants.errors import OAuthRefused
from auth.grants.models import Authorization, Client
from auth.grants.service.jose import TokenRefused
from auth.grants.service.oauth.dpop import proof_of
from auth.grants.service.oauth.exchanging import refresh_token, revoke
from auth.grants.service.oauth.realms import Realm
from auth.grants.service.oauth.signing import verify
from auth.grants.service.oauth.subjects import ground_of, released, subject_of
from auth.grants.service.sessions import alive


class AccessRefused(OAuthRefused):
    """The access token is missing, wrong, over, or not proved by its key (RFC 6750, RFC 9449)."""

    def __init__(self, scheme: str, error: str = "invalid_token") -> None:
        challenge = f'{scheme} error="{error}"'
        if scheme == "DPoP":
            challenge += ', algs="ES256 EdDSA"'
        super().__init__(error, "the access token is not valid", challenge=challenge)


async def _standing(realm: Realm, token: str) -> tuple[dict[str, Any], Authorization, Client]:
    """The claims of a live access token with what stands behind them; raises `TokenRefused`."""
    claims = await verify(realm, token, "at+jwt")
    try:
        grant_id = UUID(str(claims["grant"]))
    except (KeyError, ValueError) as error:
        raise TokenRefused("no token of a relying party") from error
    granted = await Authorization.get_or_none(id=grant_id, realm=realm.name, revoked_at=None)
    if granted is None:
        raise TokenRefused("revoked")
    client = await Client.get_or_none(id=granted.client, state="active")
    if client is None or claims["aud"] != client.client_id:
        raise TokenRefused("another client's")
    if not await alive(granted.session_id):
        raise TokenRefused("the session is over")
    if granted.min_level and await ground_of(granted.subject_id, granted.organisation_id) is None:
        raise TokenRefused("no longer acts for the organisation")
    return claims, granted, client


async def userinfo(
    realm: Realm, authorization: str, in_body: str | None, proofs: Sequence[str], method: str
) -> dict[str, Any]:
    """The consented claims behind an access token; raises `OAuthRefused`."""
    scheme, _, token = authorization.partition(" ")
    if in_body is not None:
        if authorization:
            raise OAuthRefused("invalid_request", "the token is given twice")
        scheme, token = "bearer", in_body
    name = "DPoP" if scheme.lower() == "dpop" else "Bearer"
    try:
        claims, granted, client = await _standing(realm, token.strip())
    except TokenRefused as error:
        raise AccessRefused(name) from error
    bound = claims.get("cnf", {}).get("jkt", "")
    # A bound token without its proof is a stolen one; an unbound one does not become bound.
    if bool(bound) != (name == "DPoP"):
        raise AccessRefused("DPoP" if bound else name)
    if bound:
        jkt = await proof_of(proofs, method, realm.endpoint("userinfo"), token.strip())
        if not jkt or not same(jkt, bound):
            raise AccessRefused("DPoP")
    scopes = str(claims.get("scope", "")).split()
    if "openid" not in scopes:
        raise AccessRefused(name, "insufficient_scope")
    # A refreshed token may have asked for less than was granted.
    left_out = {c for s in set(granted.scopes) - set(scopes) for c in realm.scopes[s].claims}
    names = [name for name in granted.userinfo_claims if name not in left_out]
    return {
        "sub": subject_of(realm, client, granted.subject_id),
        **await released(client, granted, names),
    }


async def introspect(realm: Realm, caller: Client, token: str) -> dict[str, Any]:
    """What a client may know of its own token (RFC 7662); all others are inactive to it."""
    found = await refresh_token(realm, caller, token)
    if found is not None:
        kept, granted = found
        live = kept.used_at is None and kept.expires_at > clock.now()
        if not live or granted.revoked_at is not None or not await alive(granted.session_id):
            return {"active": False}
        return {
            "active": True,
            "client_id": caller.client_id,
            "token_type": "refresh_token",
            "scope": " ".join(granted.scopes),
            "sub": subject_of(realm, caller, granted.subject_id),
            "exp": int(kept.expires_at.timestamp()),
            "iat": int(kept.created_at.timestamp()),
            "iss": realm.issuer,
        }
    try:
        claims, _, client = await _standing(realm, token)
    except TokenRefused:
        return {"active": False}
    if client.id != caller.id:
        return {"active": False}
    told = {name: value for name, value in claims.items() if name != "grant"}
    return {"active": True, "token_type": "DPoP" if "cnf" in claims else "Bearer", **told}


async def revoke_token(realm: Realm, caller: Client, token: str) -> None:
    """End the family a client's own token belongs to (RFC 7009); unknown ones change nothing."""
    found = await refresh_token(realm, caller, token)
    if found is not None:
        await revoke(found[1].id, "revoked")
        return
    try:
        _, granted, client = await _standing(realm, token)
    except TokenRefused:
        return
    if client.id == caller.id:
        await revoke(granted.id, "revoked")
