"""The natural key of a person: the ID number, its date, region and check digit (GB 11643)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from auth.people.errors import IdNumberInvalid, TooYoung
from auth.people.rules import checked_id_number
from tests.builders.people import id_number

TODAY = date(2026, 11, 22)
LI = "341602199003074511"


def test_a_right_number_is_taken_and_a_small_x_is_written_large():
    assert checked_id_number(LI, TODAY) == LI
    ending_in_x = next(n for n in iter(id_number, None) if n.endswith("X"))
    assert checked_id_number(ending_in_x.lower(), TODAY) == ending_in_x


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_noticed(at, other):
    if other == LI[at]:
        return
    with pytest.raises((IdNumberInvalid, TooYoung)):
        checked_id_number(LI[:at] + other + LI[at + 1 :], TODAY)


@given(st.integers(0, 16))
def test_two_swapped_neighbours_are_always_noticed(at):
    if LI[at] == LI[at + 1]:
        return
    swapped = LI[:at] + LI[at + 1] + LI[at] + LI[at + 2 :]
    with pytest.raises((IdNumberInvalid, TooYoung)):
        checked_id_number(swapped, TODAY)


@pytest.mark.parametrize(
    "text", ["", "1", LI + "0", " " + LI[1:], "34160219900230451X", "999999199003074511"]
)
def test_what_is_no_number_is_refused_at_its_field(text):
    with pytest.raises(IdNumberInvalid):
        checked_id_number(text, TODAY)


def test_an_outside_reckoner_agrees():
    for _ in range(200):
        number = id_number()
        assert ric.calc_check_digit(number) == number[-1]
