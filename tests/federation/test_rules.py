"""Who verifies whom, who may be registered where, and the field set (R-ID-26, 40, 42)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import regions
from auth.federation.errors import HomeInvalid, WrongPlatform
from auth.federation.rules import (
    Here,
    authority_of,
    checked_city,
    fits_record,
    home_city,
    level_kept_by,
    route,
)

CITY, PROVINCE = Here("city", "341600"), Here("province", "340000")
CITIES = [r.code for r in regions.children("340000")]


@pytest.mark.parametrize(
    ("here", "home", "reachable", "way"),
    [
        (CITY, "341600", True, "here"),
        (CITY, "341602", True, "here"),
        (CITY, "341600", False, "here"),
        (CITY, "340100", True, "province"),
        (CITY, "340104", True, "province"),
        (CITY, "340000", True, "province"),
        (CITY, "320100", True, "province"),
        (PROVINCE, "341600", True, "city"),
        (PROVINCE, "341602", True, "city"),
        (PROVINCE, "341600", False, "here"),
        (PROVINCE, "340000", True, "here"),
        (PROVINCE, "320100", True, "national"),
        (PROVINCE, "320000", False, "national"),
    ],
)
def test_who_verifies_whom(here, home, reachable, way):
    assert route(here, home, reachable=reachable) == way


@given(st.sampled_from(CITIES), st.sampled_from(CITIES), st.booleans())
def test_a_city_never_asks_another_city(at, home, reachable):
    way = route(Here("city", at), home, reachable=reachable)
    assert way == ("here" if at == home else "province")


def test_an_authority_is_named_by_its_division():
    assert authority_of("341600") == "urn:wanshi:authority:341600"


@pytest.mark.parametrize(
    ("here", "code", "level"),
    [
        (PROVINCE, "341600", "city"),
        (CITY, "340000", "province"),
        (PROVINCE, "340000", None),
        (PROVINCE, "341602", None),
        (PROVINCE, "320100", None),
        (CITY, "340100", None),
        (CITY, "341602", None),
        (CITY, "341600", None),
        (CITY, "320000", None),
    ],
)
def test_a_province_keeps_its_cities_and_a_city_its_province(here, code, level):
    if level:
        assert level_kept_by(here, code) == level
    else:
        with pytest.raises(WrongPlatform):
            level_kept_by(here, code)


@pytest.mark.parametrize(
    ("number", "city"),
    [
        ("341602199003074511", "341600"),
        ("340104199003074511", "340100"),
        ("320102199105200011", None),
        ("349902199003074511", None),
    ],
)
def test_the_id_number_says_a_home_within_the_province(number, city):
    assert home_city("340000", number) == city


@pytest.mark.parametrize("code", ["340000", "341602", "320100", "999999"])
def test_only_a_city_of_the_province_is_a_home(code):
    with pytest.raises(HomeInvalid):
        checked_city("340000", code)


RECORD = {
    "user_no": "0" * 32, "cert_key": "0" * 64, "cert_type": "111", "cert_no": "341602199003074511",
    "cert_ext_date": None, "user_name": "李明轩", "user_sex": "1", "user_nation": "汉族",
    "user_birthday": "1990-03-07", "user_mobile": "13900000001", "user_region": "341600",
    "user_real_lvl": "3", "real_until": None, "user_state": "active", "cd_operation": "I",
    "cd_time": "2026-11-22T10:00:00Z", "cd_batch": "b1",
}  # fmt: skip


def test_the_field_set_is_closed_and_complete():
    assert fits_record(RECORD)
    for name in RECORD:
        assert not fits_record({k: v for k, v in RECORD.items() if k != name}), name
    for extra in ("password", "user_home_address", "staff_code", "login"):
        assert not fits_record(RECORD | {extra: "x"}), extra


@pytest.mark.parametrize(
    "wrong",
    [
        {"cert_no": "34160219900307451"}, {"user_birthday": "1990-13-07"},
        {"user_real_lvl": "5"}, {"user_mobile": "+8613900000001"}, {"cd_operation": "X"},
        {"real_until": "gestern"},
    ],
)  # fmt: skip
def test_a_value_out_of_the_standard_is_refused(wrong):
    assert not fits_record(RECORD | wrong)
