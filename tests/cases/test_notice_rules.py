"""一次性告知 as pure rules: what may still be named in a later round."""

from hypothesis import given
from hypothesis import strategies as st

from app_server.cases.rules import Defect, late, unknown

KEYS = st.sets(st.sampled_from(["a", "b", "c", "d"]))


def defects(codes: set[str]) -> list[Defect]:
    return [Defect("field", code, "form", "不清楚") for code in sorted(codes)]


def notice(codes: set[str], marks: dict[str, str]) -> dict[str, object]:
    return {"items": [d.told() for d in defects(codes)], "marks": marks}


MARKS = {f"field:{code}": "1" for code in "abcd"}


@given(KEYS, KEYS, KEYS)
def test_late_is_what_was_neither_named_nor_changed(first, second, changed):
    now = MARKS | {f"field:{code}": "2" for code in changed}
    found = late(defects(second), [notice(first, MARKS)], now)
    assert set(found) == {f"field:{code}" for code in second - first - changed}


def test_the_first_notice_may_name_everything():
    assert late(defects({"a", "b"}), [], MARKS) == []


def test_a_third_round_is_measured_by_the_first_and_by_all_that_was_named():
    earlier = [notice({"a"}, MARKS), notice({"b"}, MARKS | {"field:b": "2"})]
    now = MARKS | {"field:b": "2"}
    assert late(defects({"a", "b", "c"}), earlier, now) == ["field:c"]


def test_a_material_that_was_missing_then_and_is_missing_now_could_be_seen_then():
    named = [Defect("material", "photo", "incomplete", "缺照片")]
    assert late(named, [notice(set(), MARKS)], MARKS) == ["material:photo"]


def test_what_the_guide_does_not_ask_for_is_unknown():
    named = [
        Defect("field", "a", "form", "x"),
        Defect("material", "a", "form", "x"),
        Defect("condition", "年满十八周岁", "form", "x"),
    ]
    assert unknown(named, {"a"}, {"photo"}, ["年满十八周岁"]) == ["material:a"]
