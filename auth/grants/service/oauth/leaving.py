"""Logging out: a relying party sends the browser here, and every relying party hears of it."""

from dataclasses import dataclass
from uuid import UUID

from authlib.common.urls import add_params_to_uri

from app_server.kernel import clock, db
from app_server.kernel.crypto import same, signature
from app_server.kernel.events import Outcome
from app_server.kernel.outbox import announce
from auth.grants.errors import OAuthRefused
from auth.grants.events import RelyingPartyLogout
from auth.grants.models import Authorization, Client, Session
from auth.grants.providers.relying_party import tell_logout
from auth.grants.rules import LOGOUT_TOKEN_LIFE
from auth.grants.service.clients import client_of
from auth.grants.service.jose import TokenRefused
from auth.grants.service.oauth.realms import Realm, realm_named
from auth.grants.service.oauth.requests import Params
from auth.grants.service.oauth.signing import sign, verify
from auth.grants.service.oauth.sso import live_session, sso_session
from auth.grants.service.oauth.subjects import subject_of
from auth.grants.service.sessions import end_session

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Leaving:
    """How a logout goes on: `confirm` is the mark a page must bring back after asking."""

    target: str = ""
    client_name: str = ""
    confirm: str = ""
    ended: bool = False


async def leave(realm: Realm, params: Params, mark: str) -> Leaving:
    """Take a browser that wants to log out (OpenID Connect RP-Initiated Logout 1.0).

    Who brings an ID token of the very session is believed; everybody else is asked first, or any
    page could sign people out. Raises `OAuthRefused` where the request is not good: nothing ends.
    """
    client, hinted = await _who(realm, params)
    target = _target(client, params)
    here = await sso_session(realm, mark)
    ending = here
    if hinted is not None and (here is None or here.id == hinted):
        ending = await live_session(realm, hinted)
    elif here is not None:
        name = client.name if client else ""
        return Leaving(target, name, confirm=_confirmation(here, target))
    if ending is not None:
        await end_session(ending.id, "relying_party")
    return Leaving(target, ended=True)


async def confirm_leaving(realm: Realm, params: Params, confirmation: str, mark: str) -> Leaving:
    """End the browser's session after the person agreed; raises `OAuthRefused`."""
    client, _ = await _who(realm, params)
    target = _target(client, params)
    here = await sso_session(realm, mark)
    if here is None or not same(confirmation, _confirmation(here, target)):
        raise OAuthRefused("invalid_request", "the confirmation is not valid")
    await end_session(here.id, "relying_party")
    return Leaving(target, ended=True)


def _confirmation(session: Session, target: str) -> str:
    return signature("logout", str(session.id), target)


async def _who(realm: Realm, params: Params) -> tuple[Client | None, UUID | None]:
    """The client that asks, and the session its ID token speaks of."""
    hint, named = params.get("id_token_hint"), params.get("client_id")
    claims = None
    if hint is not None:
        try:
            claims = await verify(realm, hint, "JWT", ended=True)
        except TokenRefused as error:
            raise OAuthRefused("invalid_request", "id_token_hint") from error
        if named is not None and named != claims["aud"]:
            raise OAuthRefused("invalid_request", "client_id is not the hint's")
        named = str(claims["aud"])
    if named is None:
        return None, None
    client = await client_of(named, realm=realm.name)
    if client is None:
        raise OAuthRefused("invalid_request", "unknown client")
    if claims is None:
        return client, None
    granted = (
        await Authorization.filter(client=client.id, sid=str(claims.get("sid", "")))
        .order_by("-created_at")
        .first()
    )
    return client, granted.session_id if granted else None


def _target(client: Client | None, params: Params) -> str:
    wanted = params.get("post_logout_redirect_uri")
    if not wanted:
        return ""
    if client is None or wanted not in client.post_logout_redirect_uris:
        raise OAuthRefused("invalid_request", "post_logout_redirect_uri is not registered")
    state = params.get("state")
    return str(add_params_to_uri(wanted, [("state", state)])) if state is not None else wanted


async def announce_logouts(session_id: UUID, reason: str) -> None:
    """End what was granted in a session, and have every relying party of it told, once each."""
    async with db.unit_of_work():
        found = await db.rows(
            "UPDATE grants_authorization a SET revoked_at = COALESCE(a.revoked_at, $2), "
            "revoked_for = CASE WHEN a.revoked_at IS NULL THEN $3 ELSE a.revoked_for END "
            "FROM grants_client c WHERE a.session_id = $1 AND c.id = a.client "
            "AND a.code_used_at IS NOT NULL RETURNING a.id, a.client, c.backchannel_logout_uri",
            session_id,
            clock.now(),
            reason,
        )
        told = {row["client"]: row["id"] for row in found if row["backchannel_logout_uri"]}
        for authorization_id in told.values():
            announce(RelyingPartyLogout(authorization_id=authorization_id))


async def send_logout(authorization_id: UUID, delivery: str) -> Outcome:
    """Tell one relying party that a session is over (OpenID Connect Back-Channel Logout 1.0)."""
    granted = await Authorization.get(id=authorization_id)
    client = await Client.get(id=granted.client)
    realm = realm_named(granted.realm)
    now = int(clock.now().timestamp())
    token = await sign(
        realm,
        {
            "iss": realm.issuer,
            "aud": client.client_id,
            "iat": now,
            "exp": now + int(LOGOUT_TOKEN_LIFE.total_seconds()),
            # The delivery's own id: a retry is the same logout to a careful relying party.
            "jti": delivery,
            "sub": subject_of(realm, client, granted.subject_id),
            "sid": granted.sid,
            "events": {LOGOUT_EVENT: {}},
        },
        "logout+jwt",
    )
    return await tell_logout(client.backchannel_logout_uri, token)
