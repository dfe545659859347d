"""The state table, numbers and limits."""

from datetime import date, datetime

import pytest

from app_server.cases.errors import NotInThisState
from app_server.cases.rules import (
    MOVES,
    RUNNING,
    STATES,
    can,
    checked_move,
    days_left,
    due_on,
    new_case_no,
    region_pattern,
    silence_ends,
)
from app_server.kernel.clock import SHANGHAI, Calendar

# 2026: National Day 1–7 October, 10 October is a make-up Saturday.
CALENDAR = Calendar(
    {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True},
    frozenset({2026}),
)


def test_every_edge_joins_known_states_and_finished_states_have_no_way_out() -> None:
    for move in MOVES.values():
        assert move.to in STATES
        assert move.come_from <= set(STATES)
        assert not move.come_from & {"closed", "withdrawn", "not_accepted"}


def test_running_states_are_those_that_can_still_move() -> None:
    assert frozenset().union(*(m.come_from for m in MOVES.values())) == RUNNING


@pytest.mark.parametrize(
    ("move", "state"),
    [
        ("approve", "submitted"),
        ("accept", "accepted"),
        ("correct", "accepted"),
        ("withdraw", "closed"),
        ("take_fee", "accepted"),
    ],
)
def test_an_illegal_transition_is_refused(move: str, state: str) -> None:
    with pytest.raises(NotInThisState):
        checked_move(move, state)


def test_a_case_number_carries_region_and_day_and_is_not_counted() -> None:
    numbers = {new_case_no("341602", date(2026, 11, 22)) for _ in range(200)}
    assert len(numbers) > 190
    assert all(n.startswith("341602000000261122") and len(n) == 24 for n in numbers)


def test_a_promise_in_natural_days_does_not_skip_holidays() -> None:
    assert due_on(CALENDAR, date(2026, 9, 30), 7, "day") == (date(2026, 10, 7), False)


def test_a_promise_in_working_days_counts_from_the_next_day_over_the_holiday() -> None:
    assert due_on(CALENDAR, date(2026, 9, 30), 3, "workday") == (date(2026, 10, 10), False)


def test_days_left_are_counted_in_the_unit_of_the_promise() -> None:
    today, due = date(2026, 9, 30), date(2026, 10, 10)
    assert days_left(CALENDAR, today, due, "workday") == 3
    assert days_left(CALENDAR, today, due, "day") == 10


def test_silence_ends_after_the_fifth_working_day() -> None:
    # 8, 9, 10 (a Saturday made working), 12 and 13 October.
    ends = silence_ends(CALENDAR, date(2026, 9, 30))
    assert ends == datetime(2026, 10, 14, tzinfo=SHANGHAI)


def test_a_paid_case_is_not_simply_withdrawn() -> None:
    assert can("accepted", 2000) == []
    assert can("accepted", 0) == ["withdraw"]
    assert can("fee_due", 2000) == ["pay"]
    assert can("correction_asked", 0) == ["withdraw", "correct"]


@pytest.mark.parametrize(
    ("region", "pattern"), [("340000", "34%"), ("341600", "3416%"), ("341602", "341602%")]
)
def test_a_region_covers_what_lies_in_it(region: str, pattern: str) -> None:
    assert region_pattern(region) == pattern
