"""From a relying party's request to a code: at once where everything stands, else by the pages."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from authlib.common.urls import add_params_to_uri

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.grants.errors import OAuthRefused
from auth.grants.models import Authorization, AuthorizationRequest, Client, Session
from auth.grants.rules import (
    CODE_LIFE,
    PUSHED_LIFE,
    REQUEST_EDGES,
    REQUEST_LIFE,
    SILENT_ERRORS,
    Demand,
    Standing,
    Step,
    next_step,
)
from auth.grants.service.clients import client_of
from auth.grants.service.oauth.realms import RESIDENTS, Realm
from auth.grants.service.oauth.requests import (
    REFERENCE,
    Asked,
    Params,
    read_request,
    redirect_target,
)
from auth.grants.service.oauth.sso import sso_session
from auth.grants.service.oauth.subjects import consented, duty, ground_of, sid_of, subject_of
from auth.identity import service as identity


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the browser goes on, and the secret it must bring to the pages ("" when it has one)."""

    location: str
    browser: str = ""


def digest_of_code(code: str) -> str:
    """How a code is kept."""
    return blind_index(code, "grants.code")


def _reference_digest(reference: str) -> str:
    return blind_index(reference, "grants.request_uri")


def browser_digest(browser: str) -> str:
    """How the secret that ties a request to its browser is kept."""
    return blind_index(browser, "grants.browser")


async def push(realm: Realm, client: Client, params: Params, jkt: str) -> tuple[str, int]:
    """Keep a pushed request (RFC 9126); answers its one-use reference and its life in seconds."""
    asked = await read_request(realm, client, params, jkt)
    reference, now = secrets.token_urlsafe(32), clock.now()
    await AuthorizationRequest.create(
        realm=realm.name,
        client=client.id,
        asked=asked.model_dump(),
        reference_digest=_reference_digest(reference),
        state="pushed",
        created_at=now,
        expires_at=now + PUSHED_LIFE,
    )
    return REFERENCE + reference, int(PUSHED_LIFE.total_seconds())


async def moved(request_id: UUID, state: str, to: str, **values: Any) -> bool:
    """Move a request along its table, once; False when it is no longer where it was."""
    if to not in REQUEST_EDGES[state]:
        raise ValueError(f"{state} → {to} is no edge")
    now = clock.now()
    return bool(
        await AuthorizationRequest.filter(id=request_id, state=state, expires_at__gt=now).update(
            state=to, **values
        )
    )


async def arrive(realm: Realm, params: Params, mark: str, browser: str) -> Arrival:
    """Take a browser that a relying party sent; `mark` is its SSO cookie.

    Raises `OAuthRefused` where nobody may be sent back: unknown client or address. Everything
    else goes back to the relying party in the redirect.
    """
    client = await client_of(params.get("client_id") or "", realm=realm.name, state="active")
    if client is None:
        raise OAuthRefused("invalid_client", "unknown client")
    kept: UUID | None = None
    reference = params.get("request_uri") or ""
    if reference.startswith(REFERENCE):
        kept, asked = await _pushed(client, reference)
    else:
        target = redirect_target(client, params)
        try:
            asked = await read_request(realm, client, params, pushed=False)
        except OAuthRefused as refused:
            return Arrival(refusal(realm, target, params.get("state"), refused))
    now = clock.now()
    session = await sso_session(realm, mark)
    step = await step_of(realm, client, asked, session, now)
    if step == "go" and session is not None:
        if kept is not None and not await moved(kept, "open", "granted"):
            raise OAuthRefused("invalid_request_uri", "the request was decided")
        return Arrival(await grant(realm, client, asked, session))
    if "none" in asked.prompt:
        silent = OAuthRefused(SILENT_ERRORS[step], "interaction is needed")
        if kept is not None:
            await moved(kept, "open", "refused")
        return Arrival(refusal(realm, asked.redirect_uri, asked.state, silent))
    return await _to_pages(realm, client, asked, kept, browser)


async def _pushed(client: Client, reference: str) -> tuple[UUID, Asked]:
    now = clock.now()
    row = await db.row(
        "UPDATE grants_authorization_request SET state = 'open', opened_at = $3, expires_at = $4 "
        "WHERE reference_digest = $1 AND client = $2 AND state = 'pushed' AND expires_at > $3 "
        "RETURNING id, asked",
        _reference_digest(reference.removeprefix(REFERENCE)),
        client.id,
        now,
        now + REQUEST_LIFE,
    )
    if row is None:
        raise OAuthRefused("invalid_request_uri", "unknown, used or expired request_uri")
    asked = Asked.model_validate_json(row["asked"])
    if asked.redirect_uri not in client.redirect_uris:
        raise OAuthRefused("invalid_request", "redirect_uri is no longer registered")
    return row["id"], asked


