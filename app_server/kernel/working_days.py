"""The announced calendar as the database holds it, so that a change needs no release.

Filled from `chinesecalendar` (2004–2026). A later year is provisional until the State Council
announces it and an operator imports it; an emergency change is an import of the same year again.
Every import is kept with what it replaced.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import orjson
from chinese_calendar.constants import Holiday, holidays, workdays

from app_server.kernel import audit, clock, db
from app_server.kernel.clock import WEEKEND, Calendar
from app_server.kernel.errors import InvalidInput
from app_server.kernel.events import Event
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

_KEEP = 60.0
_cached: tuple[float, Calendar] | None = None
# 全国年节及纪念日放假办法 (2025): how many days off each holiday has at least.
STATUTORY = {
    "元旦": 1,
    "春节": 4,
    "清明": 1,
    "劳动节": 2,
    "端午": 1,
    "中秋": 1,
    "国庆": 3,
}
_CHINESE = {holiday.value: holiday.chinese for holiday in Holiday}
FIRST_YEAR, LAST_YEAR = 2004, 2099
PROVISIONAL_YEARS = 2  # limits reach at most so far beyond what is announced


class CalendarChanged(Event):
    """Years whose working days are other than they were: open limits are reckoned again."""

    name: ClassVar[str] = "kernel.calendar_changed/1"
    key: ClassVar[str] = "calendar"
    calendar: str = "CN"
    years: list[int]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One announced day: off, or a weekend day that is worked."""

    day: date
    working: bool
    name: str


async def calendar() -> Calendar:
    """The working-day calendar, at most a minute old."""
    global _cached  # noqa: PLW0603 - a small table, read by every submit
    if _cached is None or time.monotonic() - _cached[0] > _KEEP:
        days = await db.rows("SELECT day, working FROM kernel_calendar_day")
        years = await db.rows("SELECT year FROM kernel_calendar_year WHERE announced")
        _cached = (
            time.monotonic(),
            Calendar(
                {row["day"]: row["working"] for row in days},
                frozenset(int(row["year"]) for row in years),
            ),
        )
    return _cached[1]


def forget() -> None:
    """Read the table again at the next question (after an import)."""
    global _cached  # noqa: PLW0603 - see above
    _cached = None


async def import_library() -> int:
    """Write the library's special days that are not there yet; answers how many it knows.

    Days of a year that an operator imported are his: the library adds nothing to them.
    """
    special: dict[date, tuple[bool, str]] = {
        day: (False, str(name)) for day, name in holidays.items()
    }
    special |= {day: (True, str(name)) for day, name in workdays.items()}
    async with db.unit_of_work() as uow:
        own = {r["year"] for r in await db.rows("SELECT DISTINCT year FROM kernel_calendar_import")}
        for day, (working, name) in special.items():
            if day.year not in own:
                uow.add(
                    "kernel_calendar_day",
                    {"day": day, "working": working, "name": _CHINESE.get(name, name)[:40]},
                    on_conflict="ON CONFLICT (day) DO NOTHING",
                )
        last = max(day.year for day in special)
        for year in range(min(day.year for day in special), last + PROVISIONAL_YEARS + 1):
            uow.add(
                "kernel_calendar_year",
                {"year": str(year), "announced": year <= last},
                on_conflict="ON CONFLICT (year) DO NOTHING",
            )
    forget()
    return len(special)


