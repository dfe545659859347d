"""One form over several: nothing is lost, nothing is mixed up, what is the same is asked once."""

from hypothesis import given
from hypothesis import strategies as st

from app_server.cases.rules.merging import Sheet, gathered, merged, paper_key, pooled, projected

KINDS = [
    {"type": "string", "title": "姓名"},
    {"type": "string", "title": "名称"},
    {"type": "integer"},
]
PROPERTIES = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(KINDS), min_size=1)


def sheet(code: str, properties: dict[str, dict[str, str]]) -> Sheet:
    order = sorted(properties)
    outline = {"order": order, "widgets": {name: {"kind": "text"} for name in order}}
    return Sheet(code, code, {"properties": properties, "required": order[:1]}, outline)


@given(st.lists(PROPERTIES, min_size=1, max_size=5))
def test_every_field_of_every_part_is_filled_by_exactly_one_that_asks_the_same(forms) -> None:
    sheets = [sheet(f"p{n}", properties) for n, properties in enumerate(forms)]
    one = merged(sheets)
    filled = [target for targets in one.fills.values() for target in targets]
    asked = [(s.code, name) for s in sheets for name in s.outline["order"]]
    assert sorted(filled) == sorted(asked)
    for key, targets in one.fills.items():
        for code, name in targets:
            own = next(s for s in sheets if s.code == code)
            assert own.schema["properties"][name] == one.schema["properties"][key]
    assert sorted(one.outline["order"]) == sorted(one.schema["properties"])
    # The same question is asked once: no two fields of one name ask the very same.
    by_name = [(key.rpartition("--")[2], str(one.schema["properties"][key])) for key in one.fills]
    assert len(by_name) == len(set(by_name))


@given(st.lists(PROPERTIES, min_size=1, max_size=4), st.data())
def test_what_is_written_comes_back_as_it_was(forms, data) -> None:
    one = merged([sheet(f"p{n}", properties) for n, properties in enumerate(forms)])
    written = data.draw(st.dictionaries(st.sampled_from(sorted(one.fills)), st.integers()))
    assert gathered(one.fills, projected(one.fills, written)) == written


def test_a_paper_is_one_when_kind_and_file_kinds_agree() -> None:
    photo = {"code": "photo", "name": "近期免冠照片", "required": False, "file": None}
    again = {"code": "picture", "name": "近期免冠照片", "required": True, "file": {"id": "1"}}
    pdf = {"code": "plan", "name": "近期免冠照片", "required": False, "kinds": ["pdf"]}
    assert paper_key(photo) == paper_key(again) != paper_key(pdf)
    first, second = pooled([("a", "甲", [photo, pdf]), ("b", "乙", [again])])
    assert first["where"] == [("a", "photo"), ("b", "picture")]
    assert (first["required"], first["material"], first["for"]) == (True, again, ["甲", "乙"])
    assert second["where"] == [("a", "plan")]
