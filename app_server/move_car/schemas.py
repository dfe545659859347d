"""Shapes of move-car's requests and replies."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from auth.people.service import CODE, PHONE

Day = Annotated[date, Field(strict=False)]


class PlateWanted(Shape):
    """The plate of my car."""

    plate: Annotated[Text, Field(min_length=7, max_length=16)]


class CodeView(Shape):
    """A code; of the plate only the end is shown."""

    id: UUID
    tail: str
    number: str
    state: str
    created_at: datetime


class CodeList(Shape):
    """My codes."""

    items: list[CodeView]


class StickerWanted(Query):
    """How large, and as what."""

    size: Literal["square", "a6"] = "square"
    form: Literal["pdf", "png"] = "pdf"


class MailWanted(Shape):
    """Where the sticker is brought."""

    address: Annotated[Text, Field(min_length=6, max_length=120)]


class MailOrdered(Shape):
    """The parcel; its way stands under 我的包裹."""

    parcel_id: UUID


class ScanView(Shape):
    """A car's code, and the end of its plate."""

    tail: str
    reasons: dict[str, str]


class PhoneTold(Shape):
    """The caller's phone, to prove it is his."""

    phone: Annotated[str, Field(pattern=PHONE)]


class CallerCodeSent(Shape):
    """How long the one-time code lives."""

    expires_in_s: int


class MoveWanted(Shape):
    """The caller's proof and reason."""

    phone: Annotated[str, Field(pattern=PHONE)]
    code: Annotated[str, Field(pattern=CODE)]
    reason: Literal["blocked_way", "taken_space", "open_window", "other"]


class RequestView(Shape):
    """A request; `call_number` is a number of neither side, for as long as it stands."""

    id: UUID
    state: str
    state_name: str
    step: str
    reason_name: str
    answer: str
    answer_name: str
    advice: str
    call_number: str | None
    call_until: datetime | None
    created_at: datetime


class RequestMade(Shape):
    """The request, and the key of the caller's page."""

    key: str
    request: RequestView


class RequestList(Shape):
    """What strangers asked of me."""

    items: list[RequestView]


class AnswerTold(Shape):
    """The owner's answer."""

    answer: Literal["coming", "five_minutes", "cannot"]


class Days(Query):
    """From a day to a day."""

    first: Day
    last: Day


class FigureView(Shape):
    """A day of a region."""

    day: date
    region: str
    requests: int
    answered: int
    handed_over: int
    median_s: int | None


class FigureList(Shape):
    """Figures by day and region."""

    items: list[FigureView]
