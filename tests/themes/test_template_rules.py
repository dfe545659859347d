"""Templates as data: what may be published, and the graph that answers make."""

import copy

import pytest

from app_server.themes import seed
from app_server.themes.rules.project_codes import project_code_fault
from app_server.themes.rules.templates import Template, answer_faults, faults, graph_of
from app_server.themes.service.templates import holds
from app_server.workflow.service import check_expression

TOLD = {one["code"]: one for one in seed._file("templates")["templates"]}
START = Template.model_validate(TOLD["company-start"])


def parts(answers: dict) -> dict[str, list[str]]:
    return {part.code: part.after for part in graph_of(START, answers, holds).parts}


def test_every_shipped_template_holds_together():
    for told in TOLD.values():
        assert faults(Template.model_validate(told), check_expression) == []


def test_the_business_type_adds_the_follow_up_permits_before_filing():
    plain = parts({"trade": "general", "staff": "no"})
    assert len(plain) == 7
    assert plain["licence"] == []
    assert plain["bank"] == ["seals"]
    shop = parts({"trade": "supermarket", "area": 299, "staff": "no"})
    assert set(shop) - set(plain) == {"food_shop"}
    large = parts({"trade": "restaurant", "area": 300, "staff": "no"})
    assert set(large) - set(plain) == {"food_meal", "fire"}
    outputs = graph_of(START, {"trade": "restaurant", "area": 300}, holds).outputs
    assert {o.part for o in outputs} == {"licence", "seals", "invoices", "food_meal", "fire"}
    found = {(o.name, o.quantity, o.unit) for o in outputs}
    assert {("营业执照", 1, "本"), ("印章", 5, "枚"), ("发票", 25, "张")} <= found


def test_what_waited_for_a_part_left_out_waits_for_what_came_before_it():
    told = copy.deepcopy(TOLD["multi-drawing"])
    told["parts"][1]["after"] = ["d_build"]
    told["parts"][3]["after"] = ["d_fire"]
    graph = graph_of(Template.model_validate(told), {"fire": "no", "air": "no"}, holds)
    assert [(p.code, p.after) for p in graph.parts] == [
        ("d_build", []),
        ("d_permit", ["d_build"]),
    ]


def change(told: dict, path: str, value: object) -> None:
    *names, last = path.split(".")
    for name in names:
        told = told[int(name) if name.isdigit() else name]
    told[int(last) if last.isdigit() else last] = value


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("parts.7.when", "__import__('os')", "parts.food_shop"),
        ("parts.7.when", "turnover > 3", "parts.food_shop"),
        ("parts.7.when", "trade ==", "parts.food_shop"),
        ("questions.1.when", "staff == 'yes'", "questions.area"),
        ("questions.0.options", [], "questions.trade"),
        ("questions.1.code", "trade", "questions"),
        ("parts.0.after", ["bank"], "parts"),
        ("parts.1.after", ["nothing"], "parts.seals"),
        ("parts.1.code", "licence", "parts"),
        ("parts.1.basic", TOLD["company-start"]["parts"][0]["basic"], "parts"),
        ("lead", "food_shop", "lead"),
        ("lead", "nobody", "lead"),
        ("outputs.0.part", "nobody", "outputs"),
        ("tasks.0.after", ["nobody"], "tasks.device"),
    ],
)
def test_a_template_that_does_not_hold_together_is_named(path: str, value: object, field: str):
    told = copy.deepcopy(TOLD["company-start"])
    change(told, path, value)
    found = faults(Template.model_validate(told), check_expression)
    assert field in {fault["field"] for fault in found}, found


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({}, "trade"),
        ({"trade": "casino", "staff": "no"}, "trade"),
        ({"trade": ["general"], "staff": "no"}, "trade"),
        ({"trade": "supermarket", "staff": "no"}, "area"),
        ({"trade": "supermarket", "staff": "no", "area": 0}, "area"),
        ({"trade": "supermarket", "staff": "no", "area": True}, "area"),
        ({"trade": "supermarket", "staff": "no", "area": "300"}, "area"),
        ({"trade": "general", "staff": "no", "area": 300}, "area"),
        ({"trade": "general", "staff": "no", "else": 1}, "else"),
    ],
)
def test_answers_that_do_not_fit_are_named(answers: dict, field: str):
    found = answer_faults(START, answers, holds)
    assert [fault["field"] for fault in found if fault["field"].endswith(field)], found


def test_an_answer_of_several_is_a_choice_without_repetition():
    several = Template.model_validate(TOLD["multi-evaluation"])
    assert answer_faults(several, {"kinds": ["energy", "water"]}, holds) == []
    assert answer_faults(several, {}, holds) == []
    for bad in (["energy", "energy"], ["gold"], [["energy"]], "energy", 3):
        assert answer_faults(several, {"kinds": bad}, holds), bad
    graph = graph_of(several, {"kinds": ["energy", "quake"]}, holds)
    assert [part.code for part in graph.parts] == ["eia", "energy", "quake"]
    # Evaluations run side by side.
    assert all(part.after == [] for part in graph.parts)


def test_a_project_code_has_24_signs_of_one_of_two_generations():
    for good in ("2603-340100-04-01-123456", "2019-340104-47-03-012345"):
        assert len(good) == 24
        assert project_code_fault(good) == ""
    for bad in (
        "",
        "2613-340100-04-01-123456",
        "2603-320100-04-01-123456",
        "2603-340100-04-01-12345",
        "2603-340100-04-00-123456",
        "2014-340104-47-03-012345",
        "2019-340104-47-04-01234x",
        "２603-340100-04-01-123456",
        "2603-34０100-04-01-123456",
        "2603-340100-04-01-123456\n",
    ):
        assert project_code_fault(bad), bad
