"""Shapes of exchange's requests and replies."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from app_server.kernel.http import Query, Shape, Text

Url = Annotated[Text, Field(min_length=8, max_length=200)]
Name = Annotated[Text, Field(min_length=2, max_length=80)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,38}$")]
Reason = Annotated[Text, Field(min_length=2, max_length=200)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class KeyShape(Shape):
    """A P-256 public key (RFC 7517)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    kid: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]
    use: Literal["sig"] = "sig"
    alg: Literal["ES256"] = "ES256"


class OwnKeys(Shape):
    """What a system's administrator is handed: our name in messages and our keys."""

    issuer: str
    keys: list[KeyShape]


class SystemChanged(Shape):
    """What an administrator says about a system."""

    name: Name
    org: Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]
    region: Region
    items: Annotated[
        list[Annotated[Text, Field(max_length=33)]], Field(min_length=1, max_length=500)
    ]
    url: Url
    keys: Annotated[list[KeyShape], Field(min_length=1, max_length=4)]
    push_on: Literal["accepted", "submitted"] = "accepted"


class SystemAsked(SystemChanged):
    """A system to be registered."""

    code: Code


class SystemMove(Shape):
    """Why a system is paused or goes on."""

    reason: Reason


class SystemView(Shape):
    """One system."""

    id: UUID
    code: str
    name: str
    org: str
    region: str
    items: list[str]
    url: str
    keys: list[KeyShape]
    push_on: str
    client_id: str
    state: str
    state_name: str
    created_at: datetime
    version: int


class SystemRegistered(SystemView):
    """A system just registered; its client's secret is shown this once."""

    client_secret: str


class SystemList(Shape):
    """All systems."""

    items: list[SystemView]


class DeliveryView(Shape):
    """One push: `state` is ready (under way or waiting), done, or parked (gave up)."""

    id: UUID
    case_no: str
    state: str
    state_name: str
    attempts: int
    last_at: datetime | None
    outcome: str
    error: str
    next_at: datetime | None
    done_at: datetime | None


class DeliveryList(Shape):
    """The last pushes, newest first."""

    items: list[DeliveryView]


class InboundView(Shape):
    """One message of the system."""

    message_id: str
    case_no: str
    seq: int | None
    deed: str
    outcome: str
    state: str
    errors: list[dict[str, Any]]
    event_at: datetime
    at: datetime


class InboundList(Shape):
    """The last messages, newest first."""

    items: list[InboundView]


class BatchAsked(Shape):
    """A batch of the provincial exchange; rows are judged one by one."""

    cd_batch: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
    rows: Annotated[list[Any], Field(min_length=1, max_length=500)]


class RowErrorView(Shape):
    """What is wrong with one field of one row."""

    batch: str
    row: int
    field: str
    code: str
    sentence: str


class BatchView(Shape):
    """What became of a batch."""

    batch: str
    rows: int
    taken: int
    unchanged: int
    refused: int
    repeated: bool
    errors: list[RowErrorView]


class BatchListed(BatchView):
    """A batch in the staff's list."""

    at: datetime


class BatchList(Shape):
    """The last batches, newest first."""

    items: list[BatchListed]


class ExportQuery(Query):
    """After which cursor."""

    cursor: Annotated[str, Field(max_length=40)] = ""


class ExportPage(Shape):
    """Rows of the schema; `next` is where to go on, also when nothing is there yet."""

    rows: list[dict[str, Any]]
    next: str | None
    more: bool


class MessageTaken(Shape):
    """A message was taken (before, when `repeated`); `state` is the case's since."""

    message_id: str
    state: str
    repeated: bool


class EntryAsked(Shape):
    """A process line that happened elsewhere."""

    title: Annotated[Text, Field(min_length=2, max_length=60)]
    note: Annotated[Text, Field(max_length=500)] = ""
    at: Annotated[AwareDatetime, Field(strict=False)]


class EnteredView(Shape):
    """What became of an entry."""

    added: bool
    late: bool
    limit_days: int


class EntryQuery(Query):
    """Which entries."""

    cursor: Annotated[str, Field(max_length=40)] = ""
    late: bool = False


class EntryView(Shape):
    """One entry of the officer's organisation."""

    case_no: str
    item_code: str
    title: str
    event_at: datetime
    entered_at: datetime
    limit_days: int
    late: bool


class EntryPage(Shape):
    """One page of entries."""

    items: list[EntryView]
    next: str | None


class EntryLimitAsked(Shape):
    """Within how many working days."""

    days: Annotated[int, Field(ge=0, le=30)]


class StatisticsQuery(Query):
    """Days, and one city or all."""

    first: date
    last: date
    city: Annotated[str, Field(pattern=r"^([0-9]{6})?$")] = ""


class CityDayView(Shape):
    """A city's day: what happened, and whether the city's own digest agreed when last compared."""

    city: str
    city_name: str
    day: date
    received: int
    closed: int
    lines: int
    late: int
    agrees: bool | None
    checked_at: datetime | None
    missing: int
    altered: int
    extra: int


class CityDays(Shape):
    """Cities and days, newest day first."""

    items: list[CityDayView]


class CheckAsked(Shape):
    """Which day is to be compared."""

    day: Annotated[date, Field(strict=False)]


class BacklogView(Shape):
    """On a city: what the province is still to be told of."""

    waiting: int
    oldest_s: float
