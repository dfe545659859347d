"""Registration, sign-in, sessions; staff sign-in; tokens of clients."""

from app_server.kernel import clock
from app_server.kernel.http import Call, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from auth.grants import service
from auth.grants.api.presenting import (
    keep,
    place_of,
    same_site,
    session_view,
    staff_session,
)
from auth.grants.errors import SessionOver
from auth.grants.schemas import (
    ClientCredentials,
    ClientTokenView,
    CodeRequest,
    CodeSent,
    EvidenceView,
    MeView,
    PasswordAgain,
    SessionView,
    SignIn,
    SignUp,
    StaffSessionView,
    StaffSignIn,
)
from auth.grants.service import oauth
from auth.identity import service as identity
from auth.people import service as people

SIGN_IN_LIMIT = Limit("sign-in", 20, 60, fail_closed=True)
CODE_LIMIT = Limit("sign-up-code", 10, 600, fail_closed=True)


@endpoint("POST", "/sign-up/codes", guard=anyone(), status=202, limit=CODE_LIMIT)
async def send_sign_up_code(call: Call, body: CodeRequest) -> CodeSent:
    """Send a one-time code to a phone, to register with it."""
    del call
    service.needs_province()
    life = await people.send_code(body.phone, service.SIGN_UP)
    return CodeSent(
        expires_in_s=int(life.total_seconds()),
        resend_after_s=int(people.RESEND_AFTER.total_seconds()),
    )


@endpoint("POST", "/sign-up", guard=anyone(), status=201, limit=Limit("sign-up", 10, 60, True))
async def sign_up(call: Call, body: SignUp) -> SessionView:
    """Open an account, checked against the population registry (tier 1)."""
    return await session_view(call, await service.register(registration_of(body), place_of(call)))


def registration_of(body: SignUp) -> service.Registration:
    """What was filled in, with the ID number checked."""
    return service.Registration(
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


@endpoint("POST", "/sessions", guard=anyone(), status=201, limit=SIGN_IN_LIMIT)
async def sign_in(call: Call, body: SignIn) -> SessionView:
    """Sign in with phone, ID number or user name, and password."""
    granted = await service.sign_in_person(body.login, body.password, place=place_of(call))
    return await session_view(call, granted)


@endpoint("POST", "/sessions/refresh", guard=anyone(), limit=Limit("refresh", 60, 60))
async def refresh(call: Call) -> SessionView:
    """Exchange the session cookie for a fresh access token; tier is reckoned anew."""
    same_site(call, "public")
    token = call.cookie(oauth.COOKIE["person"])
    if not token:
        raise SessionOver
    return await session_view(call, await service.refresh(token, "person"))


@endpoint("DELETE", "/sessions/current", guard=person(0))
async def sign_out(call: Call) -> None:
    """End this session on all processes."""
    if call.principal.session is not None:
        await service.end_session(call.principal.session)
    keep(call, "person", "", None)


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
    """Sign in to the workbench; a second factor may be asked for (401, with what goes on)."""
    granted = await service.sign_in_staff(body.login, body.password, place_of(call))
    return await staff_session(call, granted)


@endpoint("POST", "/sessions/refresh", guard=anyone("staff"), limit=Limit("s-refresh", 60, 60))
async def refresh_staff(call: Call) -> StaffSessionView:
    """Exchange the staff session cookie for a fresh access token."""
    same_site(call, "staff")
    token = call.cookie(oauth.COOKIE["staff"])
    if not token:
        raise SessionOver
    return await staff_session(call, await service.refresh(token, "staff"))


@endpoint("DELETE", "/sessions/current", guard=staff())
async def sign_out_staff(call: Call) -> None:
    """End this staff session."""
    if call.principal.session is not None:
        await service.end_session(call.principal.session)
    keep(call, "staff", "", None)


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
