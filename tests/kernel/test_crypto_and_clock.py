"""Sealed columns, blind index, working days, ids."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import crypto, working_days
from app_server.kernel.clock import Calendar
from app_server.kernel.ids import uuid7


def test_sm3_gives_the_standards_own_example():
    # GB/T 32905 appendix A.1: the digest of "abc".
    assert crypto.sm3(b"abc").hex() == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


@given(st.text(max_size=200))
def test_what_was_sealed_opens_again_in_its_own_place(text):
    assert crypto.unseal(crypto.seal(text, "t.c"), "t.c") == text


def test_a_sealed_value_does_not_open_elsewhere_and_no_two_look_alike():
    one, two = crypto.seal("341602199003074511", "t.c"), crypto.seal("341602199003074511", "t.c")
    assert one != two
    with pytest.raises(crypto.Undecipherable):
        crypto.unseal(one, "t.d")


@pytest.mark.parametrize("at", [0, 5, -1])
def test_an_altered_sealed_value_does_not_open(at):
    kid, _, body = crypto.seal("秘密", "t.c").partition(".")
    changed = list(body)
    changed[at - (at == -1)] = "A" if changed[at - (at == -1)] != "A" else "B"
    with pytest.raises((crypto.Undecipherable, ValueError)):
        crypto.unseal(f"{kid}.{''.join(changed)}", "t.c")


def test_the_blind_index_keeps_columns_apart():
    assert crypto.blind_index("1", "phone") != crypto.blind_index("1", "id_number")
    assert crypto.blind_index("1", "phone") == crypto.blind_index("1", "phone")


def test_ids_of_one_process_never_go_backwards():
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 5000
    assert {i.version for i in ids} == {7}


async def test_the_calendar_reckons_the_golden_limits(database, shared):
    calendar = await working_days.calendar()
    for start, days, due, _ in json.loads(
        (shared / "data/calendar/workday_vectors.json").read_text()
    ):
        found, provisional = calendar.add_working_days(date.fromisoformat(start), days)
        assert (found.isoformat(), provisional) == (due, False), start


async def test_a_limit_that_reaches_an_unannounced_year_is_provisional(database):
    calendar = await working_days.calendar()
    due, provisional = calendar.add_working_days(date(2026, 11, 23), 45)
    assert due.year == 2027
    assert provisional


@given(st.dates(date(2025, 1, 1), date(2026, 6, 1)), st.integers(0, 60))
def test_counting_forward_and_back_agree(start, days):
    calendar = Calendar({}, frozenset({2025, 2026}))
    due, _ = calendar.add_working_days(start, days)
    assert calendar.working_days_between(start, due) == days
