"""Sessions as replies and cookies, for every way to sign in."""

from uuid import UUID

from app_server.kernel import regions
from app_server.kernel.http import Call
from app_server.kernel.settings import load
from auth.grants import service
from auth.grants.errors import CrossSite
from auth.grants.schemas import (
    ActingView,
    ChannelSessionView,
    SessionPerson,
    SessionView,
    StaffSessionView,
    StaffView,
)
from auth.grants.service import oauth
from auth.organisations import service as organisations
from auth.organisations.errors import NoSuchOrganisation
from auth.people import service as people
from auth.staff import service as staff_members


def place_of(call: Call) -> service.Place:
    """Where a request comes from."""
    return service.Place(call.ip, str(call.headers.get("user-agent", "")))


def same_site(call: Call, surface: str) -> None:
    """Raise `CrossSite` unless a page of our own sent a cookie-borne request."""
    # The cookie is SameSite=Strict, but mini-apps are same-site origins of ours: they differ
    # from the shell in Origin, which the browser sets and a page cannot (miniapp-host.md §4).
    if call.headers.get("origin", "") != load().origin(surface):
        raise CrossSite


def keep(call: Call, kind: str, refresh_token: str, session: UUID | None) -> None:
    """Set both cookies of a session, or remove them."""
    for cookie in oauth.session_cookies(kind, refresh_token, session):
        call.set_cookie(*cookie)


async def session_view(call: Call, granted: service.Granted) -> SessionView:
    """The session as its owner sees it; the refresh token goes into the cookie."""
    if granted.refresh_token:
        keep(call, "person", granted.refresh_token, granted.principal.session)
    return await bare_view(granted)


async def channel_session(granted: service.Granted) -> ChannelSessionView:
    """The session of a mini-program, which has no cookies."""
    return ChannelSessionView(
        state="signed_in",
        session=await bare_view(granted),
        refresh_token=granted.refresh_token or None,
        expires_in_s=granted.expires_in_s,
    )


async def bare_view(granted: service.Granted) -> SessionView:
    """The session without its refresh token."""
    facts = await people.person(granted.principal.subject)
    return SessionView(
        access_token=granted.access_token,
        expires_in_s=granted.expires_in_s,
        person=SessionPerson(
            id=facts.id, display_name=facts.display_name, tier=granted.principal.tier
        ),
        acting=await acting_view(facts.id, granted.principal.organisation),
    )


async def acting_view(person_id: UUID, organisation_id: UUID | None) -> ActingView | None:
    """Whom a session acts for; on level 0 the ground is gone, and only the choice stands."""
    if organisation_id is None:
        return None
    facts = await organisations.organisation(organisation_id)
    try:
        ground = await organisations.acting(person_id, organisation_id)
    except NoSuchOrganisation:
        level, delegated = 0, True
    else:
        level, delegated = ground.level, ground.delegated
    return ActingView(
        organisation_id=facts.id,
        name=facts.name,
        credit_code=facts.credit_code,
        level=level,
        level_name=organisations.LEVEL_NAMES[level],
        as_representative=not delegated,
        in_force=level > 0,
    )


async def staff_session(call: Call, granted: service.Granted) -> StaffSessionView:
    """An officer's session; the refresh token goes into the cookie."""
    if granted.refresh_token:
        keep(call, "staff", granted.refresh_token, granted.principal.session)
    member = await staff_members.staff_member(granted.principal.subject)
    return StaffSessionView(
        access_token=granted.access_token,
        expires_in_s=granted.expires_in_s,
        staff=StaffView(
            id=member.id,
            name=member.name,
            org=member.org,
            org_name=member.org_name,
            region=member.region,
            region_name=regions.full_name(member.region),
            roles=list(member.roles),
        ),
    )
