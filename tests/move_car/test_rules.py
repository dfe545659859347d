"""Plates: what is one, and what a stranger sees of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.move_car.errors import BadPlate
from app_server.move_car.rules import plate_of, region_of, tail_of

SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@pytest.mark.parametrize(
    "text",
    [
        "皖SD1288", "皖s·d1288", " 皖S D1288 ", "皖Ｓ１２３４５", "京AD12345", "粤BF12345", "皖A12345D",
        "皖A1234学", "皖A1234警", "皖A1234挂", "粤Z1234港", "粤ZAB12澳",
    ],
)  # fmt: skip
def test_plates_of_the_national_patterns_are_taken_however_they_are_typed(text):
    assert len(plate_of(text)) == 8 - (len(plate_of(text)) == 7)


@pytest.mark.parametrize(
    "text",
    [
        "", "皖S", "SD12888", "皖IA2345", "皖S1234O", "皖S123I5", "皖S123456", "皖SL12345",
        "皖SD1234A", "皖A1234港", "粤Z12345港", "皖A123456D", "皖S1234警学", "皖S12345\n1",
        "领S12345", "皖S1234'", "٣皖S1234", "皖S١٢٣٤٥",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_plate_is_refused(text):
    with pytest.raises(BadPlate):
        plate_of(text)


@given(st.sampled_from("京皖粤新"), st.sampled_from("ABS"), st.text(SIGNS, min_size=5, max_size=5))
def test_any_serial_of_five_allowed_signs_is_a_plate_and_only_its_end_is_shown(area, office, rest):
    plate = plate_of(f"{area}{office}·{rest.lower()}")
    assert plate == area + office + rest
    assert plate_of(plate) == plate
    assert tail_of(plate) == "•••••" + rest[-2:]


@given(st.text(max_size=12))
def test_any_text_is_a_plate_or_refused_and_nothing_else_happens(text):
    try:
        plate = plate_of(text)
    except BadPlate:
        return
    assert plate_of(plate) == plate


def test_a_plate_of_anhui_names_its_city_and_another_the_province():
    assert (region_of("皖SD1288"), region_of("皖A12345"), region_of("京A12345")) == (
        "341600",
        "340100",
        "340000",
    )
