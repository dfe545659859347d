"""Residents raise their tier: the ways there are, and being vouched for by an outside party."""

from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from auth.identity import service
from auth.identity.rules import LAPSES, reckoned_tier
from auth.identity.schemas import (
    AskedView,
    CertificationFinish,
    CertificationStart,
    CertificationView,
    NextView,
    StandingView,
    WaysView,
    WayView,
)

STARTS = Limit("certification", 10, 600, fail_closed=True)
FINISHES = Limit("certification-finish", 30, 60, fail_closed=True)


@endpoint("GET", "/me/identity", guard=person(0))
async def ways(call: Call) -> WaysView:
    """My tier, what stands against me, and every way to raise it."""
    sources, standing = await service.standing_of(call.principal.subject)
    families = service.family_names()
    lapse = standing.lapse(clock.today())
    tier = reckoned_tier(sources, standing, clock.today())
    return WaysView(
        tier=tier,
        tier_name=service.TIER_NAMES[tier],
        lapse=lapse,
        lapse_name=LAPSES.get(lapse, ""),
        under_review=standing.under_review,
        voiceprint=await service.has_voiceprint(call.principal.subject),
        ways=[
            WayView(
                code=m.source.code,
                name=m.source.name,
                family=m.source.family,
                family_name=families[m.source.family],
                tier=m.source.tier,
                enabled=m.enabled,
                needs_face=m.source.face,
                how=_how(m),
                asks=_asks(service.asks_of(m.source.code)),
            )
            for m in await service.means_in_force("person")
            if m.source.tier > 1
        ],
    )


def _how(means: service.MeansInForce) -> str:
    if means.source.provider:
        return "online"
    return "face" if means.source.face else "window"


@endpoint("POST", "/me/identity/recheck", guard=person(0), limit=Limit("recheck", 3, 3600, True))
async def recheck(call: Call) -> StandingView:
    """Ask the population registry about my card again (after a renewal)."""
    lapse = await service.recheck(call.principal)
    return StandingView(lapse=lapse, lapse_name=LAPSES.get(lapse, ""))


@endpoint("POST", "/me/certifications", guard=person(1), status=201, limit=STARTS)
async def begin(call: Call, body: CertificationStart) -> CertificationView:
    """Begin to be vouched for by an outside party."""
    return _view(await service.begin_certification(call.principal, body.means, body.given))


@endpoint("GET", "/me/certifications/{certification_id}", guard=person(1))
async def read(call: Call, certification_id: UUID) -> CertificationView:
    """Where my try stands (what the return page asks first)."""
    return _view(await service.certification(call.principal, certification_id))


@endpoint("POST", "/me/certifications/{certification_id}/finish", guard=person(1), limit=FINISHES)
async def finish(
    call: Call, certification_id: UUID, body: CertificationFinish
) -> CertificationView:
    """Have the party's own server asked; its yes raises the tier."""
    return _view(await service.finish_certification(call.principal, certification_id, body.given))


def _asks(asked: tuple[service.Asked, ...]) -> list[AskedView]:
    return [AskedView(name=a.name, title=a.title, pattern=a.pattern, hint=a.hint) for a in asked]


def _view(state: service.CertificationState) -> CertificationView:
    return CertificationView(
        id=state.id,
        means=state.means,
        means_name=state.means_name,
        state=state.state,
        expires_at=state.expires_at,
        tier=state.tier,
        next=NextView(
            kind=state.kind, url=state.url, params=state.params, fields=_asks(state.fields)
        ),
    )
