"""Roles that exclude each other, states, codes, and who attaches where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.staff import rules
from auth.staff.errors import (
    BadOrgCode,
    NotInThisState,
    RolesExclude,
    UnknownRole,
    WindowIncomplete,
    WrongMode,
)

SOME_ROLES = st.lists(st.sampled_from(sorted(rules.ROLES)), max_size=5)
_GB32100 = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(SOME_ROLES)
def test_an_administrator_holds_nothing_else_and_everybody_else_anything(roles) -> None:
    kinds = set(roles)
    if len(kinds) > 1 and kinds & rules.ADMIN_ROLES:
        with pytest.raises(RolesExclude):
            rules.checked_roles(roles)
    else:
        assert set(rules.checked_roles(roles)) == kinds


@given(st.sampled_from(sorted(rules.ADMIN_ROLES)), st.sampled_from(sorted(rules.ADMIN_ROLES)))
def test_no_two_administrators_meet_in_one_person(one, other) -> None:
    if one == other:
        assert rules.checked_roles([one, other]) == (one,)
    else:
        with pytest.raises(RolesExclude):
            rules.checked_roles([one, other])


@given(SOME_ROLES)
def test_who_may_confirm_never_holds_the_proposers_role(roles) -> None:
    for proposer in rules.ADMIN_ROLES:
        if rules.may_confirm(proposer, roles):
            assert rules.CONFIRMER[proposer] in roles
            assert rules.CONFIRMER[proposer] != proposer
    assert not rules.may_confirm("security_auditor", roles)


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(UnknownRole):
        rules.checked_roles(["emperor"])


@given(
    st.lists(st.sampled_from([*rules.MOVES, "open"]), max_size=12),
)
def test_a_cancelled_account_never_works_again(moves) -> None:
    state, gone = "active", False
    for move in moves:
        if move == "open":
            continue
        try:
            edge = rules.checked_move(move, state)
        except NotInThisState:
            continue
        assert not gone, "an account came back from cancellation"
        state = edge.to
        gone = gone or state == "cancelled"
    assert (state == "cancelled") == gone


@pytest.mark.parametrize(
    ("window_id", "level", "roles", "good"),
    [
        ("A01", "county", ["realname_window"], True),
        ("", "", ["case_officer"], True),
        ("A01", "city", ["case_officer"], True),
        ("", "", ["realname_window"], False),
        ("A01", "", ["realname_window"], False),
        ("", "county", ["case_officer"], False),
    ],
)
def test_a_window_is_whole_and_the_window_role_has_one(window_id, level, roles, good) -> None:
    if good:
        rules.checked_window(window_id, level, roles)
    else:
        with pytest.raises(WindowIncomplete):
            rules.checked_window(window_id, level, roles)


@pytest.mark.parametrize(
    "code", ["11341602MBDM00012U", "11340000MB0000000M", "MBDM00012", "MB0000000", "MBDM0001-2"]
)
def test_codes_with_their_check_character_are_taken(code) -> None:
    assert rules.checked_org_code(code.lower()) == code.replace("-", "")


@pytest.mark.parametrize("code", ["", "11341602MBDM00012V", "MBDM00013", "1134160", "I" * 18])
def test_other_codes_are_refused(code) -> None:
    with pytest.raises(BadOrgCode):
        rules.checked_org_code(code)


@given(st.integers(0, 16), st.sampled_from(_GB32100))
def test_one_wrong_character_of_a_credit_code_is_found(place, letter) -> None:
    code = "11341602MBDM00012U"
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(BadOrgCode):
        rules.checked_org_code(wrong)


@pytest.mark.parametrize(
    ("region", "tier", "at"),
    [
        ("340000", "province", "340000"),
        ("341600", "city", "341600"),
        ("341602", "city", "341600"),
    ],
)
def test_provincial_systems_belong_to_the_province_and_others_to_their_city(
    region, tier, at
) -> None:
    assert rules.authority_of(region) == rules.Authority(tier, at)


@pytest.mark.parametrize("mode", ["none", "unified", "mapped"])
def test_the_choice_of_modes_is_the_provinces_only(mode) -> None:
    rules.checked_mode("340000", mode)
    for region in ("341600", "341602"):
        if mode == "unified":
            rules.checked_mode(region, mode)
        else:
            with pytest.raises(WrongMode):
                rules.checked_mode(region, mode)
