"""Rules of appointments: states, how far ahead, and what missing them means."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from app_server.appointments.errors import NoAppointments
from app_server.kernel.clock import Calendar

STATE_NAMES = {"booked": "已预约", "cancelled": "已取消", "kept": "已到场", "missed": "未到场"}
AHEAD = timedelta(days=30)
MISSED_MOST, MISSED_WITHIN = 3, timedelta(days=30)
REMIND = timedelta(hours=18)
MOST_SLOTS = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """When a hall takes appointments: days, times within a day, minutes and seats of a slot."""

    first: date
    last: date
    begins: time
    ends: time
    minutes: int
    seats: int
    pause: tuple[time, time] | None = None


def times_of(plan: Plan, calendar: Calendar) -> Iterator[tuple[date, time, time]]:
    """Every slot of a plan; days off are left out. Raises `NoAppointments`."""
    if plan.last < plan.first or plan.last - plan.first > timedelta(days=92):
        raise NoAppointments("日期范围须在三个月以内")
    day = plan.first
    while day <= plan.last:
        if calendar.works(day):
            for begins, ends in _within(plan):
                yield day, begins, ends
        day += timedelta(days=1)


def _within(plan: Plan) -> Iterator[tuple[time, time]]:
    now, over = _minutes(plan.begins), _minutes(plan.ends)
    while now + plan.minutes <= over:
        begins, ends = _time(now), _time(now + plan.minutes)
        if plan.pause is None or ends <= plan.pause[0] or begins >= plan.pause[1]:
            yield begins, ends
        now += plan.minutes


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
