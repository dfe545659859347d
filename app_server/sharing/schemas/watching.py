"""Shapes of monitoring, error reports, data quality and the inventory of systems."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from app_server.sharing.schemas.catalogue import FieldName, Name, Sentence

SystemCode = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,38}$")]
Value = Annotated[Text, Field(max_length=500)]


class TrafficQuery(Query):
    """Which days (in China, at most 92) and how the counts are grouped."""

    first: date
    last: date
    group: Literal["service", "caller", "total"] = "service"
    service: Annotated[str, Field(pattern=r"^[a-z0-9_.-]{0,60}$")] = ""


class TrafficLine(Shape):
    """One line of counts; latencies are of calls that reached a provider, in milliseconds."""

    service: str
    caller: str
    caller_name: str
    day: date | None
    calls: int
    answered: int
    refused: int
    unavailable: int
    fault_caller: int
    fault_provider: int
    fault_us: int
    p50_ms: int | None
    p95_ms: int | None


class TrafficList(Shape):
    """Counts by service, caller or day."""

    items: list[TrafficLine]


class ErrorSaidShape(Shape):
    """What is thought wrong: which record, which field, what it says, what it should say."""

    org_name: Name
    record: Annotated[Text, Field(min_length=1, max_length=200)]
    field: FieldName
    held: Value
    claimed: Annotated[Text, Field(min_length=1, max_length=500)]
    evidence: Sentence


class ErrorAnswer(Shape):
    """The provider's answer; `corrected` is the right value, null when the data are right."""

    corrected: Annotated[Text, Field(min_length=1, max_length=500)] | None
    answer: Sentence


class ErrorReportView(Shape):
    """One report; `overdue` when the provider's time to answer is past."""

    id: UUID
    resource_id: UUID
    provider_org: str
    org: str
    org_name: str
    record: str
    field: str
    held: str
    claimed: str
    evidence: str
    state: str
    state_name: str
    due_on: date
    overdue: bool
    answer: str
    corrected: str | None
    answered_at: datetime | None
    at: datetime


class ErrorReportPage(Shape):
    """Reports, newest first."""

    items: list[ErrorReportView]
    next: str | None = None


class ErrorReportQuery(Query):
    """Whose reports."""

    side: Literal["mine", "provided"] = "mine"
    cursor: Annotated[str, Field(max_length=40)] = ""


class CorrectionView(Shape):
    """One corrected value, for a system that may call the field."""

    id: UUID
    record: str
    field: str
    corrected: str
    answered_at: datetime


class CorrectionPage(Shape):
    """Corrections in the order they were reported."""

    items: list[CorrectionView]
    next: str | None = None


class QualityAsked(Shape):
    """A batch or a sample of records, and which fields tell one from another."""

    key: Annotated[list[FieldName], Field(max_length=5)] = []
    rows: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=5000)]


class FieldQualityView(Shape):
    """One field's counts."""

    name: str
    required: bool
    nulls: int
    malformed: int


class QualityView(Shape):
    """What a batch came to; `faulty` rows have at least one fault."""

    number: int
    edition: int
    key: list[str]
    rows: int
    faulty: int
    duplicates: int
    unknown_fields: list[str]
    fields: list[FieldQualityView]
    by_name: str
    at: datetime


class QualityList(Shape):
    """Reports of an entry, newest first."""

    items: list[QualityView]


class InventoryAsked(Shape):
    """What an organisation says of its own system."""

    name: Name
    org_name: Name
    purpose: Sentence
    launched_on: Annotated[date, Field(strict=False)]
    integrated: bool
    plan: Annotated[Text, Field(max_length=300)] = ""


class UsedAsked(Shape):
    """A day on which the system was used."""

    day: Annotated[date, Field(strict=False)]


class InventoryLineView(Shape):
    """One system; `zombie` when nobody used it for ninety days."""

    code: str
    name: str
    org: str
    org_name: str
    purpose: str
    launched_on: date
    integrated: bool
    plan: str
    last_used_on: date | None
    calls: int
    zombie: bool


class InventoryList(Shape):
    """The inventory, by code."""

    items: list[InventoryLineView]


class InventoryQuery(Query):
    """Which systems; `everybody` is for operators and supervisors."""

    zombies: bool = False
    everybody: bool = False
