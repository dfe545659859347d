"""Decision tables: what they say, and that doubt goes to a person."""

import pytest

from app_server.workflow.errors import TableUnfit
from app_server.workflow.rules.tables import check_table, decide, table
from tests.builders.workflow import DATA, dmn

AGES = ["< 18 | 0", "[18..60) | 1", ">= 60 | 2"]


def said(text: str, **facts: object):
    return decide(table(text), facts)


@pytest.mark.parametrize(("age", "level"), [(17, 0), (18, 1), (59.9, 1), (60, 2), (99, 2)])
def test_ranges_and_comparisons_choose_one_rule(age, level):
    decision = said(dmn(["age"], ["level"], AGES), age=age)
    assert decision.outcome == {"level": level}
    assert not decision.unknown
    assert decision.trace == [
        {"rule": f"r{level + 1}", "matched": "命中", "reason": f"规则 {level + 1}"}
    ]


def test_a_missing_fact_hands_it_to_a_person_with_the_reason():
    decision = said(dmn(["age"], ["level"], AGES))
    assert decision.unknown
    assert decision.outcome == {}
    assert {t["matched"] for t in decision.trace} == {"缺少事实，无法判断"}


def test_a_missing_fact_that_no_rule_asks_for_does_not_matter():
    text = dmn(["age", "income"], ["level"], ["> 60 | - | 1", "<= 60 | > 5 | 2"])
    assert said(text, age=61).outcome == {"level": 1}
    assert said(text, age=60).unknown


@pytest.mark.parametrize("value", ["sixty", True, None, [60], {"age": 60}])
def test_a_value_of_another_kind_is_unknown(value):
    assert said(dmn(["age"], ["level"], AGES), age=value).unknown


def test_no_rule_that_fits_is_for_a_person():
    decision = said(dmn(["age"], ["level"], ["> 60 | 1"]), age=5)
    assert decision.unknown
    assert decision.trace[-1]["reason"] == "没有适用的规则"


def test_rules_that_contradict_each_other_are_for_a_person():
    rules = ["> 1 | 1", "> 2 | 2"]
    assert said(dmn(["a"], ["x"], rules), a=5).unknown
    assert said(dmn(["a"], ["x"], rules, "FIRST"), a=5).outcome == {"x": 1}
    assert said(dmn(["a"], ["x"], rules, "ANY"), a=5).unknown
    assert said(dmn(["a"], ["x"], ["> 1 | 1", "> 2 | 1"], "ANY"), a=5).outcome == {"x": 1}
    assert said(dmn(["a"], ["x"], rules, "COLLECT"), a=5).outcome == {"x": [1, 2]}


def test_first_stops_at_a_rule_it_cannot_judge():
    text = dmn(["a", "b"], ["x"], ["> 1 | > 1 | 1", "> 1 | - | 2"], "FIRST")
    assert said(text, a=5).unknown
    assert said(text, a=5, b=0).outcome == {"x": 2}


def test_lists_negation_dates_and_words():
    text = dmn(
        ["kind", "day"],
        ["x"],
        [
            '"甲", "乙,丙" | >= date("2026-10-01") | true',
            'not("甲", "乙,丙") | - | false',
        ],
    )
    assert said(text, kind="乙,丙", day="2026-11-22").outcome == {"x": True}
    assert said(text, kind="丁", day="2026-11-22").outcome == {"x": False}
    assert said(text, kind="甲", day="2026-09-30").unknown


@pytest.mark.parametrize(
    "cell",
    [
        "__import__('os')",
        "age > 3",
        "f(1)",
        "[1..",
        "not(not(1))",
        "not(-)",
        '"a',
        'date("2026-02-30")',
        "{}",
        "1 and 2",
        "x" * 400,
    ],
)
def test_a_cell_that_is_no_plain_test_is_refused(cell):
    with pytest.raises(TableUnfit) as told:
        table(dmn(["age"], ["x"], [f"{cell} | 1"]))
    assert told.value.facts["errors"][0]["element"] == "r1"


@pytest.mark.parametrize("cell", ["-", "", "a + b", "> 1", "null", "import os"])
def test_an_output_is_a_plain_value(cell):
    with pytest.raises(TableUnfit):
        table(dmn(["age"], ["x"], [f"1 | {cell}"]))


def test_the_shape_of_a_table_is_checked():
    def found(text: str) -> set[str]:
        return {f["code"] for f in check_table(text, {"age"})}

    assert found(dmn(["age"], ["x"], ["1 | 1"])) == set()
    assert found(dmn(["age"], ["x"], ["1 | 1"], "PRIORITY")) == {"hit_policy"}
    assert found(dmn(["age"], ["x"], ["1 | 1 | 1"])) == {"columns"}
    assert found(dmn(["age"], ["x", "x"], ["1 | 1 | 1"])) == {"outputs"}
    assert found(dmn(["age"], ["x"], [])) == {"rules"}
    assert found(dmn(["age"], ["x"], ["1 | 1"] * 501)) == {"rules"}
    assert found(dmn([], ["x"], ["1"])) == {"columns"}
    assert found(dmn(["secret"], ["x"], ["1 | 1"])) == {"input"}
    assert found(dmn(["exec('x')"], ["x"], ["1 | 1"])) == {"input"}
    assert found("<definitions/>") == {"not_dmn"}
    assert found('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>') == {"doctype"}


def test_the_table_that_ships_accepts_only_what_is_whole():
    text = (DATA / "housing-acceptance.dmn").read_text()
    whole = {"checks": {"materials": True, "registries": True}, "form": {"property_count": 0}}
    assert decide(table(text), whole).outcome == {"accept": True}
    for missing in ("checks", "form"):
        held = {k: v for k, v in whole.items() if k != missing}
        assert decide(table(text), held).outcome != {"accept": True}
    owner = whole | {"form": {"property_count": 1}}
    assert decide(table(text), owner).outcome == {"accept": False}
