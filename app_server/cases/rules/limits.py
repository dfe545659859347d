"""The legal clock: days that count, days that do not, and why (R-CAS-07, domain.md §2.5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from app_server.kernel.clock import SHANGHAI, Calendar

# Administrative Licensing Law art. 32: tell within five days what is missing, or it is accepted.
SILENCE_DAYS = 5
# No law fixes the three below; they are the platform's rule and told in the notice (演示值).
PRE_REVIEW_DAYS = 2
CORRECTION_DAYS = 15
CORRECTION_GRACE = 5
# How long a machine's decision may be opened again by a person, and when a case is archived.
REOPEN_DAYS = 5
ARCHIVE_AFTER = timedelta(days=30)

WORKING = "工作日"
MADE_WORKING = "调休上班日"
WEEKEND = "周末"
HOLIDAY = "法定节假日"
NATURAL = "自然日"
PAUSED = "特别程序期间，不计入"


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count: after the day it began, up to and including the day it ended."""

    began: date
    ended: date | None = None

    def covers(self, day: date) -> bool:
        """Whether `day` falls into the pause; an open pause has no end."""
        return self.began < day and (self.ended is None or day <= self.ended)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: from the day after `start`, so many days of one unit, without the pauses."""

    start: date
    days: int
    unit: str
    pauses: Sequence[Pause] = ()


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of a limit, and why it counts or not."""

    day: date
    counted: bool
    reason: str


def _counts(calendar: Calendar, day: date, unit: str) -> tuple[bool, str]:
    if unit == "day":
        return True, NATURAL
    special = calendar.special.get(day)
    if calendar.works(day):
        return True, MADE_WORKING if special else WORKING
    return False, WEEKEND if special is None else HOLIDAY


def walk(calendar: Calendar, limit: Limit) -> Iterator[DayLine]:
    """Every day after the start, for ever; who asks knows when to stop."""
    day = limit.start
    while True:
        day += timedelta(days=1)
        if any(pause.covers(day) for pause in limit.pauses):
            yield DayLine(day, False, PAUSED)
        else:
            yield DayLine(day, *_counts(calendar, day, limit.unit))


def ends(calendar: Calendar, limit: Limit) -> tuple[date, bool]:
    """The last day of a limit, and whether it rests on a year that is not announced yet.

    Raises `ValueError` while a pause is open: nobody can know the day then.
    """
    if any(pause.ended is None for pause in limit.pauses):
        raise ValueError("an open pause has no end")
    left, provisional, last = limit.days, False, limit.start
    for line in walk(calendar, limit):
        if left <= 0:
            break
        last = line.day
        left -= line.counted
        provisional |= limit.unit != "day" and line.day.year not in calendar.announced
    return last, provisional


def used(calendar: Calendar, limit: Limit, today: date) -> int:
    """How many days of the limit were counted up to and including `today`."""
    total = 0
    for line in walk(calendar, limit):
        if line.day > today:
            return total
        total += line.counted
    return total


def explained(calendar: Calendar, limit: Limit, today: date) -> list[DayLine]:
    """The limit day by day: to its last day, or up to today while it is paused."""
    if any(pause.ended is None for pause in limit.pauses):
        until = today
    else:
        until = ends(calendar, limit)[0]
    found = []
    for line in walk(calendar, limit):
        if line.day > until:
            break
        found.append(line)
    return found


def due_on(calendar: Calendar, start: date, days: int, unit: str) -> tuple[date, bool]:
    """The last day of a promise, counted from the day after acceptance, and if provisional."""
    return ends(calendar, Limit(start, days, unit))


def days_left(calendar: Calendar, today: date, due: date, unit: str) -> int:
    """Days until the limit in its own unit; negative when it is past."""
    return (due - today).days if unit == "day" else calendar.working_days_between(today, due)


def after_day(day: date) -> datetime:
    """The midnight in China that ends `day`."""
    return datetime.combine(day + timedelta(days=1), time.min, SHANGHAI)


@lru_cache(maxsize=64)
def silence_ends(calendar: Calendar, received: date) -> datetime:
    """When the fifth working day after receipt is over (Administrative Licensing Law art. 32)."""
    last, _ = calendar.add_working_days(received, SILENCE_DAYS)
    return after_day(last)
