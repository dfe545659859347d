"""Shapes of the officers' lists, counts and statistics."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app_server.cases.schemas.views import CaseLine, State
from app_server.kernel.http import Query, Shape, Text

Scope = Literal["own", "intake", "subtask", "forward", "outlet"]
Colour = Literal["", "red", "yellow", "green"]
Region = Annotated[str, Field(pattern=r"^([0-9]{6})?$")]
By = Literal["region", "department", "item_type", "state"]


class DeskQuery(Query):
    """Which cases, in which order; `scope` is the way the officer reaches them."""

    scope: Scope = "own"
    state: State | Literal[""] = ""
    region: Region = ""
    colour: Colour = ""
    order: Literal["newest", "deadline"] = "newest"
    q: Annotated[Text, Field(max_length=50)] = ""
    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}([0-9]{8})?$")] = None


class ScopeQuery(Query):
    """Which way of reaching cases is counted."""

    scope: Scope = "own"


class DeskLine(CaseLine):
    """A case in an officer's list; the name is masked until the case is opened.

    `silence_on` is the last day to say whether it is accepted (art. 32); `deadline_on` is the day
    that counts next for the authority, and `colour` how near it is.
    """

    applicant: str
    version: int
    silence_on: date | None
    deadline_on: date | None
    colour: Colour


class DeskPage(Shape):
    """One page of a desk."""

    items: list[DeskLine]
    next: str | None


class CountView(Shape):
    """How many; `more` says that there are at least so many (99+)."""

    key: str
    name: str
    count: int
    more: bool


class DeskCounts(Shape):
    """What waits on the desk, by state and by colour of the deadline."""

    states: list[CountView]
    colours: list[CountView]


class StatisticsQuery(Query):
    """What is counted; days are those of submission, both included."""

    first: Annotated[date, Field(strict=False)]
    last: Annotated[date, Field(strict=False)]
    region: Region = ""
    department: Annotated[Text, Field(max_length=80)] = ""
    item_type: Annotated[str, Field(pattern=r"^([0-9A-Z]{1,4})?$")] = ""
    state: State | Literal[""] = ""
    by: By = "region"


class CountedQuery(StatisticsQuery):
    """The same, page by page."""

    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None


class StatisticsRow(Shape):
    """One line of the report."""

    key: str
    name: str
    cases: int


class StatisticsDay(Shape):
    """One point of the chart."""

    day: date
    cases: int


class StatisticsReport(Shape):
    """The same numbers as report, chart and total."""

    rows: list[StatisticsRow]
    series: list[StatisticsDay]
    total: int


class CountedPage(Shape):
    """The cases behind a report, newest first."""

    items: list[CaseLine]
    next: str | None
