"""What residents do: home city, own record, and signing in by the platform of their home."""

from uuid import UUID

from app_server.kernel import regions
from app_server.kernel.http import Call, anyone, endpoint, person
from app_server.kernel.ratelimit import Limit
from auth.federation import service
from auth.federation.rules import NATION, ORGANISATION_RECORD, USER_RECORD, authority_of
from auth.federation.schemas import (
    FirstCodeAsked,
    FirstCodeSent,
    FirstPassword,
    HomeAsked,
    HomeView,
    MyHome,
    OrganisationRecord,
    RecognisedPerson,
    RecognisedView,
    SignInAsked,
    SignInDirection,
    TicketAsked,
    TicketBrought,
    TicketGiven,
    UserRecord,
)
from auth.grants import service as grants
from auth.grants.service import oauth
from auth.people import service as people

BROWSER = "federation"
BASES = {"chosen": "本人选择", "id_number": "身份证号码所属地", "legacy": "原市级平台用户"}
ATTEMPTS = Limit("federation-sign-in", 20, 60, fail_closed=True)


@endpoint("GET", "/me/home", guard=person(0))
async def my_home(call: Call) -> MyHome:
    """My home city: its platform is told of me."""
    found = await service.home_of(call.principal.subject)
    return MyHome(home=_home(found.city, found.basis) if found else None)


@endpoint("PUT", "/me/home", guard=person(1))
async def choose_home(call: Call, body: HomeAsked) -> MyHome:
    """Choose my home city."""
    found = await service.choose_home(call.principal, body.city)
    return MyHome(home=_home(found.city, found.basis))


def _home(city: str, basis: str) -> HomeView:
    name = regions.region(city).name
    return HomeView(city=city, city_name=name, basis=basis, basis_name=BASES[basis])


@endpoint("GET", "/me/user-record", guard=person(1), limit=Limit("user-record", 20, 60))
async def my_record(call: Call) -> UserRecord:
    """My record in the standard field set, as my home city is told."""
    return UserRecord(schema_id=USER_RECORD["$id"], user=await service.own_record(call.principal))


@endpoint(
    "GET",
    "/organisations/{organisation_id}/record",
    guard=person(1),
    limit=Limit("organisation-record", 20, 60),
)
async def organisation_record(call: Call, organisation_id: UUID) -> OrganisationRecord:
    """The record of an organisation I represent, in the standard field set."""
    record = await service.organisation_record(call.principal, organisation_id)
    return OrganisationRecord(schema_id=ORGANISATION_RECORD["$id"], organisation=record)


@endpoint("POST", "/federation/sign-ins", guard=anyone(), status=201, limit=ATTEMPTS)
async def open_sign_in(call: Call, body: SignInAsked) -> SignInDirection:
    """Learn which platform verifies me, and where (R-ID-26)."""
    opened = await service.open_sign_in(body.home)
    found = opened.direction
    if found.page:
        call.set_cookie(BROWSER, opened.mark, 600)
    return SignInDirection(
        attempt=opened.id if found.page else None,
        way=found.way,
        authority=authority_of(found.authority),
        authority_name=_authority_name(found.authority),
        page=found.page,
    )


def _authority_name(code: str) -> str:
    where = "国家政务服务平台" if code == NATION else regions.full_name(code)
    return f"{where}统一身份认证"


@endpoint("POST", "/federation/tickets", guard=person(1), status=201, limit=ATTEMPTS)
async def give_ticket(call: Call, body: TicketAsked) -> TicketGiven:
    """Take me back to the platform that sent me here, recognised."""
    return TicketGiven(redirect_to=await service.give_ticket(call.principal, body.request))


@endpoint(
    "POST", "/federation/sign-ins/{attempt}/ticket", guard=anyone(), status=201, limit=ATTEMPTS
)
async def finish_sign_in(call: Call, attempt: UUID, body: TicketBrought) -> RecognisedView:
    """Sign in with the ticket I came back with; only in the browser that began."""
    done = await service.finish_sign_in(attempt, call.cookie(BROWSER), body.ticket, _place(call))
    call.set_cookie(BROWSER, "", 0)
    return await _signed_in(call, done)


@endpoint("POST", "/first-sign-in/codes", guard=anyone(), status=202, limit=ATTEMPTS)
async def send_first_code(call: Call, body: FirstCodeAsked) -> FirstCodeSent:
    """Send a code to set the first password of an account a platform brought."""
    del call
    life = await service.send_first_code(body.phone)
    return FirstCodeSent(expires_in_s=int(life.total_seconds()))


@endpoint("POST", "/first-sign-in", guard=anyone(), status=201, limit=ATTEMPTS)
async def set_first_password(call: Call, body: FirstPassword) -> RecognisedView:
    """Set that first password, and sign in."""
    granted = await service.set_first_password(
        body.phone,
        body.id_number.upper(),
        body.code,
        body.password,
        body.terms_version,
        _place(call),
    )
    own = authority_of(service.here().region)
    return await _signed_in(call, service.Recognised(granted, own, ""))


def _place(call: Call) -> grants.Place:
    return grants.Place(call.ip, str(call.headers.get("user-agent", "")))


async def _signed_in(call: Call, done: service.Recognised) -> RecognisedView:
    granted = done.granted
    facts = await people.person(granted.principal.subject)
    for cookie in oauth.session_cookies("person", granted.refresh_token, granted.principal.session):
        call.set_cookie(*cookie)
    return RecognisedView(
        access_token=granted.access_token,
        expires_in_s=granted.expires_in_s,
        person=RecognisedPerson(
            id=facts.id, display_name=facts.display_name, tier=granted.principal.tier
        ),
        authority=done.authority,
        assertion=done.assertion,
    )
