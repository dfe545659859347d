"""The state table as a whole, who may take which edge, limits, and who lies in whose region."""

import itertools
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.cases.errors import ApproverNeeded, NotInThisState, NotYourDeed
from app_server.cases.rules import (
    COUNTING,
    ENDED,
    MOVES,
    RUNNING,
    STATES,
    Limit,
    Pause,
    actions,
    can,
    checked_move,
    days_left,
    due_on,
    ends,
    explained,
    region_pattern,
    silence_ends,
    used,
)
from app_server.cases.rules.states import _STAFF_ROLES
from app_server.kernel.clock import SHANGHAI, Calendar

# 2026: National Day 1–7 October, 10 October is a make-up Saturday.
CALENDAR = Calendar(
    {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True},
    frozenset({2026}),
)
ROLES = frozenset({"applicant", "window", "officer", "approver", "head", "system"})
TERMINAL = ENDED - {"closed"}


def test_every_edge_joins_known_states_and_is_somebodys() -> None:
    for name, move in MOVES.items():
        assert move.to in {*STATES, ""}, name
        assert move.come_from <= set(STATES), name
        assert move.by, name
        assert move.by <= ROLES, name
        assert len(name) <= 20


def test_every_state_is_reached_from_submission_and_none_but_an_end_is_a_dead_end() -> None:
    reached, frontier = {"submitted"}, {"submitted"}
    while frontier:
        frontier = {m.to for m in MOVES.values() if m.to and m.come_from & frontier} - reached
        reached |= frontier
    assert reached == set(STATES)
    leaves = frozenset().union(*(m.come_from for m in MOVES.values() if m.to))
    assert set(STATES) - leaves == TERMINAL
    assert leaves - {"closed"} == RUNNING


def test_from_every_running_state_some_end_is_reached() -> None:
    for start in RUNNING:
        seen = {start}
        while True:
            more = {m.to for m in MOVES.values() if m.to and m.come_from & seen} - seen
            if not more:
                break
            seen |= more
        assert seen & ENDED, start


@pytest.mark.parametrize("name", MOVES)
def test_no_edge_is_taken_from_elsewhere_or_by_somebody_else(name: str) -> None:
    move = MOVES[name]
    for state, role in itertools.product(STATES, ROLES):
        if state not in move.come_from:
            with pytest.raises(NotInThisState):
                checked_move(name, state, {role})
        elif role not in move.by:
            with pytest.raises((ApproverNeeded, NotYourDeed)):
                checked_move(name, state, {role})
        else:
            assert checked_move(name, state, {role}) is move


def test_an_officers_actions_are_edges_they_may_take_and_no_others() -> None:
    for state in STATES:
        for role in _STAFF_ROLES.values():
            labels = {a.label for a in actions(state, {role})}
            allowed = {
                m.label for m in MOVES.values() if m.label and state in m.come_from and role in m.by
            }
            assert labels == allowed
    assert {a.name for a in actions("accepted", {"officer"})} == {
        "begin-review",
        "suspend",
        "forward",
        "ask-extension",
    }
    assert {a.name for a in actions("submitted", {"window"})} == {"receive"}
    assert {a.name for a in actions("in_review", {"head"})} == {"extend", "deny-extension", "end"}


def test_money_is_asked_for_after_the_decision_only() -> None:
    assert MOVES["ask_fee"].come_from == {"approved"}
    assert can("fee_due") == ["choose_delivery", "pay"]
    assert "withdraw" not in can("making")


def test_what_an_applicant_can_do() -> None:
    assert can("submitted") == ["withdraw", "choose_delivery"]
    assert can("correction_asked") == ["withdraw", "correct", "choose_delivery"]
    assert can("pre_review_returned") == ["withdraw", "resubmit", "choose_delivery"]
    assert can("closed") == []


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
    finish = silence_ends(CALENDAR, date(2026, 9, 30))
    assert finish == datetime(2026, 10, 14, tzinfo=SHANGHAI)


def test_a_limit_that_reaches_into_a_year_not_announced_is_provisional() -> None:
    assert ends(CALENDAR, Limit(date(2026, 12, 25), 45, "workday"))[1]
    assert not ends(CALENDAR, Limit(date(2026, 12, 25), 45, "day"))[1]
    assert not ends(CALENDAR, Limit(date(2026, 12, 1), 20, "workday"))[1]


def test_the_golden_vectors_hold(shared: Path) -> None:
    from chinese_calendar.constants import holidays, workdays

    real = Calendar(
        dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True),
        frozenset(range(2004, 2027)),
    )
    vectors = json.loads((shared / "data/calendar/workday_vectors.json").read_text())
    assert vectors
    for start, days, last, natural in vectors:
        begun = date.fromisoformat(start)
        due, provisional = ends(real, Limit(begun, days, "workday"))
        assert (due.isoformat(), (due - begun).days, provisional) == (last, natural, False)
        lines = explained(real, Limit(begun, days, "workday"), due)
        assert (sum(line.counted for line in lines), len(lines)) == (days, natural)


STARTS = st.dates(date(2026, 1, 1), date(2026, 11, 1))
UNITS = st.sampled_from(["workday", "day"])


@st.composite
def pauses(draw: st.DrawFn, start: date) -> list[Pause]:
    """Pauses one after the other, as a case can have them."""
    found, day = [], start
    for _ in range(draw(st.integers(0, 3))):
        began = day + timedelta(days=draw(st.integers(0, 9)))
        day = began + timedelta(days=draw(st.integers(0, 20)))
        found.append(Pause(began, day))
    return found


@given(st.data(), STARTS, st.integers(1, 60), UNITS)
def test_a_pause_never_shortens_and_what_was_left_is_left(
    data: st.DataObject, start: date, days: int, unit: str
) -> None:
    held = data.draw(pauses(start))
    plain, paused = Limit(start, days, unit), Limit(start, days, unit, held)
    assert ends(CALENDAR, paused)[0] >= ends(CALENDAR, plain)[0]
    for pause in held:
        assert pause.ended is not None
        before, after = (used(CALENDAR, paused, day) for day in (pause.began, pause.ended))
        assert before == after, "days of a pause count nothing"


@given(st.data(), STARTS, st.integers(1, 60), UNITS)
def test_the_explanation_counts_as_many_days_as_the_limit_has(
    data: st.DataObject, start: date, days: int, unit: str
) -> None:
    limit = Limit(start, days, unit, data.draw(pauses(start)))
    last, _ = ends(CALENDAR, limit)
    lines = explained(CALENDAR, limit, last)
    assert sum(line.counted for line in lines) == days
    assert lines[-1].day == last
    assert lines[-1].counted
    assert [line.day for line in lines] == [
        start + timedelta(days=n) for n in range(1, len(lines) + 1)
    ]
    assert all(line.reason for line in lines)


def test_an_open_pause_has_no_last_day_and_is_explained_up_to_today() -> None:
    limit = Limit(date(2026, 9, 1), 5, "workday", [Pause(date(2026, 9, 3))])
    with pytest.raises(ValueError, match="open pause"):
        ends(CALENDAR, limit)
    lines = explained(CALENDAR, limit, date(2026, 9, 8))
    assert [line.counted for line in lines] == [True, True, *[False] * 5]


def test_the_clock_counts_between_acceptance_and_decision_only() -> None:
    assert {"accepted", "in_review", "forwarded"} == COUNTING


@pytest.mark.parametrize(
    ("region", "pattern"),
    [("340000", "34%"), ("341600", "3416%"), ("341602", "341602%"), ("", "")],
)
def test_a_region_covers_what_lies_in_it(region: str, pattern: str) -> None:
    assert region_pattern(region) == pattern
