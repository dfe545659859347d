"""Old histories walked through a new drawing, before it may be published."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from app_server.kernel import db
from app_server.kernel.crypto import unseal
from app_server.workflow.errors import WorkNotOpen
from app_server.workflow.rules.tables import Table, decide
from app_server.workflow.service import engine
from app_server.workflow.service.engine import Done

# The newest are the ones that look like what is still to come.
NEWEST = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an instance's history leaves the new drawing."""

    subject: str
    step: int
    element: str
    message: str

    @property
    def shown(self) -> dict[str, Any]:
        """As a reply shows it."""
        return asdict(self)


async def replay(code: str, text: str, decided: Mapping[str, Table]) -> list[Difference]:
    """How histories of this flow's earlier versions differ in a new drawing (at most one each)."""
    rows = await db.rows(
        "SELECT i.subject, i.facts, i.state, COALESCE((SELECT jsonb_agg(jsonb_build_object("
        "'element', w.element, 'outcome', w.outcome, 'kind', w.kind) ORDER BY w.seq) "
        "FROM workflow_work w WHERE w.instance_id=i.id AND w.state='done'), '[]') AS steps "
        "FROM workflow_instance i WHERE i.flow_code=$1 AND i.state <> 'stopped' "
        "ORDER BY i.id DESC LIMIT $2",
        code,
        NEWEST,
    )
    found = (
        _difference(
            row["subject"],
            text,
            orjson.loads(unseal(row["facts"], "workflow_instance.facts")),
            orjson.loads(row["steps"]),
            decided,
            ended=row["state"] == "ended",
        )
        for row in rows
    )
    return [difference for difference in found if difference]


def _difference(
    subject: str,
    text: str,
    facts: dict[str, Any],
    steps: list[dict[str, Any]],
    decided: Mapping[str, Table],
    *,
    ended: bool,
) -> Difference | None:
    done: list[Done] = []
    position = engine.walk(text, facts, done)
    elements = engine.drawn(text).elements
    for number, step in enumerate(steps, 1):
        here = elements.get(step["element"])
        if here is not None and here.kind == "table" and here.table in decided:
            said = decide(decided[here.table], position.facts)
            if not said.unknown and said.outcome != _without(step["outcome"]):
                return Difference(subject, number, here.id, "决策表会给出另一个结论")
        done.append(Done(step["element"], step["outcome"]))
        try:
            position = engine.walk(text, facts, done)
        except WorkNotOpen:
            return Difference(subject, number, step["element"], "新流程在这里没有这项待办")
    if ended and not position.ended:
        element = position.open[0][0]
        return Difference(subject, len(steps), element, "已办完的流程在新流程中还有待办")
    return None


def _without(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if name != "reasons"}
