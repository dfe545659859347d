"""Registration, sign-in, sessions; staff sign-in; tokens of clients."""

from uuid import UUID

from app_server.kernel import clock, regions
from app_server.kernel.http import Call, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from auth.grants import service
from auth.grants.errors import CrossSite, SessionOver
from auth.grants.rules import LIFE
from auth.grants.schemas import (
    ChannelBinding,
    ChannelRefresh,
    ChannelSessionView,
    ChannelSignIn,
    ClientCredentials,
    ClientTokenView,
    CodeRequest,
    CodeSent,
    EvidenceView,
    MeView,
    PasswordAgain,
    SessionPerson,
    SessionView,
    SignIn,
    SignUp,
    StaffSessionView,
    StaffSignIn,
    StaffView,
)
from auth.grants.service import oauth
from auth.identity import service as identity
from auth.people import service as people
from auth.staff import service as staff_members

COOKIE = {"person": "session", "staff": "staff-session"}
SIGN_IN_LIMIT = Limit("sign-in", 20, 60, fail_closed=True)
CODE_LIMIT = Limit("sign-up-code", 10, 600, fail_closed=True)


@endpoint("POST", "/sign-up/codes", guard=anyone(), status=202, limit=CODE_LIMIT)
async def send_sign_up_code(call: Call, body: CodeRequest) -> CodeSent:
    """Send a one-time code to a phone, to register with it."""
    del call
    life = await people.send_code(body.phone, service.SIGN_UP)
    return CodeSent(
        expires_in_s=int(life.total_seconds()),
        resend_after_s=int(people.RESEND_AFTER.total_seconds()),
    )


@endpoint("POST", "/sign-up", guard=anyone(), status=201, limit=Limit("sign-up", 10, 60, True))
async def sign_up(call: Call, body: SignUp) -> SessionView:
    """Open an account, checked against the population registry (tier 1)."""
    granted = await service.register(
        service.Registration(
            people.NewPerson(
                name=body.name,
                id_number=people.checked_id_number(body.id_number, clock.today()),
                sex=body.sex,
                ethnic_group=body.ethnic_group,
                phone=body.phone,
                username=body.username,
            ),
            code=body.code,
            password=body.password,
            terms_version=body.terms_version,
        )
    )
    return await session_view(call, granted)


