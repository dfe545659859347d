"""Graphs: what is refused, what starts when, what is lost, and the joint last day."""

from datetime import date

import pytest

from app_server.cases.rules.graph import Part, deadline, faults, hopeless, startable
from app_server.kernel import working_days

LICENCE = Part("licence", "A", days=1)
SEALS = Part("seals", "B", ("licence",), 1)
TAX = Part("tax", "C", ("licence",), 2)
FOOD = Part("food", "D", ("tax",), 5)
BANK = Part("bank", "E", days=3)
SHOP = [LICENCE, SEALS, TAX, FOOD, BANK]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [LICENCE, LICENCE],
        [LICENCE, Part("twin", "A")],
        [SEALS],
        [Part("a", "A", ("b",)), Part("b", "B", ("a",))],
        [Part("a", "A", ("a",))],
    ],
)
def test_a_graph_that_cannot_run_is_named_faulty(parts: list[Part]) -> None:
    assert faults(parts)


def test_parts_without_predecessors_start_together_and_the_rest_when_all_theirs_are_approved() -> (
    None
):
    assert faults(SHOP) == []
    states = {part.code: "waiting" for part in SHOP}
    assert startable(SHOP, states) == ["licence", "bank"]
    assert startable(SHOP, states | {"licence": "running", "bank": "running"}) == []
    assert startable(SHOP, states | {"licence": "approved", "bank": "refused"}) == ["seals", "tax"]


def test_a_refusal_loses_what_lies_behind_it_or_all_that_waits() -> None:
    states = {part.code: "waiting" for part in SHOP} | {"licence": "approved", "tax": "refused"}
    assert hopeless(SHOP, states, "go_on") == ["food"]
    assert hopeless(SHOP, states, "stop") == ["seals", "food", "bank"]
    assert hopeless(SHOP, states | {"tax": "running"}, "stop") == []


async def test_the_joint_last_day_is_the_longest_way_over_working_days(database: None) -> None:
    calendar = await working_days.calendar()
    # A Monday; 1 + 2 + 5 working days from it end on Thursday of the week after.
    found = deadline(SHOP, calendar, date(2026, 11, 23))
    assert found.path == ("licence", "tax", "food")
    assert found.due_on == date(2026, 12, 3)
    assert deadline([BANK], calendar, date(2026, 11, 26)).due_on == date(2026, 12, 1)
