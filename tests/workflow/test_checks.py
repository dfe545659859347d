"""What may be drawn, and that whatever is published comes to its end along the law."""

import pytest

from app_server.workflow.errors import FlowUnfit
from app_server.workflow.rules.checks import check
from app_server.workflow.service import engine
from tests.builders.workflow import DATA, LAWFUL, SIMPLE, TERMS, bpmn


def codes(text: str, terms=TERMS) -> set[str]:
    return {f["code"] for f in check(text, terms)[1]}


HOSTILE_XML = [
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
    '<?xml version="1.0"?><!doctype x><x/>',
    "<x>&undefined;</x>",
    "not xml",
    "",
    "<x>" * 100 + "</x>" * 100,
    "<x>" + "<y/>" * 7000 + "</x>",
    "<x>" + "长" * 200_000 + "</x>",
    '<x xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    "<definitions/>",
    "<x>\x00</x>",
]


@pytest.mark.parametrize("text", HOSTILE_XML, ids=lambda t: t[:30])
def test_hostile_xml_is_refused_in_words(text):
    with pytest.raises(FlowUnfit) as told:
        check(text, TERMS)
    assert told.value.facts["errors"][0]["message"]


FOREIGN = [
    "x scriptTask",
    "x callActivity calledElement=other",
    "x intermediateCatchEvent",
    "x boundaryEvent",
    "x receiveTask",
    "x sendTask",
    "x subProcess",
    "x transaction",
    "x adHocSubProcess",
    "x inclusiveGateway",
    "x eventBasedGateway",
    "x complexGateway",
    "x dataObject",
    "x task",
    "x manualTask",
]


@pytest.mark.parametrize("line", FOREIGN, ids=lambda t: t.split()[1])
def test_what_could_run_or_wait_by_itself_is_refused_by_name(line):
    drawn = bpmn(f"s start\n{line}\ne end", "s > x\nx > e")
    found = check(drawn, TERMS)[1]
    assert {"element": "x", "code": "not_allowed"}.items() <= found[0].items()
    assert line.split()[1] in found[0]["message"]


@pytest.mark.parametrize(
    "inside",
    [
        "<bpmn:multiInstanceLoopCharacteristics/>",
        "<bpmn:standardLoopCharacteristics/>",
        "<bpmn:extensionElements><x xmlns='urn:x'/></bpmn:extensionElements>",
        "<bpmn:ioSpecification/>",
        "<bpmn:script>import os</bpmn:script>",
        "<camunda:script/>",
    ],
)
def test_nothing_hides_inside_of_a_task(inside):
    drawn = bpmn("s start\nx person\ne end", "s > x\nx > e")
    drawn = drawn.replace(
        ' wanshi:role="officer"/>', f' wanshi:role="officer">{inside}</bpmn:userTask>'
    )
    assert "not_allowed" in codes(drawn)


def test_a_foreign_attribute_is_refused():
    drawn = bpmn("s start\nx action action=accept camunda:expression=${x}\ne end", "s > x\nx > e")
    assert codes(drawn) == {"not_allowed"}


def test_definitions_beside_the_process_are_refused():
    drawn = bpmn("s start\nx person\ne end", "s > x\nx > e", extra='<bpmn:message id="m"/>')
    assert codes(drawn) == {"not_allowed"}


