"""Shapes of what pages report of themselves."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text

Kind = Literal["error", "blocked", "view", "vital", "event"]


class TraceTold(Shape):
    """A report; what could be about a person is taken out before it is kept."""

    token: Annotated[str, Field(min_length=20, max_length=100)]
    kind: Kind
    page: Annotated[Text, Field(max_length=400)] = ""
    name: Annotated[Text, Field(max_length=400)] = ""
    data: Annotated[dict[str, Any], Field(max_length=40)] = {}
    duration_ms: Annotated[int, Field(ge=0, le=86_400_000)] | None = None


class TraceQuery(Query):
    """Which reports: of one kind, before one that was seen."""

    kind: Kind | None = None
    before: UUID | None = None


class TraceView(Shape):
    """One report of a page."""

    id: UUID
    code: int
    kind: Kind
    kind_name: str
    page: str
    name: str
    data: dict[str, Any]
    duration_ms: int | None
    at: datetime


class TraceList(Shape):
    """Reports, newest first; `next` is where the list goes on."""

    items: list[TraceView]
    next: UUID | None
