"""What the pages of both surfaces ask while a relying party's request waits for a person."""

from uuid import UUID

from app_server.kernel.errors import Unauthenticated
from app_server.kernel.http import Call, LevelTooLow, TierTooLow, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from auth.grants.api.protocol import BROWSER, SURFACES
from auth.grants.errors import DutyMissing, ReauthenticationNeeded
from auth.grants.schemas.protocol import (
    ActedFor,
    AskedScopeView,
    Decision,
    InteractionView,
    Redirection,
)
from auth.grants.service import oauth
from auth.identity import service as identity
from auth.organisations import service as organisations

LIMIT = Limit("interaction", 120, 60)


async def show(call: Call, interaction_id: UUID) -> InteractionView:
    """Who asks for what, and what comes next; only in the browser that began it."""
    found = await oauth.interaction(
        oauth.realm_on(call.surface), interaction_id, call.cookie(BROWSER), call.principal
    )
    return InteractionView(
        id=found.id,
        client_name=found.client_name,
        client_region=found.client_region,
        step=found.step,
        scopes=[
            AskedScopeView(
                scope=s.scope, name=s.name, needs_consent=s.needs_consent, consented=s.consented
            )
            for s in found.scopes
        ],
        required_tier=found.required_tier,
        required_tier_name=identity.TIER_NAMES[found.required_tier],
        held_tier=found.held_tier,
        level=found.required_level or None,
        organisation=_organisation(found.ground),
        login_hint=found.login_hint,
        expires_at=found.expires_at,
    )


def _organisation(ground: organisations.Acting | None) -> ActedFor | None:
    if ground is None:
        return None
    facts = ground.organisation
    return ActedFor(id=facts.id, name=facts.name, level=ground.level)


async def decide(call: Call, interaction_id: UUID, body: Decision) -> Redirection:
    """Approve or deny; the browser goes on to where the answer says."""
    realm = oauth.realm_on(call.surface)
    browser = call.cookie(BROWSER)
    if body.decision == "deny":
        told = await oauth.deny(realm, interaction_id, browser, call.principal)
        return Redirection(redirect_to=told)
    scopes = None if body.scopes is None else frozenset(body.scopes)
    outcome = await oauth.approve(realm, interaction_id, browser, call.principal, scopes)
    if outcome == "sign_in":
        raise Unauthenticated
    if outcome == "reauthenticate":
        raise ReauthenticationNeeded
    if outcome in {"bind", "barred"}:
        raise DutyMissing(step=outcome)
    if outcome in {"step_up", "act_for", "raise_level"}:
        found = await oauth.interaction(realm, interaction_id, browser, call.principal)
        if outcome == "step_up":
            raise TierTooLow(found.required_tier, found.held_tier)
        raise LevelTooLow(found.required_level, found.ground.level if found.ground else 0)
    return Redirection(redirect_to=outcome)


for _surface in SURFACES:
    _path = "/oauth/interactions/{interaction_id}"
    endpoint("GET", _path, guard=anyone(_surface), limit=LIMIT)(show)
    endpoint("POST", f"{_path}/decision", guard=anyone(_surface), limit=LIMIT)(decide)
