"""What the pages need while a request waits for a person: to show it, and to decide it once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import clock, db, regions
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal
from auth.grants.errors import NoSuchInteraction, OAuthRefused
from auth.grants.models import AuthorizationRequest, Client, Session
from auth.grants.rules import Step
from auth.grants.service.oauth.authorising import (
    browser_digest,
    grant,
    moved,
    refusal,
    step_of,
)
from auth.grants.service.oauth.realms import RESIDENTS, Realm
from auth.grants.service.oauth.requests import Asked
from auth.grants.service.oauth.sso import live_session
from auth.grants.service.oauth.subjects import consented, ground_of, purpose_of
from auth.identity import service as identity
from auth.organisations import service as organisations
from auth.people import service as people

CONSENT_TEXT = "oauth-1"


@dataclass(frozen=True, slots=True)
class AskedScope:
    """One thing the system asks for."""

    scope: str
    name: str
    needs_consent: bool
    consented: bool


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request as the pages show it."""

    id: UUID
    client_name: str
    client_region: str
    step: Step
    scopes: list[AskedScope]
    required_tier: int
    held_tier: int
    required_level: int
    ground: organisations.Acting | None
    login_hint: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Open:
    row: AuthorizationRequest
    client: Client
    asked: Asked
    session: Session | None
    step: Step


async def _open(realm: Realm, interaction_id: UUID, browser: str, principal: Principal) -> _Open:
    row = await AuthorizationRequest.get_or_none(id=interaction_id, realm=realm.name, state="open")
    # Another browser's request is nobody's here: an approval could be led to a stranger's client.
    if row is None or row.expires_at <= clock.now() or not browser:
        raise NoSuchInteraction
    if not same(row.browser_digest, browser_digest(browser)):
        raise NoSuchInteraction
    client = await Client.get_or_none(id=row.client, state="active")
    if client is None:
        raise NoSuchInteraction
    asked = Asked.model_validate(row.asked)
    session = None
    if principal.kind == realm.kind and principal.session is not None:
        session = await live_session(realm, principal.session)
    step = await step_of(realm, client, asked, session, row.opened_at)
    return _Open(row, client, asked, session, step)


async def interaction(
    realm: Realm, interaction_id: UUID, browser: str, principal: Principal
) -> Interaction:
    """An open request of this browser; raises `NoSuchInteraction`."""
    found = await _open(realm, interaction_id, browser, principal)
    scopes = found.asked.all_scopes(realm)
    person = found.session.subject_id if found.session else None
    given = await consented(realm, found.client, person, scopes) if person else set()
    ground = None
    if found.session is not None:
        ground = await ground_of(found.session.subject_id, found.session.organisation_id)
    return Interaction(
        id=interaction_id,
        client_name=found.client.name,
        client_region=regions.full_name(found.client.region) if found.client.region else "",
        step=found.step,
        scopes=[
            AskedScope(name, scope.name, scope.consent, name in given)
            for name, scope in realm.scopes.items()
            if name in scopes
        ],
        required_tier=found.asked.tier,
        held_tier=await identity.tier_of_person(person) if person and realm is RESIDENTS else 0,
        required_level=found.asked.level,
        ground=ground,
        login_hint=found.asked.login_hint,
        expires_at=found.row.expires_at,
    )


async def approve(
    realm: Realm,
    interaction_id: UUID,
    browser: str,
    principal: Principal,
    scopes: frozenset[str] | None,
) -> Step | str:
    """Grant a request, with consent to `scopes` of what it asks (all when None).

    Answers where the browser goes, or the step that is still needed. Raises `NoSuchInteraction`,
    also for every decision after the first.
    """
    found = await _open(realm, interaction_id, browser, principal)
    if found.session is None or found.step not in {"consent", "go"}:
        return found.step
    wanted = found.asked.all_scopes(realm)
    person = found.session.subject_id
    async with db.unit_of_work():
        if not await moved(interaction_id, "open", "granted"):
            raise NoSuchInteraction
        chosen = wanted if scopes is None else wanted & scopes
        for scope in sorted(chosen - await consented(realm, found.client, person, chosen)):
            await people.grant_consent(principal, purpose_of(found.client, scope), CONSENT_TEXT)
        return await grant(realm, found.client, found.asked, found.session)


async def deny(realm: Realm, interaction_id: UUID, browser: str, principal: Principal) -> str:
    """Refuse a request; answers where the browser goes. Raises `NoSuchInteraction`."""
    found = await _open(realm, interaction_id, browser, principal)
    if not await moved(interaction_id, "open", "refused"):
        raise NoSuchInteraction
    # RFC 9470 §5: who cannot or will not prove more is told apart from who will not share.
    unproved = found.step in {"step_up", "act_for", "raise_level"}
    error = "unmet_authentication_requirements" if unproved else "access_denied"
    refused = OAuthRefused(error, "the person declined")
    return refusal(realm, found.asked.redirect_uri, found.asked.state, refused)
