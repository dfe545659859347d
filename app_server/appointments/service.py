"""Commands and queries of appointments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from tortoise.exceptions import IntegrityError

from app_server.appointments.errors import (
    AlreadyBooked,
    BookingEnded,
    NoAppointments,
    NoSuchBooking,
    NoSuchSlot,
    NotYourHall,
    SlotFull,
    SlotOver,
    TooManyMissed,
)
from app_server.appointments.models import Booking, Slot
from app_server.appointments.rules import (
    AHEAD,
    MISSED_MOST,
    MISSED_WITHIN,
    MOST_SLOTS,
    REMIND,
    Plan,
    times_of,
)
from app_server.items import service as items
from app_server.kernel import audit, clock, db, regions, schedule, working_days
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal

REMINDER = "appointments.remind"


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """A slot as people see it."""

    id: UUID
    item_code: str
    item_name: str
    hall: str
    begins_at: datetime
    ends_at: datetime
    seats: int
    left: int


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """A booking with its slot."""

    id: UUID
    person_id: UUID
    state: str
    booked_at: datetime
    version: int
    slot: SlotFacts


def _slot(row: Slot | Mapping[str, Any]) -> SlotFacts:
    told = {n: row[n] if isinstance(row, Mapping) else getattr(row, n) for n in _FIELDS}
    taken = told.pop("taken")
    return SlotFacts(**told, left=told["seats"] - taken)


_FIELDS = ("id", "item_code", "item_name", "hall", "begins_at", "ends_at", "seats", "taken")


async def open_slots(officer: Principal, item_code: str, hall: str, plan: Plan) -> int:
    """Open slots of an item at a hall on the working days of a plan; answers how many are new.

    Raises `NoSuchItem`, `NotYourHall`, `NoAppointments`. The same plan again opens nothing.
    """
    item = await items.published(item_code)
    if not regions.covers(officer.region, item.region):
        raise NotYourHall
    wanted = list(times_of(plan, await working_days.calendar()))
    if not wanted or len(wanted) > MOST_SLOTS or plan.first < clock.today():
        raise NoAppointments("没有可安排的工作日，或超过数量上限")
    opened = 0
    async with db.unit_of_work():
        for day, begins, ends in wanted:
            opened += await db.execute(
                "INSERT INTO appointments_slot (id, item_code, item_name, region, hall, begins_at,"
                " ends_at, seats, taken) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,0) ON CONFLICT DO NOTHING",
                uuid7(),
                item.code,
                item.name,
                item.region,
                hall,
                datetime.combine(day, begins, clock.SHANGHAI),
                datetime.combine(day, ends, clock.SHANGHAI),
                plan.seats,
            )
        audit.record(officer, "appointments.opened", f"item:{item.code}", purpose=hall)
    return opened


async def slots(item_code: str, day: date | None = None) -> list[SlotFacts]:
    """The slots one may book now, the next first."""
    rows = Slot.filter(
        item_code=item_code, begins_at__gt=clock.now(), begins_at__lt=clock.now() + AHEAD
    )
    found = [_slot(row) for row in await rows.order_by("begins_at").limit(500)]
    return [s for s in found if day is None or clock.local(s.begins_at).date() == day]


async def book(principal: Principal, slot_id: UUID) -> BookingFacts:
    """Take a seat.

    Raises `NoSuchSlot`, `SlotOver`, `SlotFull`, `AlreadyBooked`, `TooManyMissed`.
    """
    async with db.unit_of_work():
        await _may_book(principal.subject)
        slot = await _take(slot_id)
        booking = await _booked(principal.subject, slot)
        audit.record(
            principal, "appointments.booked", f"booking:{booking.id}", owner=principal.subject
        )
    return _facts(booking, slot)


async def _may_book(person_id: UUID) -> None:
    since = clock.now() - MISSED_WITHIN
    missed = await Booking.filter(person_id=person_id, state="missed", ends_at__gt=since)
    if len(missed) >= MISSED_MOST:
        until = min(row.ends_at for row in missed) + MISSED_WITHIN
        raise TooManyMissed(until=clock.local(until).date().isoformat())


async def _take(slot_id: UUID) -> SlotFacts:
    """Take a seat in the current unit of work: the last one goes to exactly one."""
    row = await db.row(
        "UPDATE appointments_slot SET taken=taken+1 "
        "WHERE id=$1 AND taken<seats AND begins_at>$2 RETURNING *",
        slot_id,
        clock.now(),
    )
    if row is not None:
        return _slot(dict(row))
    held = await Slot.get_or_none(id=slot_id)
    if held is None:
        raise NoSuchSlot
    raise SlotOver if held.begins_at <= clock.now() else SlotFull


async def _booked(person_id: UUID, slot: SlotFacts) -> Booking:
    try:
        booking = await Booking.create(
            slot_id=slot.id,
            person_id=person_id,
            item_code=slot.item_code,
            booked_at=clock.now(),
            ends_at=slot.ends_at,
        )
    except (IntegrityError, asyncpg.UniqueViolationError) as error:
        # The partial unique index: one live booking of a person per item.
        raise AlreadyBooked from error
    _remind(booking, slot)
    return booking


def _remind(booking: Booking, slot: SlotFacts) -> None:
    at = max(clock.now(), slot.begins_at - REMIND)
    schedule.later(REMINDER, f"booking:{booking.id}", at, booking_id=str(booking.id))


async def _give_back(slot_id: UUID) -> None:
    await db.execute("UPDATE appointments_slot SET taken=taken-1 WHERE id=$1 AND taken>0", slot_id)


async def _own(person_id: UUID, booking_id: UUID) -> Booking:
    found = await Booking.get_or_none(id=booking_id, person_id=person_id)
    if found is None:
        raise NoSuchBooking
    return found


async def _end(booking_id: UUID, state: str) -> None:
    ended = await Booking.filter(id=booking_id, state="booked").update(state=state)
    if not ended:
        raise BookingEnded


async def cancel(principal: Principal, booking_id: UUID) -> BookingFacts:
    """Give a seat back in time; raises `NoSuchBooking`, `BookingEnded`, `SlotOver`."""
    booking = await _own(principal.subject, booking_id)
    async with db.unit_of_work():
        await _end(booking_id, "cancelled")
        slot = await Slot.get(id=booking.slot_id)
        if slot.begins_at <= clock.now():
            raise SlotOver
        await _give_back(slot.id)
    return await booking_of(principal.subject, booking_id)


async def reschedule(principal: Principal, booking_id: UUID, slot_id: UUID) -> BookingFacts:
    """Change to another slot of the same item; the old seat is kept when the new one is gone.

    Raises `NoSuchBooking`, `BookingEnded`, `NoSuchSlot`, `SlotOver`, `SlotFull`.
    """
    booking = await _own(principal.subject, booking_id)
    async with db.unit_of_work():
        old = await Slot.get(id=booking.slot_id)
        if old.begins_at <= clock.now():
            raise SlotOver
        await _end(booking_id, "cancelled")
        slot = await _take(slot_id)
        if slot.item_code != booking.item_code:
            raise NoSuchSlot
        await _give_back(old.id)
        fresh = await _booked(principal.subject, slot)
    return _facts(fresh, slot)


async def attend(officer: Principal, booking_id: UUID, *, came: bool) -> BookingFacts:
    """Note at the window that the person came, or after the slot that they did not.

    Raises `NoSuchBooking`, `NotYourHall`, `BookingEnded`, `SlotOver` (missed before it ended).
    """
    booking = await Booking.get_or_none(id=booking_id)
    if booking is None:
        raise NoSuchBooking
    slot = await Slot.get(id=booking.slot_id)
    if not regions.covers(officer.region, slot.region):
        raise NotYourHall
    if not came and slot.ends_at > clock.now():
        raise SlotOver("时段结束后才能登记未到场")
    async with db.unit_of_work():
        await _end(booking_id, "kept" if came else "missed")
        audit.record(
            officer, "appointments.attended", f"booking:{booking_id}", owner=booking.person_id
        )
    return await booking_of(booking.person_id, booking_id)


async def mark_missed() -> int:
    """After a day nobody noted anything, the person did not come."""
    over = clock.now() - timedelta(days=1)
    return await Booking.filter(state="booked", ends_at__lt=over).update(state="missed")


async def booking_of(person_id: UUID, booking_id: UUID) -> BookingFacts:
    """One of a person's bookings; raises `NoSuchBooking`."""
    booking = await _own(person_id, booking_id)
    return _facts(booking, _slot(await Slot.get(id=booking.slot_id)))


async def bookings_of(person_id: UUID) -> list[BookingFacts]:
    """A person's bookings, newest first."""
    rows = await Booking.filter(person_id=person_id).order_by("-id").limit(100)
    found = {s.id: _slot(s) for s in await Slot.filter(id__in=[row.slot_id for row in rows])}
    return [_facts(row, found[row.slot_id]) for row in rows]


async def to_remind(booking_id: UUID) -> BookingFacts | None:
    """The booking a reminder is about; None when it has ended meanwhile."""
    booking = await Booking.get_or_none(id=booking_id, state="booked")
    return None if booking is None else await booking_of(booking.person_id, booking.id)


def _facts(booking: Booking, slot: SlotFacts) -> BookingFacts:
    return BookingFacts(
        booking.id, booking.person_id, booking.state, booking.booked_at, booking.version, slot
    )