async def import_year(
    operator: Principal, year: int, days: Sequence[SpecialDay], *, announced: bool, source: str
) -> int:
    """Replace a year's special days; answers how many days changed, 0 when nothing did.

    Raises `InvalidInput` with a sentence for every day that cannot be, or a holiday that is missing
    from an announced year. The change is told to all (`CalendarChanged`) and on record.
    """
    if errors := _findings(year, days, announced=announced):
        raise InvalidInput(errors=errors)
    async with db.unit_of_work() as uow:
        await db.lock("kernel.calendar")
        before = await year_of(year)
        now = [(d.day, d.working, d.name) for d in sorted(days, key=lambda d: d.day)]
        was = [(d.day, d.working, d.name) for d in before.days]
        changed = len(set(now) ^ set(was)) or int(before.announced != announced)
        if not changed:
            return 0
        await db.execute("DELETE FROM kernel_calendar_day WHERE extract(year FROM day) = $1", year)
        for day, working, name in now:
            uow.add("kernel_calendar_day", {"day": day, "working": working, "name": name})
        uow.add(
            "kernel_calendar_year",
            {"year": str(year), "announced": announced},
            on_conflict="ON CONFLICT (year) DO UPDATE SET announced = excluded.announced",
        )
        uow.add("kernel_calendar_import", _history(operator, year, now, was, announced, source))
        audit.record(operator, "kernel.calendar_imported", f"calendar:{year}", purpose=source[:200])
        announce(CalendarChanged(years=[year]))
        uow.then(forget)
    return changed


def _history(
    operator: Principal,
    year: int,
    now: list[tuple[date, bool, str]],
    was: list[tuple[date, bool, str]],
    announced: bool,
    source: str,
) -> dict[str, Any]:
    names = ("day", "working", "name")
    return {
        "id": uuid7(),
        "year": year,
        "announced": announced,
        "source": source,
        "days": [dict(zip(names, day, strict=True)) for day in now],
        "previous": [dict(zip(names, day, strict=True)) for day in was],
        "actor": operator.ref,
        "at": clock.now(),
    }


@dataclass(frozen=True, slots=True)
class YearFacts:
    """A year's special days, and whether they were announced."""

    year: int
    announced: bool
    days: list[SpecialDay]


async def year_of(year: int) -> YearFacts:
    """What is known of a year; no days where nothing is."""
    days = await db.rows(
        "SELECT day, working, name FROM kernel_calendar_day "
        "WHERE extract(year FROM day) = $1 ORDER BY day",
        year,
    )
    announced = await db.value(
        "SELECT announced FROM kernel_calendar_year WHERE year = $1", str(year)
    )
    return YearFacts(
        year,
        bool(announced),
        [SpecialDay(d["day"], d["working"], _CHINESE.get(d["name"], d["name"])) for d in days],
    )


async def imports(year: int) -> list[dict[str, Any]]:
    """The imports of a year, newest first, with what each replaced."""
    found = await db.rows(
        "SELECT year, announced, source, days, previous, actor, at FROM kernel_calendar_import "
        "WHERE year = $1 ORDER BY id DESC LIMIT 50",
        year,
    )
    return [
        dict(row) | {"days": orjson.loads(row["days"]), "previous": orjson.loads(row["previous"])}
        for row in found
    ]


def _findings(year: int, days: Sequence[SpecialDay], *, announced: bool) -> list[dict[str, str]]:
    found = []
    counted = Counter(d.day for d in days)
    for place, special in enumerate(days):
        field = f"days.{place}"
        if special.day.year != year:
            found.append({"field": field, "message": f"{special.day} 不在 {year} 年"})
        if counted[special.day] > 1:
            found.append({"field": field, "message": f"{special.day} 重复"})
        if special.working and special.day.weekday() < WEEKEND:
            found.append({"field": field, "message": f"{special.day} 本是工作日，不是调休上班日"})
    off = [d for d in days if not d.working]
    for name, least in STATUTORY.items():
        # 中秋 within 国庆 is announced under one name.
        have = sum(name in d.name for d in off)
        if announced and have < least:
            found.append({"field": "days", "message": f"缺少{name}假期（至少 {least} 天）"})
    # Days off on weekdays beyond the statutory ones are moved: each is worked on some weekend.
    moved = sum(d.day.weekday() < WEEKEND for d in off) - sum(STATUTORY.values())
    worked = len(days) - len(off)
    if announced and worked < moved:
        found.append(
            {
                "field": "days",
                "message": f"放假的工作日多出法定假日 {moved} 天，调休上班只有 {worked} 天",
            }
        )
    return found
