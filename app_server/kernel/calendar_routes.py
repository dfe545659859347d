"""The calendar on the staff surface: system administrators read and import it.

The ground floor has no `api` room; this is its only page, imported by the registry.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app_server.kernel import working_days
from app_server.kernel.http import Call, Shape, Text, endpoint, staff
from app_server.kernel.working_days import FIRST_YEAR, LAST_YEAR, SpecialDay

KEEPERS = staff("system_admin")
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


class CalendarDayShape(Shape):
    """A day off, or a weekend day that is worked."""

    day: Annotated[date, Field(strict=False)]
    working: bool
    name: Annotated[Text, Field(min_length=1, max_length=40)]


class CalendarYearView(Shape):
    """A year's special days."""

    year: int
    announced: bool
    days: list[CalendarDayShape]


class CalendarWanted(Shape):
    """A year as the State Council announced it, or (not `announced`) as it is expected."""

    days: Annotated[list[CalendarDayShape], Field(min_length=1, max_length=120)]
    announced: bool = True
    source: Annotated[Text, Field(min_length=2, max_length=200)]


class CalendarChange(Shape):
    """One import, and what it replaced."""

    at: datetime
    actor: str
    announced: bool
    source: str
    days: list[CalendarDayShape]
    previous: list[CalendarDayShape]


class CalendarHistory(Shape):
    """The imports of a year, newest first."""

    items: list[CalendarChange]


@endpoint("GET", "/calendar/{year}", guard=KEEPERS)
async def read_calendar_year(call: Call, year: Year) -> CalendarYearView:
    """A year's special days, and whether they were announced."""
    del call
    return _view(await working_days.year_of(year))


@endpoint("PUT", "/calendar/{year}", guard=KEEPERS)
async def import_calendar_year(call: Call, year: Year, body: CalendarWanted) -> CalendarYearView:
    """Replace a year's special days; open limits are reckoned again."""
    days = [SpecialDay(d.day, d.working, d.name) for d in body.days]
    await working_days.import_year(
        call.principal, year, days, announced=body.announced, source=body.source
    )
    return _view(await working_days.year_of(year))


@endpoint("GET", "/calendar/{year}/imports", guard=KEEPERS)
async def read_calendar_imports(call: Call, year: Year) -> CalendarHistory:
    """Who imported a year, when, from what, and what was there before."""
    del call
    found = await working_days.imports(year)
    return CalendarHistory.model_validate(
        {"items": [{n: row[n] for n in CalendarChange.model_fields} for row in found]}, strict=False
    )


def _view(facts: working_days.YearFacts) -> CalendarYearView:
    return CalendarYearView(
        year=facts.year,
        announced=facts.announced,
        days=[CalendarDayShape(day=d.day, working=d.working, name=d.name) for d in facts.days],
    )
