"""Shapes of reconciliation."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class DaysQuery(Query):
    """Which days; `before` is the earliest day of the page before."""

    day: date | None = None
    before: date | None = None


class ReconDayView(Shape):
    """A day of one account; `unproved_fen` must be nothing before it is closed."""

    id: UUID
    channel: str
    fee_class: str
    merchant: str
    day: date
    state: str
    rows: int
    trade_fen: int
    refund_fen: int
    fee_fen: int
    booked_fen: int
    adjusted_fen: int
    unproved_fen: int
    differences: int
    matched_at: datetime | None
    version: int


class ReconDayList(Shape):
    """A page of days."""

    items: list[ReconDayView]


class AgenciesQuery(Query):
    """Which day."""

    day: date


class AgencyDayView(Shape):
    """What three sides say of an executing unit's day, in fen; `proved` where all agree."""

    agency_code: str
    agency_name: str
    ours_fen: int
    channel_fen: int
    finance_fen: int
    proved: bool


class AgencyDayList(Shape):
    """A day, by executing unit."""

    items: list[AgencyDayView]


class DifferencesQuery(Query):
    """Which differences."""

    state: Literal["", "open", "waiting", "resolved"] = ""
    after: UUID | None = None


class ReconDifferenceView(Shape):
    """One thing file and books say differently."""

    id: UUID
    batch_id: UUID
    kind: str
    kind_name: str
    subject: str
    number: str
    ours_fen: int | None
    theirs_fen: int | None
    ours_state: str
    theirs_state: str
    state: str
    state_name: str
    resolution: str
    evidence: str
    resolved_at: datetime | None
    version: int


class ReconDifferenceList(Shape):
    """A page of differences."""

    items: list[ReconDifferenceView]


class ResolutionWanted(Shape):
    """How a difference ends, and on what evidence."""

    resolution: Literal["book", "unbook", "explain"]
    evidence: Annotated[Text, Field(min_length=2, max_length=300)]
