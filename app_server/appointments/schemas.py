"""Shapes of appointments' requests and replies."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text

Day = Annotated[date, Field(strict=False)]
Clock = Annotated[time, Field(strict=False)]


class OfDay(Query):
    """Slots of an item, of one day if named."""

    item_code: Annotated[Text, Field(min_length=1, max_length=60)]
    day: Day | None = None


class SlotView(Shape):
    """A slot; `left` seats are free."""

    id: UUID
    item_code: str
    item_name: str
    hall: str
    begins_at: datetime
    ends_at: datetime
    seats: int
    left: int


class SlotList(Shape):
    """Slots, the next first."""

    items: list[SlotView]


class Wanted(Shape):
    """The slot one wants."""

    slot_id: Annotated[UUID, Field(strict=False)]


class BookingView(Shape):
    """A booking with its slot."""

    id: UUID
    state: str
    state_name: str
    booked_at: datetime
    slot: SlotView


class BookingList(Shape):
    """My bookings, newest first."""

    items: list[BookingView]


class PlanWanted(Shape):
    """Slots to open: `pause_from`–`pause_to` is the break at noon; days off are left out."""

    item_code: Annotated[Text, Field(min_length=1, max_length=60)]
    hall: Annotated[Text, Field(min_length=2, max_length=80)]
    first: Day
    last: Day
    begins: Clock
    ends: Clock
    pause_from: Clock | None = None
    pause_to: Clock | None = None
    minutes: Annotated[int, Field(ge=5, le=240)]
    seats: Annotated[int, Field(ge=1, le=100)]


class Opened(Shape):
    """How many slots are new."""

    opened: int


class Attendance(Shape):
    """Whether the person came."""

    came: bool
