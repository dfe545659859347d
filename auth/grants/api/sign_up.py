"""Requests that are no accounts yet: those that wait for the registry, those begun in a hall."""

from uuid import UUID

from app_server.kernel import clock, paging
from app_server.kernel.http import Call, anyone, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from auth.grants import service
from auth.grants.api.accounts import CODE_LIMIT
from auth.grants.api.presenting import place_of, session_view
from auth.grants.schemas import (
    ActivatedView,
    AssistedFinish,
    AssistedStart,
    AssistedView,
    CardSeen,
    CodeSent,
    RegistrationState,
    SessionView,
    WaitingPage,
    WaitingQuery,
    WaitingView,
)
from auth.identity import service as identity
from auth.people import service as people

WINDOW = staff("realname_window")
FULL_PAGE = 30


@endpoint(
    "GET", "/sign-up/requests/{request_id}", guard=anyone(), limit=Limit("sign-up-state", 60, 60)
)
async def request_state(call: Call, request_id: UUID) -> RegistrationState:
    """How a registration request stands."""
    del call
    state, _, until = await people.registration_state(request_id)
    return RegistrationState(state=state, expires_at=until)


@endpoint(
    "POST", "/sign-up/assisted/{request_id}/code", guard=anyone(), status=202, limit=CODE_LIMIT
)
async def send_assisted_code(call: Call, request_id: UUID) -> CodeSent:
    """Send another code to the phone the officer noted."""
    del call
    life = await service.send_assisted_code(request_id)
    return CodeSent(
        expires_in_s=int(life.total_seconds()),
        resend_after_s=int(people.RESEND_AFTER.total_seconds()),
    )


@endpoint(
    "POST",
    "/sign-up/assisted/{request_id}",
    guard=anyone(),
    status=201,
    limit=Limit("sign-up-assisted", 10, 60, fail_closed=True),
)
async def complete_assisted(call: Call, request_id: UUID, body: AssistedFinish) -> SessionView:
    """Set my password: the account an officer began for me opens."""
    granted = await service.complete_assisted(
        request_id, body.code, body.password, body.terms_version, place_of(call)
    )
    return await session_view(call, granted)


@endpoint(
    "POST",
    "/assisted-registrations",
    guard=WINDOW,
    status=201,
    limit=Limit("assisted", 30, 60, fail_closed=True),
)
async def begin_assisted(call: Call, body: AssistedStart) -> AssistedView:
    """Begin a registration for a resident at my window."""
    card = _card(body)
    kept = await service.begin_assisted(
        call.principal,
        people.NewPerson(
            name=card.name,
            id_number=card.id_number,
            sex=body.sex,
            ethnic_group=body.ethnic_group,
            phone=body.phone,
            username=body.username,
        ),
        card,
    )
    name, _, phone = kept.masked
    return AssistedView(
        id=kept.id,
        state="awaiting_password",
        name_masked=name,
        phone_masked=phone,
        page=f"{load().origin('public')}/assisted/{kept.id.hex}",
        expires_at=kept.expires_at,
    )


@endpoint("GET", "/registrations", guard=WINDOW)
async def waiting(call: Call, query: WaitingQuery) -> WaitingPage:
    """Requests that wait for the registry: they may be activated with the card in hand."""
    del call
    found = await people.waiting_registrations(paging.after(query.cursor))
    items = []
    for held in found:
        name, number, phone = held.masked
        items.append(
            WaitingView(
                id=held.id,
                name_masked=name,
                id_number_masked=number,
                phone_masked=phone,
                created_at=held.created_at,
                expires_at=held.expires_at,
            )
        )
    return WaitingPage(
        items=items, next=paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    )


@endpoint("POST", "/registrations/{request_id}/activate", guard=WINDOW)
async def activate(call: Call, request_id: UUID, body: CardSeen) -> ActivatedView:
    """Open the account of a waiting request whose card I have before me."""
    person_id = await service.activate_waiting(call.principal, request_id, _card(body))
    return ActivatedView(person_id=person_id, tier=await identity.tier_of_person(person_id))


def _card(body: CardSeen) -> identity.CardSeen:
    return identity.CardSeen(
        name=body.name,
        id_number=people.checked_id_number(body.id_number, clock.today()),
        valid_from=body.valid_from,
        valid_until=body.valid_until,
    )
