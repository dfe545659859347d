"""Credit codes, kinds, levels and scopes: pure reckoning, beside an outside reckoner."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from auth.organisations import rules
from auth.organisations.errors import CreditCodeInvalid
from tests.builders.organisations import credit_code

REAL_SHAPES = ["91341602MADEM0011Y", "51341602MJDEM0022P", "1234160248DEM003XP"]


@pytest.mark.parametrize("code", REAL_SHAPES)
def test_a_right_code_is_taken_in_either_case(code):
    assert rules.checked_credit_code(code.lower()) == code


@pytest.mark.parametrize("code", REAL_SHAPES)
@pytest.mark.parametrize("at", range(18))
def test_any_one_wrong_character_is_refused(code, at):
    for other in "019AXY":
        if other != code[at]:
            wrong = code[:at] + other + code[at + 1 :]
            with pytest.raises(CreditCodeInvalid):
                rules.checked_credit_code(wrong)


@pytest.mark.parametrize(
    "text", ["", "1", "91341602MADEM0011", "91341602MADEM0011YY", "Q1341602MADEM0011Y", "I" * 18]
)
def test_what_is_no_code_is_refused(text):
    with pytest.raises(CreditCodeInvalid):
        rules.checked_credit_code(text)


def test_an_outside_reckoner_agrees_about_check_digits():
    for _ in range(200):
        assert uscc.is_valid(credit_code())


def test_the_organisation_code_is_characters_nine_to_seventeen():
    assert rules.organisation_code("91341602MADEM0011Y") == "MADEM0011"


@given(st.integers(0, 3), st.sampled_from(["active", "awaiting_representative", "cancelled"]))
def test_a_delegate_never_stands_above_the_first_level_nor_above_the_organisation(level, state):
    own = rules.level_held(level, state, delegated=False)
    given_ = rules.level_held(level, state, delegated=True)
    assert given_ <= min(1, own)
    assert own == (level if state == "active" else 0)


@given(st.integers(0, 3), st.booleans(), st.integers(-10, 10))
def test_a_scope_covers_named_first_level_items_between_its_days_only(level, named, shift):
    today = date(2026, 11, 22)
    scope = rules.Scope(("A",), today, today + timedelta(days=3))
    covered = scope.covers("A" if named else "B", level, today + timedelta(days=shift))
    assert covered == (named and level <= 1 and 0 <= shift <= 3)


@pytest.mark.parametrize(
    ("prefix", "kind", "registry"),
    [("91", "enterprise", "market"), ("51", "association", "civil_affairs"),
     ("12", "institution", "establishment"), ("92", "individual_business", "market")],
)  # fmt: skip
def test_the_kind_and_its_library_follow_from_the_code(prefix, kind, registry):
    found = rules.kind_of(prefix + "341602")
    assert (found.code, found.registry) == (kind, registry)
    assert found.certificate
