"""A flow has parts that exist, sources that exist, and no circle."""

from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.sharing.rules.flows import flow_findings, flow_of, outputs, reaches, rounds
from tests.builders.sharing_office import FLOW, GIVES

NEEDS = ("id_number", "name")


def changed(**steps):
    told = deepcopy(FLOW)
    for number, more in steps.items():
        told["steps"][int(number[1:])].update(more)
    return told


def fields(told, gives=GIVES):
    return {wrong["field"] for wrong in flow_findings(flow_of(told), NEEDS, gives)}


def test_a_good_flow_runs_in_rounds_by_what_waits_for_what():
    assert fields(FLOW) == set()
    flow = flow_of(FLOW)
    assert [[step.name for step in ready] for ready in rounds(flow)] == [["family"], ["contract"]]
    assert sorted(outputs(flow)) == sorted(GIVES)


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (FLOW | {"policy": "most"}, "flow.policy"),
        (FLOW | {"steps": FLOW["steps"][:1]}, "flow.steps"),
        (changed(s1={"name": "family"}), "flow.steps"),
        (changed(s1={"name": "subject"}), "flow.steps"),
        (changed(s1={"name": "a.b"}), "flow.steps"),
        (changed(s1={"needs": {"household_no": "family.address"}}), "flow.steps.1.needs"),
        (changed(s1={"needs": {"household_no": "nobody.x"}}), "flow.steps.1.needs"),
        (changed(s1={"timeout_ms": 1}), "flow.steps.1.timeout_ms"),
        (changed(s0={"needs": {"id_number": "contract.contract_no", "name": "subject.name"}}),
         "flow.steps"),
        (changed(s1={"fields": ["holder"]}), "gives"),
    ],
)  # fmt: skip
def test_a_flow_that_could_not_run_is_refused(told, field):
    assert field in fields(told)


@pytest.mark.parametrize(
    "told",
    [
        {},
        FLOW | {"more": 1},
        FLOW | {"steps": {}},
        changed(s0={"timeout_ms": True}),
        changed(s0={"fields": [1]}),
        changed(s0={"more": 1}),
    ],
)
def test_another_shape_is_no_flow(told):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        flow_of(told)


CODES = st.sampled_from("abcdef")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(CODES, st.lists(CODES, max_size=3)), max_size=20))
def test_however_services_are_composed_none_is_part_of_itself(changes):
    parts = {}
    for code, below in changes:
        if not reaches(parts, below, code):
            parts[code] = below
    for code, below in parts.items():
        seen, ring = set(), set(below)
        while ring - seen:
            seen |= ring
            ring = {one for part in ring for one in parts.get(part, ())}
        assert code not in seen
