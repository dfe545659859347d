"""The tree never holds a cycle, states move along their tables, and entries say what they must."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.sharing.errors import NotInThisState, TreeCycle, TreeTooDeep
from app_server.sharing.rules.catalogue import (
    MAX_DEPTH,
    ResourceField,
    checked_place,
    findings,
    fixed_roots,
    node_code,
    open_fields,
)
from app_server.sharing.rules.data_services import service_findings
from app_server.sharing.rules.states import STATE_NAMES, TABLES, checked_move
from auth.staff.rules import checked_org_code
from tests.builders.sharing import HOUSEHOLD, HOUSING, POLICE, content, household

MOVES = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=30)


def _depth(parents, node):
    depth, seen = 1, {node}
    while (node := parents[node]) is not None:
        assert node not in seen, "a cycle"
        seen.add(node)
        depth += 1
    return depth


# Others use the machine too: a slow draw is no finding.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(MOVES)
def test_whatever_is_moved_the_tree_stays_a_tree_within_its_depth(moves):
    ids = [UUID(int=n) for n in range(10)]
    parents = dict.fromkeys(ids)
    for node, parent in moves:
        try:
            checked_place(parents, ids[node], ids[parent])
        except TreeCycle:
            assert _below(parents, ids[parent], ids[node])
            continue
        except TreeTooDeep:
            continue
        parents[ids[node]] = ids[parent]
        assert max(_depth(parents, one) for one in ids) <= MAX_DEPTH


def _below(parents, node, top):
    while node is not None:
        if node == top:
            return True
        node = parents[node]
    return False


@given(st.sampled_from(sorted(TABLES)), st.lists(st.integers(0, 9), max_size=12))
def test_states_only_move_along_their_table(name, picks):
    table = TABLES[name]
    moves = sorted(table)
    state = min(next(iter(table.values())).sources)
    for pick in picks:
        move = moves[pick % len(moves)]
        if state in table[move].sources:
            state = checked_move(table, move, state)
            assert state in STATE_NAMES
        else:
            with pytest.raises(NotInThisState):
                checked_move(table, move, state)


@given(st.integers(0, 40))
def test_codes_are_never_given_twice(count):
    taken: list[str] = []
    for _ in range(count):
        code = node_code("department", "", taken)
        assert code not in taken
        taken.append(code)
    assert node_code("department", "301", ["301002", "301001", "301001001"]) == "301003"


def test_the_fixed_roots_are_four_libraries_and_eleven_themes_with_check_valid_leads():
    roots = fixed_roots()
    assert [r.library for r in roots if r.kind == "base"] == [
        "population", "legal_person", "spatial", "licences",
    ]  # fmt: skip
    assert len([r for r in roots if r.kind == "theme"]) == 11
    assert all(checked_org_code(r.lead_org) for r in roots)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"share_type": "none"}, "legal_basis"),
        ({"share_condition": " "}, "share_condition"),
        ({"share_type": "secretly"}, "share_type"),
        ({"format": "paper"}, "format"),
        ({"use_requirement": ""}, "use_requirement"),
        ({"update_limit_days": 0}, "update_limit_days"),
        ({"fields": ()}, "fields"),
        ({"open": True, "open_scope": "全社会"}, "open"),
        ({"fields": (ResourceField("a", "甲", "text", "public", ""),)}, "fields.0"),
        ({"fields": (ResourceField("a", "甲", "text", "public", "源"),) * 2}, "fields.0"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(change, field):
    assert not findings(content())
    assert field in {wrong["field"] for wrong in findings(content(**change))}


def test_only_fields_about_nobody_are_open():
    told = (
        ResourceField("a", "甲", "text", "public", "源"),
        ResourceField("b", "乙", "text", "internal", "源"),
        ResourceField("c", "丙", "text", "personal", "源"),
    )
    assert open_fields(told) == ("a",)
    assert not findings(content(fields=told, open=True, open_scope="全社会"))


@pytest.mark.parametrize(
    ("wanted", "org", "field"),
    [
        (household(), HOUSING, "target"),
        (household(target="no.such"), POLICE, "target"),
        (household(needs=("id_number",)), POLICE, "needs"),
        (household(gives=("password",)), POLICE, "gives"),
        (household(probe={}), POLICE, "probe"),
        (household(kind="url", target="http://example.com"), POLICE, "target"),
        (household(kind="url", target="https://user@example.com"), POLICE, "target"),
        (household(kind="flow"), POLICE, "flow"),
        (household(flow={"steps": []}), POLICE, "flow"),
        (household(kind="magic"), POLICE, "kind"),
    ],
)
def test_a_data_service_that_could_not_answer_is_refused(wanted, org, field):
    assert not service_findings(household(), POLICE, HOUSEHOLD, production=True)
    found = service_findings(wanted, org, HOUSEHOLD, production=True)
    assert field in {wrong["field"] for wrong in found}