@endpoint("POST", "/sessions", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def sign_in(call: Call, body: SignIn) -> SessionView:
    """Sign in with phone, ID number or user name, and password."""
    return await session_view(call, await service.sign_in_person(body.login, body.password))


@endpoint("POST", "/sessions/refresh", guard=anyone(), limit=Limit("refresh", 60, 60))
async def refresh(call: Call) -> SessionView:
    """Exchange the session cookie for a fresh access token; tier is reckoned anew."""
    _same_site(call, "public")
    token = call.cookie(COOKIE["person"])
    if not token:
        raise SessionOver
    return await session_view(call, await service.refresh(token, "person"))


@endpoint("POST", "/sessions/channel", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def sign_in_by_channel(call: Call, body: ChannelSignIn) -> ChannelSessionView:
    """Sign in with a WeChat or Alipay mini-program code."""
    del call
    got = await service.sign_in_by_channel(body.channel, body.code)
    if isinstance(got, service.Unbound):
        return ChannelSessionView(
            state="unbound", binding_token=got.binding_token, expires_in_s=got.expires_in_s
        )
    return await _channel_session(got)


@endpoint("POST", "/sessions/channel/bindings", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def bind_channel(call: Call, body: ChannelBinding) -> ChannelSessionView:
    """Bind the channel account to my account, and sign in."""
    del call
    return await _channel_session(
        await service.bind_channel(body.binding_token, body.login, body.password)
    )


@endpoint("POST", "/sessions/channel/refresh", guard=anyone(), limit=Limit("c-refresh", 60, 60))
async def refresh_channel(call: Call, body: ChannelRefresh) -> ChannelSessionView:
    """Exchange a mini-program's refresh token for a fresh pair."""
    del call
    return await _channel_session(await service.refresh(body.refresh_token, "person"))


@endpoint("DELETE", "/sessions/current", guard=person(0))
async def sign_out(call: Call) -> None:
    """End this session on all processes."""
    if call.principal.session is not None:
        await service.end_session(call.principal.session)
    _keep(call, "person", "", None)


PROOF_LIMIT = Limit("prove-again", 10, 60, fail_closed=True)


@endpoint("POST", "/sessions/current/proof", guard=person(0), limit=PROOF_LIMIT)
async def prove_again(call: Call, body: PasswordAgain) -> None:
    """Enter the password once more, where a system asks for a recent sign-in (RFC 9470)."""
    await service.prove_again(call.principal, body.password)


@endpoint("GET", "/me", guard=person(0))
async def me(call: Call) -> MeView:
    """My own masked data, my tier and the proofs it comes from."""
    facts = await people.person(call.principal.subject)
    proofs = await identity.evidence_of(facts.id)
    tier = await identity.tier_of_person(facts.id)
    return MeView(
        id=facts.id,
        display_name=facts.display_name,
        tier=tier,
        tier_name=identity.TIER_NAMES[tier],
        name_masked=facts.display_name,
        id_number_masked=facts.masked_id_number,
        phone_masked=facts.masked_phone,
        evidence=[
            EvidenceView(
                source=p.source,
                source_name=identity.SOURCES[p.source].name,
                verified_at=p.verified_at,
                expires_at=p.expires_at,
            )
            for p in proofs
        ],
    )


@endpoint("POST", "/sessions", guard=anyone("staff"), status=201, limit=SIGN_IN_LIMIT)
async def sign_in_staff(call: Call, body: StaffSignIn) -> StaffSessionView:
    """Sign in to the workbench."""
    return await _staff_session(call, await service.sign_in_staff(body.login, body.password))


@endpoint("POST", "/sessions/refresh", guard=anyone("staff"), limit=Limit("s-refresh", 60, 60))
async def refresh_staff(call: Call) -> StaffSessionView:
    """Exchange the staff session cookie for a fresh access token."""
    _same_site(call, "staff")
    token = call.cookie(COOKIE["staff"])
    if not token:
        raise SessionOver
    return await _staff_session(call, await service.refresh(token, "staff"))


@endpoint("DELETE", "/sessions/current", guard=staff())
async def sign_out_staff(call: Call) -> None:
    """End this staff session."""
    if call.principal.session is not None:
        await service.end_session(call.principal.session)
    _keep(call, "staff", "", None)


@endpoint("POST", "/sessions/current/proof", guard=staff(), limit=PROOF_LIMIT)
async def prove_again_staff(call: Call, body: PasswordAgain) -> None:
    """Enter the password once more, where a system asks for a recent sign-in (RFC 9470)."""
    await service.prove_again(call.principal, body.password)


@endpoint(
    "POST",
    "/tokens",
    guard=anyone("partner"),
    status=201,
    limit=Limit("client-token", 30, 60, fail_closed=True),
)
async def client_token(call: Call, body: ClientCredentials) -> ClientTokenView:
    """Exchange client id and secret for a short token (client credentials)."""
    del call
    got = await service.client_token(body.client_id, body.client_secret)
    return ClientTokenView(
        access_token=got.access_token,
        token_type="Bearer",  # noqa: S106 - the scheme (RFC 6750)
        expires_in_s=got.expires_in_s,
        scope=" ".join(got.scopes),
    )


def _same_site(call: Call, surface: str) -> None:
    # The cookie is SameSite=Strict, but mini-apps are same-site origins of ours: they differ
    # from the shell in Origin, which the browser sets and a page cannot (miniapp-host.md §4).
    if call.headers.get("origin", "") != load().origin(surface):
        raise CrossSite


def _keep(call: Call, kind: str, refresh_token: str, session: UUID | None) -> None:
    """Set both cookies of a session, or remove them: its refresh token, and its SSO mark.

    The first is Strict. The second is Lax, to be seen when a relying party sends the browser to
    the provider; it opens nothing else.
    """
    life = int(LIFE[kind].total_seconds()) if session else 0
    call.set_cookie(COOKIE[kind], refresh_token, life)
    call.set_cookie(f"{COOKIE[kind]}-sso", oauth.sso_mark(session) if session else "", life, "Lax")


async def session_view(call: Call, granted: service.Granted) -> SessionView:
    """The session as its owner sees it; the refresh token goes into the cookie."""
    if granted.refresh_token:
        _keep(call, "person", granted.refresh_token, granted.principal.session)
    return await _view(granted)


async def _channel_session(granted: service.Granted) -> ChannelSessionView:
    return ChannelSessionView(
        state="signed_in",
        session=await _view(granted),
        refresh_token=granted.refresh_token or None,
        expires_in_s=granted.expires_in_s,
    )


async def _view(granted: service.Granted) -> SessionView:
    facts = await people.person(granted.principal.subject)
    return SessionView(
        access_token=granted.access_token,
        expires_in_s=granted.expires_in_s,
        person=SessionPerson(
            id=facts.id, display_name=facts.display_name, tier=granted.principal.tier
        ),
    )


async def _staff_session(call: Call, granted: service.Granted) -> StaffSessionView:
    if granted.refresh_token:
        _keep(call, "staff", granted.refresh_token, granted.principal.session)
    member = await staff_members.staff_member(granted.principal.subject)
    return StaffSessionView(
        access_token=granted.access_token,
        expires_in_s=granted.expires_in_s,
        staff=StaffView(
            id=member.id,
            name=member.name,
            org_name=member.org_name,
            region=member.region,
            region_name=regions.full_name(member.region),
            roles=list(member.roles),
        ),
    )
