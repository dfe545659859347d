"""Pick-up windows: two hours each, today and the next two days (R-LOG-04)."""

from datetime import date, datetime, time, timedelta

from app_server.kernel.clock import SHANGHAI

DAYS = 3
HOURS = (8, 10, 12, 14, 16, 18)
LENGTH = timedelta(hours=2)
# A courier needs to get there: a window that begins sooner is no longer offered.
NOTICE = timedelta(minutes=30)


def windows(now: datetime) -> list[datetime]:
    """The beginnings of all windows that can still be asked for."""
    first: date = now.astimezone(SHANGHAI).date()
    starts = [
        datetime.combine(first + timedelta(days=day), time(hour), SHANGHAI)
        for day in range(DAYS)
        for hour in HOURS
    ]
    return [start for start in starts if start >= now + NOTICE]


def is_window(start: datetime, now: datetime) -> bool:
    """Whether `start` begins such a window."""
    return start in windows(now)