async def _to_pages(
    realm: Realm, client: Client, asked: Asked, kept: UUID | None, browser: str
) -> Arrival:
    now = clock.now()
    fresh = "" if browser else secrets.token_urlsafe(32)
    bound = browser_digest(browser or fresh)
    if kept is not None:
        await AuthorizationRequest.filter(id=kept).update(browser_digest=bound)
    else:
        row = await AuthorizationRequest.create(
            realm=realm.name,
            client=client.id,
            asked=asked.model_dump(),
            browser_digest=bound,
            state="open",
            created_at=now,
            opened_at=now,
            expires_at=now + REQUEST_LIFE,
        )
        kept = row.id
    return Arrival(f"{realm.issuer}/authorise/{kept}", fresh)


async def step_of(
    realm: Realm, client: Client, asked: Asked, session: Session | None, opened_at: Any
) -> Step:
    """What must happen before this session may answer the request."""
    held = None
    if session is not None:
        held = await _standing(realm, client, asked, session)
    demand = Demand(
        prompt=frozenset(asked.prompt),
        max_age=asked.max_age,
        tier=asked.tier,
        consents=frozenset(asked.all_scopes(realm)),
        level=asked.level,
    )
    return next_step(demand, held, opened_at, clock.now())


async def _standing(
    realm: Realm, client: Client, asked: Asked, session: Session
) -> Standing | None:
    person = session.subject_id
    if asked.hinted_sub is not None and asked.hinted_sub != subject_of(realm, client, person):
        # Somebody else is meant: for this request nobody is signed in.
        return None
    ground = await ground_of(person, session.organisation_id)
    return Standing(
        authenticated_at=session.authenticated_at or session.created_at,
        tier=await identity.tier_of_person(person) if realm is RESIDENTS else 0,
        consented=frozenset(await consented(realm, client, person, asked.all_scopes(realm))),
        duty="" if realm is RESIDENTS else await duty(client, person),
        level=ground.level if ground else None,
    )


async def grant(realm: Realm, client: Client, asked: Asked, session: Session) -> str:
    """Give a code for what is consented to; answers where the browser takes it (RFC 9207)."""
    code, now = secrets.token_urlsafe(32), clock.now()
    person = session.subject_id
    allowed = await consented(realm, client, person, asked.all_scopes(realm))
    scopes = [scope for scope in asked.scopes if scope in allowed]
    ground = await ground_of(person, session.organisation_id)
    by_scope = [c for s in scopes for c in realm.scopes[s].claims if c != "sub"]
    async with db.unit_of_work() as uow:
        authorization_id = uuid7()
        uow.add(
            Authorization.Meta.table,
            {
                "id": authorization_id,
                "realm": realm.name,
                "client": client.id,
                "subject_id": person,
                "session_id": session.id,
                "sid": sid_of(client, session.id),
                "scopes": scopes,
                # Consent is asked again at each release; here stands what may be asked for.
                "userinfo_claims": sorted({*by_scope, *asked.userinfo_claims}),
                "id_token_claims": sorted(set(asked.id_token_claims)),
                "tier": await identity.tier_of_person(person) if realm is RESIDENTS else 0,
                "min_tier": asked.tier,
                "organisation_id": ground.organisation.id if ground else None,
                "level": ground.level if ground else 0,
                "min_level": asked.level,
                "amr": session.amr,
                "auth_time": session.authenticated_at or session.created_at,
                "nonce": asked.nonce,
                "redirect_uri": asked.redirect_uri,
                "code_digest": digest_of_code(code),
                "code_challenge": asked.code_challenge,
                "code_expires_at": now + CODE_LIFE,
                "dpop_jkt": asked.dpop_jkt,
                "created_at": now,
                "revoked_for": "",
            },
        )
        audit.record(
            Principal(kind=session.kind, id=person, session=session.id, channel=session.channel),  # type: ignore[arg-type]
            "grants.authorised",
            f"client:{client.client_id}",
            owner=person if realm is RESIDENTS else None,
            purpose=client.name,
            scopes=scopes,
        )
    return back_to(realm, asked.redirect_uri, asked.state, code=code)


def back_to(realm: Realm, target: str, state: str | None, **values: str) -> str:
    """The relying party's address with an answer, its state and our name in it."""
    told = values | ({"state": state} if state is not None else {}) | {"iss": realm.issuer}
    return str(add_params_to_uri(target, list(told.items())))


def refusal(realm: Realm, target: str, state: str | None, refused: OAuthRefused) -> str:
    """The relying party's address with a refusal in it."""
    return back_to(realm, target, state, error=refused.error, error_description=str(refused.detail))
