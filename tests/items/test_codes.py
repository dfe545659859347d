"""Codes of four provinces are read by data and rules, and keep their scheme (domain.md §2.1)."""

import csv
import json
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from app_server.items.rules.codes import is_item_code, parent_basic, parse, schemes


def test_a_code_is_taken_apart_and_names_its_parent():
    found = parse("11440000006940116U2440102002003", "guangdong")
    assert found is not None
    assert (found.body, found.level, found.basic) == ("11440000006940116U", "2", "440102002003")
    assert (found.item_type, found.main, found.sub, found.business) == ("01", "02002", "003", "")
    assert found.exceptions == ()
    assert parent_basic(found.basic) == "44010200200Y"
    assert parent_basic("440101007000") == "440101007000"


def test_the_same_number_means_another_type_in_another_province():
    ours = "11341602MBDM00012U4342000001000"
    guangdong = ours.replace("4342", "4442", 1)
    assert parse(ours, "anhui").item_type == "20"
    assert parse(guangdong, "guangdong").item_type == "10"
    assert parse(ours, "guangdong") is None


def test_sichuans_code_carries_its_division_and_guizhous_its_letters():
    code = "511A0138000000-511602000000-000-115113010833722043-1-00"
    found = parse(code, "sichuan")
    assert (found.basic, found.division, len(code)) == ("511A0138000000", "511602000000", 55)
    assert parse("XK12345000", "guizhou").item_type == "01"
    assert parse("ZZ12345000", "guizhou") is None


def test_a_temporary_bodys_code_passes_under_its_flag_alone():
    code = "TE440000GD030003VV2440101007000"
    assert parse(code, "guangdong").exceptions == ("body_check",)
    assert not is_item_code(code, "01", "guangdong")
    assert is_item_code(code, "01", "guangdong", temporary=True)
    assert not is_item_code(code[:-1], "01", "guangdong", temporary=True)


@given(st.text(max_size=70), st.sampled_from([*schemes(), "nowhere"]))
def test_whatever_stands_in_a_file_is_read_or_refused_and_never_fails(code, scheme):
    found = parse(code, scheme)
    assert found is None or found.code == code


def test_every_real_row_of_guangdong_is_read_and_six_bodies_are_flagged(shared: Path):
    lines = (shared / "data/items/guangdong_2262.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    read = [parse(row["TASK_CODE"], "guangdong") for row in rows]
    assert len(read) == 2262
    assert None not in read
    assert [one.basic for one in read] == [row["CATAID"] for row in rows]
    assert sum(bool(one.exceptions) for one in read) == 6


def test_the_real_rows_of_sichuan_are_read_but_for_five_that_are_no_codes(shared: Path):
    text = (shared / "data/items/sichuan_county_1135.csv").read_text()
    read = [parse(row["item_code"], "sichuan") for row in csv.DictReader(text.splitlines())]
    assert Counter(one is None for one in read) == {False: 1130, True: 5}
