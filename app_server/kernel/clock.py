"""Time: UTC inside, Asia/Shanghai at the edge, and the working days that legal limits count.

工作日 = working day. Days are counted from the day after acceptance (Administrative Licensing
Law art. 82); public holidays do not count and make-up working days do. A year without an
announced calendar falls back to weekends only and is marked provisional, so that open limits
can be reckoned again when the State Council announces it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKEND = 5  # Saturday is the sixth day from Monday

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731 - one swappable clock


def now() -> datetime:
    """The present instant, in UTC."""
    return _source()


def today() -> date:
    """The calendar day in China."""
    return now().astimezone(SHANGHAI).date()


def local(instant: datetime) -> datetime:
    """An instant as people in China read it."""
    return instant.astimezone(SHANGHAI)


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Special days of the announced years: `{day: is_working}`; ordinary days are not listed."""

    special: dict[date, bool]
    announced: frozenset[int]

    def works(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return self.special.get(day, day.weekday() < WEEKEND)

    def add_working_days(self, start: date, days: int) -> tuple[date, bool]:
        """The last day of a limit of `days` working days after `start`, and if provisional."""
        if days < 0:
            raise ValueError("a limit cannot be negative")
        day, left, provisional = start, days, False
        while left:
            day += timedelta(days=1)
            provisional = provisional or day.year not in self.announced
            left -= self.works(day)
        return day, provisional

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is past."""
        if end < start:
            return -self.working_days_between(end, start)
        span = (end - start).days
        return sum(self.works(start + timedelta(days=n)) for n in range(1, span + 1))
