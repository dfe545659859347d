"""Seats: opened on working days, taken once, changed, given back, and what missing them means."""

import asyncio
from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from app_server.appointments import jobs, service
from app_server.appointments.errors import (
    AlreadyBooked,
    BookingEnded,
    NoAppointments,
    NotYourHall,
    SlotFull,
    SlotOver,
    TooManyMissed,
)
from app_server.appointments.models import Booking, Slot
from app_server.appointments.rules import Plan, times_of
from app_server.kernel import clock, db, working_days
from tests.builders.cases import desk_of
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

HALL = "亳州市政务服务中心"


def plan(seats: int = 1, days: int = 8) -> Plan:
    """Two slots a day from tomorrow on."""
    first = clock.today() + timedelta(days=1)
    return Plan(first, first + timedelta(days=days), time(9), time(10), 30, seats)


@pytest.fixture
async def item(database):
    return (await catalogue())[UNEMPLOYMENT]


async def opened(item, seats: int = 1):
    await service.open_slots(await desk_of(item), item.code, HALL, plan(seats))
    return await service.slots(item.code)


async def test_a_stranger_books_nothing_and_another_person_cancels_nothing(public, item):
    slot = (await opened(item))[0]
    assert (await public.post("/appointments", json={"slot_id": str(slot.id)})).status_code == 401
    mine = await service.book(await resident(), slot.id)
    other = await bearer(await resident(name="王芳"))
    assert (await public.post(f"/appointments/{mine.id}/cancel", headers=other)).status_code == 404


async def test_only_the_halls_own_region_opens_slots(staff_surface, item):
    with pytest.raises(NotYourHall):
        await service.open_slots(await officer(region="340100"), item.code, HALL, plan())
    refused = await staff_surface.post(
        "/appointment-plans", headers=await bearer(await officer("flow_editor", login="x"))
    )
    assert refused.status_code == 403


async def test_holidays_and_the_break_at_noon_have_no_slots(connected):
    calendar = await working_days.calendar()
    feast = Plan(
        date(2026, 9, 30), date(2026, 10, 8), time(11), time(14), 60, 1, (time(12), time(13))
    )
    told = list(times_of(feast, calendar))
    assert {day for day, _, _ in told} == {date(2026, 9, 30), date(2026, 10, 8)}
    assert [begins for day, begins, _ in told if day == date(2026, 10, 8)] == [time(11), time(13)]
    with pytest.raises(NoAppointments):
        list(times_of(Plan(date(2026, 1, 1), date(2027, 1, 1), time(9), time(10), 30, 1), calendar))


async def test_the_same_plan_again_opens_nothing(item):
    first = await opened(item)
    assert await service.open_slots(await desk_of(item, "two"), item.code, HALL, plan()) == 0
    assert len(await service.slots(item.code)) == len(first)


async def test_the_last_seat_goes_to_exactly_one_of_twenty(item):
    slot = (await opened(item))[0]
    people = [await resident() for _ in range(20)]
    results = await asyncio.gather(
        *(service.book(person, slot.id) for person in people), return_exceptions=True
    )
    assert sum(isinstance(r, SlotFull) for r in results) == 19
    assert (await Slot.get(id=slot.id)).taken == 1


async def test_one_person_holds_one_seat_per_item_however_fast_they_click(item):
    slots = await opened(item, seats=5)
    person = await resident()
    results = await asyncio.gather(
        *(service.book(person, slot.id) for slot in slots[:3]), return_exceptions=True
    )
    assert sum(isinstance(r, AlreadyBooked) for r in results) == 2
    assert await db.value("SELECT sum(taken) FROM appointments_slot") == 1


async def test_changing_keeps_the_old_seat_when_the_new_one_is_gone(public, item):
    first, second, third = (await opened(item))[:3]
    person = await resident()
    mine = await service.book(person, first.id)
    await service.book(await resident(name="王芳"), second.id)
    with pytest.raises(SlotFull):
        await service.reschedule(person, mine.id, second.id)
    assert (await service.booking_of(person.subject, mine.id)).state == "booked"
    reply = await public.post(
        f"/appointments/{mine.id}/reschedule",
        headers=await bearer(person),
        json={"slot_id": str(third.id)},
    )
    assert reply.json()["slot"]["id"] == str(third.id)
    assert (await Slot.get(id=first.id)).taken == 0
    with pytest.raises(BookingEnded):
        await service.cancel(person, mine.id)
    listed = (await public.get("/appointments", headers=await bearer(person))).json()["items"]
    assert [line["state_name"] for line in listed] == ["已预约", "已取消"]


async def test_a_seat_given_back_twice_is_given_back_once(item):
    slot = (await opened(item))[0]
    person = await resident()
    mine = await service.book(person, slot.id)
    results = await asyncio.gather(
        *(service.cancel(person, mine.id) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(r, BookingEnded) for r in results) == 4
    assert (await Slot.get(id=slot.id)).taken == 0
    assert await service.book(person, slot.id)


async def test_who_missed_three_may_not_book_for_a_while(item):
    slots = await opened(item)
    person, desk = await resident(), await desk_of(item, "window")
    over = clock.now() - timedelta(days=2)
    for _ in range(3):
        await Booking.create(
            slot_id=uuid4(),
            person_id=person.subject,
            item_code="X",
            booked_at=over,
            ends_at=over,
            state="missed",
        )
    with pytest.raises(TooManyMissed):
        await service.book(person, slots[0].id)
    other = await resident(name="王芳")
    mine = await service.book(other, slots[0].id)
    with pytest.raises(SlotOver):
        await service.attend(desk, mine.id, came=False)
    assert (await service.attend(desk, mine.id, came=True)).state == "kept"


async def test_a_reminder_goes_out_unless_the_booking_ended(item):
    slots = await opened(item)
    one, two = await resident(), await resident(name="王芳")
    kept, gone = await service.book(one, slots[0].id), await service.book(two, slots[1].id)
    await service.cancel(two, gone.id)
    async with db.unit_of_work():
        for booking in (kept, gone, kept):
            await jobs.remind({"booking_id": str(booking.id)})
    told = await db.rows("SELECT person_id FROM notify_message")
    assert [row["person_id"] for row in told] == [one.subject]


async def test_a_booking_nobody_noted_is_missed_after_a_day(item):
    mine = await service.book(await resident(), (await opened(item))[0].id)
    assert await service.mark_missed() == 0
    await Booking.filter(id=mine.id).update(ends_at=clock.now() - timedelta(days=2))
    assert await service.mark_missed() == 1