UNFIT = {
    "no start": ("x person\ne end", "x > e", "one_start"),
    "two starts": ("s start\nt start\nx person\ne end", "s > x\nt > x\nx > e", "one_start"),
    "a loose line": ("s start\nx person\ne end", "s > x\nx > e\nx > nowhere", "loose_line"),
    "a loose element": ("s start\nx person\ny person\ne end", "s > x\nx > e", "loose_element"),
    "a fork without gateway": (
        "s start\nx person\ne end\nf end",
        "s > x\nx > e\nx > f",
        "fork_needs_gateway",
    ),
    "a join without gateway": (
        "s start\ng parallel\nx person\ny person\nz person\ne end",
        "s > g\ng > x\ng > y\nx > z\ny > z\nz > e",
        "join_needs_gateway",
    ),
    "an unknown action": ("s start\nx action action=destroy\ne end", "s > x\nx > e", "action"),
    "an unknown deed": ("s start\nx person deeds=destroy\ne end", "s > x\nx > e", "action"),
    "an unknown role": ("s start\nx person role=king\ne end", "s > x\nx > e", "role"),
    "no table": ("s start\nx table\ne end", "s > x\nx > e", "table"),
    "days that are no number": ("s start\nx person days=soon\ne end", "s > x\nx > e", "days"),
    "no default": (
        "s start\ng exclusive\ne end\nf end",
        "s > g\ng > e : amount > 1\ng > f : amount < 2",
        "default",
    ),
    "a missing condition": (
        "s start\ng exclusive default=g_f\ne end\nf end",
        "s > g\ng > e\ng > f",
        "condition",
    ),
    "code as a condition": (
        "s start\ng exclusive default=g_f\ne end\nf end",
        "s > g\ng > e : __import__('os')\ng > f",
        "condition",
    ),
    "a fact nobody told": (
        "s start\ng exclusive default=g_f\ne end\nf end",
        "s > g\ng > e : secret > 1\ng > f",
        "condition",
    ),
    "an endless loop": (
        "s start\nj exclusive\nx action action=accept\ng exclusive default=g_e\ne end",
        "s > j\nj > x\nx > g\ng > j : amount > 1\ng > e",
        "endless",
    ),
    "a join that waits for ever": (
        "s start\ng exclusive default=g_y\nx person\ny person\nj parallel\ne end",
        "s > g\ng > x : amount > 1\ng > y\nx > j\ny > j\nj > e",
        "deadlock",
    ),
    "two tokens on a line": (
        "s start\ng parallel\nx person\ny person\nj exclusive\nz person\ne end",
        "s > g\ng > x\ng > y\nx > j\ny > j\nj > z\nz > e",
        "doubled",
    ),
}


@pytest.mark.parametrize(("elements", "lines", "code"), UNFIT.values(), ids=UNFIT)
def test_a_flow_that_would_not_do_is_refused(elements, lines, code):
    assert code in codes(bpmn(elements, lines))


def test_a_loop_with_a_person_in_it_is_fine():
    drawn = bpmn(
        "s start\nj exclusive\nx person\ng exclusive default=g_e\ne end",
        "s > j\nj > x\nx > g\ng > j : amount > 1\ng > e",
    )
    assert codes(drawn) == set()


def test_a_flow_moves_only_along_legal_edges():
    assert codes(SIMPLE, LAWFUL) == set()
    early = bpmn("s start\nx action action=approve\ne end", "s > x\nx > e")
    found = check(early, LAWFUL)[1]
    assert found == [
        {
            "element": "x",
            "code": "illegal_move",
            "message": "办件处于“submitted”时不能进行：approve",
        }
    ]
    # The same drawing is fine for somebody who has no such law.
    assert codes(early) == set()


def test_a_branch_is_judged_by_what_was_done_before_it():
    # Both branches decide; the one after a refusal to accept may not.
    wrong = SIMPLE.replace("tasks.take.deed == 'accept'", "tasks.take.deed == 'decline'")
    assert codes(wrong, LAWFUL) == {"illegal_move"}


def test_a_wide_flow_is_played_through_in_time():
    names = [f"x{n}" for n in range(10)]
    drawn = bpmn(
        "s start\ng parallel\nj parallel\ne end\n" + "\n".join(f"{n} person" for n in names),
        "s > g\nj > e\n" + "\n".join(f"g > {n}\n{n} > j" for n in names),
    )
    assert codes(drawn) == set()
    names = [f"x{n}" for n in range(40)]
    too_wide = bpmn(
        "s start\ng parallel\nj parallel\ne end\n" + "\n".join(f"{n} person" for n in names),
        "s > g\nj > e\n" + "\n".join(f"g > {n}\n{n} > j" for n in names),
    )
    assert codes(too_wide) == {"too_large"}


@pytest.mark.parametrize("file", sorted(DATA.glob("*.bpmn")), ids=lambda f: f.stem)
def test_the_flows_that_ship_can_be_read_by_the_engine(file):
    engine.loads(file.read_text())
    assert engine.walk(file.read_text(), {}, []).open
