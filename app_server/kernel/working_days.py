"""The announced calendar as the database holds it, so that a change needs no release.

Filled from `chinesecalendar` (2004–2026); 2027 is provisional until the State Council announces
it and an operator imports it.
"""

import time
from datetime import date

from chinese_calendar.constants import holidays, workdays

from app_server.kernel import db
from app_server.kernel.clock import Calendar

_KEEP = 60.0
_cached: tuple[float, Calendar] | None = None


async def calendar() -> Calendar:
    """The working-day calendar, at most a minute old."""
    global _cached  # noqa: PLW0603 - a small table, read by every submit
    if _cached is None or time.monotonic() - _cached[0] > _KEEP:
        days = await db.rows("SELECT day, working FROM kernel_calendar_day")
        years = await db.rows("SELECT year FROM kernel_calendar_year")
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
    """Write the library's special days that are not there yet; answers how many."""
    special: dict[date, tuple[bool, str]] = {
        day: (False, str(name)) for day, name in holidays.items()
    }
    special |= {day: (True, str(name)) for day, name in workdays.items()}
    async with db.unit_of_work() as uow:
        for day, (working, name) in special.items():
            uow.add(
                "kernel_calendar_day",
                {"day": day, "working": working, "name": name[:40]},
                on_conflict="ON CONFLICT (day) DO NOTHING",
            )
        for year in sorted({day.year for day in special}):
            uow.add(
                "kernel_calendar_year",
                {"year": str(year)},
                on_conflict="ON CONFLICT (year) DO NOTHING",
            )
    forget()
    return len(special)
