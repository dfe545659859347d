"""Slots, my bookings, and what a hall plans and notes."""

from dataclasses import asdict
from uuid import UUID

from app_server.appointments import service
from app_server.appointments.rules import STATE_NAMES, Plan
from app_server.appointments.schemas import (
    Attendance,
    BookingList,
    BookingView,
    OfDay,
    Opened,
    PlanWanted,
    SlotList,
    SlotView,
    Wanted,
)
from app_server.kernel.http import Call, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit

WINDOWS = staff("case_officer", "case_window")
BOOKS = Limit("appointments", 10, 60)


def _view(facts: service.BookingFacts) -> BookingView:
    return BookingView(
        id=facts.id,
        state=facts.state,
        state_name=STATE_NAMES[facts.state],
        booked_at=facts.booked_at,
        slot=SlotView(**asdict(facts.slot)),
    )


@endpoint("GET", "/appointment-slots", guard=anyone("public"))
async def slots(call: Call, query: OfDay) -> SlotList:
    """Slots of an item that can be booked."""
    del call
    found = await service.slots(query.item_code, query.day)
    return SlotList(items=[SlotView(**asdict(s)) for s in found])


@endpoint("GET", "/appointments", guard=person(1))
async def my_bookings(call: Call) -> BookingList:
    """My bookings."""
    found = await service.bookings_of(call.principal.subject)
    return BookingList(items=[_view(b) for b in found])


@endpoint("POST", "/appointments", guard=person(1), status=201, idempotent=True, limit=BOOKS)
async def book(call: Call, body: Wanted) -> BookingView:
    """Take a seat."""
    return _view(await service.book(call.principal, body.slot_id))


@endpoint("POST", "/appointments/{booking_id}/cancel", guard=person(1))
async def cancel(call: Call, booking_id: UUID) -> BookingView:
    """Give my seat back."""
    return _view(await service.cancel(call.principal, booking_id))


@endpoint("POST", "/appointments/{booking_id}/reschedule", guard=person(1), limit=BOOKS)
async def reschedule(call: Call, booking_id: UUID, body: Wanted) -> BookingView:
    """Change to another slot."""
    return _view(await service.reschedule(call.principal, booking_id, body.slot_id))


@endpoint("POST", "/appointment-plans", guard=WINDOWS, status=201)
async def open_slots(call: Call, body: PlanWanted) -> Opened:
    """Open slots for an item at my hall."""
    pause = (body.pause_from, body.pause_to) if body.pause_from and body.pause_to else None
    plan = Plan(body.first, body.last, body.begins, body.ends, body.minutes, body.seats, pause)
    opened = await service.open_slots(call.principal, body.item_code, body.hall, plan)
    return Opened(opened=opened)


@endpoint("POST", "/appointments/{booking_id}/attendance", guard=WINDOWS)
async def attend(call: Call, booking_id: UUID, body: Attendance) -> BookingView:
    """Note whether the person came."""
    return _view(await service.attend(call.principal, booking_id, came=body.came))
