"""Pure rules: hours, weights, phones, lengths, words."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import clock
from app_server.kernel.errors import InvalidInput
from notify.errors import PhoneInvalid
from notify.rules import (
    EDGES,
    Quiet,
    after_failure,
    after_success,
    checked_phone,
    checked_sample,
    chosen,
    drifted,
    masked,
    not_before,
    sms_parts,
)

WEIGHTS = st.floats(1, 100)
MOMENTS = st.integers(0, 5 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(MOMENTS, st.integers(0, 23), st.integers(0, 23))
def test_nothing_goes_out_in_quiet_hours_and_nothing_waits_a_day(at, begins, ends):
    quiet = Quiet(begins, ends)
    later = not_before(at, quiet, urgent=False)
    assert not quiet.holds(clock.local(later).hour)
    assert timedelta() <= later - at < timedelta(hours=24)
    assert not_before(at, quiet, urgent=True) == at


@pytest.mark.parametrize(
    ("hour", "minute", "waits"),
    [(21, 59, False), (22, 0, True), (0, 0, True), (6, 59, True), (7, 0, False)],
)
def test_the_night_is_from_ten_to_seven_in_china(hour, minute, waits):
    at = datetime(2026, 3, 1, hour, minute, tzinfo=clock.SHANGHAI).astimezone(UTC)
    assert (not_before(at, Quiet(), urgent=False) != at) == waits


@given(WEIGHTS, st.integers(0, 10**6))
def test_a_weight_drifts_back_and_stays_within_bounds(weight, seconds):
    later = drifted(weight, timedelta(seconds=seconds))
    assert weight <= later <= 100
    assert drifted(weight, timedelta(minutes=30)) == 100
    assert 1 <= after_failure(weight) <= weight
    assert weight <= after_success(weight) <= 100


@given(st.dictionaries(st.text(min_size=1), WEIGHTS, max_size=6), st.floats(0, 0.999999))
def test_every_carrier_has_its_turn_once(weights, draw):
    assert sorted(chosen(weights, draw)) == sorted(weights)


def test_a_carrier_that_fails_is_asked_first_ever_more_rarely():
    draw = random.Random(7)
    weights = {"well": 100.0, "ill": after_failure(after_failure(after_failure(100.0)))}
    first = [chosen(weights, draw.random())[0] for _ in range(4000)]
    assert 0.08 < first.count("ill") / 4000 < 0.14


@pytest.mark.parametrize(
    "given_phone", ["13900000001", "+8613900000001", "86 139 0000 0001", " 139-0000-0001 "]
)
def test_a_phone_is_brought_to_its_eleven_digits(given_phone):
    assert checked_phone(given_phone) == "13900000001"


@pytest.mark.parametrize(
    "given_phone",
    ["", "1390000000", "139000000011", "１３９００００００１", "+1 3900000001", "12900000001",
     "13900000001\n13900000002", "13900000001;", "+86+8613900000001", "139٠٠٠٠٠٠٠١"],
)  # fmt: skip
def test_what_is_no_mainland_mobile_is_refused(given_phone):
    with pytest.raises(PhoneInvalid):
        checked_phone(given_phone)


def test_seventy_characters_are_one_part_and_seventy_one_are_two():
    assert [sms_parts("字" * n) for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert sms_parts("字" * 69 + "😀") == 2  # an emoji takes two places in UCS-2
    assert masked("13912345678") == "139****5678"


def test_the_edges_name_only_states_that_are_there():
    assert set().union(*EDGES.values()) <= set(EDGES)
    assert not EDGES["delivered"]


@pytest.mark.parametrize(
    "sample", [{}, {"day": "2026-13-01", "n": "1"}, {"day": "2026-01-02", "n": "１"},
               {"day": "2026-01-02", "n": "1", "more": "x"}],
)  # fmt: skip
def test_parameters_are_typed(sample):
    kinds = {"day": "date", "n": "number"}
    with pytest.raises(InvalidInput):
        checked_sample(kinds, sample)
    checked_sample(kinds, {"day": "2026-01-02", "n": "-1.5"})
