"""What is told of a case beside its page: clock, documents, stages, sub-tasks, and its chain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from app_server.cases.errors import NoSuchCase
from app_server.cases.rules import legal_times, reach, stages
from app_server.cases.rules.stages import LegalTime, Stage
from app_server.cases.service.clock import ClockView, explain
from app_server.cases.service.delivery import chosen_way
from app_server.cases.service.documents import DocumentFacts, documents_of
from app_server.cases.service.reading import own_case
from app_server.cases.service.subtasks import subtasks_of
from app_server.items import service as items
from app_server.kernel import audit, db, regions
from app_server.kernel.principal import Principal

_COLUMNS = (
    "id, case_no, person_id, state, region, department, received_at, submitted_at, accepted_at, "
    "examined_at, decided_at, delivered_at, limit_days, limit_unit, clock, channel, "
    "intake_region, outlet_region, handling, item_code, item_version"
)


@dataclass(frozen=True, slots=True)
class Course:
    """The stage axis, the five legal timestamps, and which places took part (R-CAS-21)."""

    stages: list[Stage]
    legal: list[LegalTime]
    chain: list[dict[str, str]]
    # How the result can come, and how it will as things stand.
    ways: list[str]
    way: str


async def _own(person_id: UUID, case_no: str) -> Mapping[str, Any]:
    standing = await own_case(person_id, case_no)
    row = await db.row(f"SELECT {_COLUMNS} FROM cases_case WHERE id=$1", standing.row["id"])
    if row is None:
        raise NoSuchCase
    return dict(row)


async def _on_desk(officer: Principal, case_no: str, action: str) -> Mapping[str, Any]:
    condition, args = reach.anywhere(officer, 2)
    row = await db.row(
        f"SELECT {_COLUMNS} FROM cases_case WHERE case_no=$1 AND {condition}",
        case_no,
        *args,
    )
    if row is None:
        raise NoSuchCase
    async with db.unit_of_work():
        audit.record(officer, action, f"case:{case_no}", owner=row["person_id"])
    return dict(row)


async def seen(principal: Principal, case_no: str, action: str) -> Mapping[str, Any]:
    """The row of a case a person owns or an officer reaches; an officer's look is recorded.

    Raises `NoSuchCase`.
    """
    if principal.kind == "person":
        return await _own(principal.subject, case_no)
    return await _on_desk(principal, case_no, action)


async def clock_of(principal: Principal, case_no: str) -> ClockView:
    """Why the case is due when it is, day by day; raises `NoSuchCase`."""
    row = await seen(principal, case_no, "cases.clock_read")
    return await explain(row, orjson.loads(row["clock"]))


async def papers_of(principal: Principal, case_no: str) -> list[DocumentFacts]:
    """The documents of a case, with addresses to read them; raises `NoSuchCase`."""
    row = await seen(principal, case_no, "cases.documents_read")
    return await documents_of(row["id"])


async def course_of(principal: Principal, case_no: str) -> Course:
    """How far a case is and who took part; raises `NoSuchCase`."""
    row = await seen(principal, case_no, "cases.course_read")
    steps = await db.rows(
        "SELECT move, at, actor_name, note FROM cases_step WHERE case_id=$1 ORDER BY id", row["id"]
    )
    told = [dict(step) for step in steps]
    if principal.kind == "person":
        # People are told which authority acted, not which official.
        told = [step | {"actor_name": row["department"]} for step in told]
    item = await items.version(row["item_code"], row["item_version"])
    chosen = (orjson.loads(row["handling"]).get("delivery") or {}).get("way", "")
    way = chosen_way(chosen, item)
    return Course(
        stages(told, row["state"]), legal_times(row), _chain(row), list(item.delivery), way
    )


async def tasks_of(officer: Principal, case_no: str) -> list[Mapping[str, Any]]:
    """The sub-tasks of a case; raises `NoSuchCase`."""
    row = await seen(officer, case_no, "cases.subtasks_read")
    return await subtasks_of(row["id"])


def _chain(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """Filed, decided, handed out: at which place and level of the province each happens."""
    places = (
        ("filed", "收件", row["intake_region"]),
        ("decided", "决定", row["region"]),
        ("delivered", "送达", row["outlet_region"]),
    )
    return [
        {
            "part": part,
            "label": label,
            "region": place,
            "region_name": regions.full_name(place) if place else "网上",
        }
        for part, label, place in places
    ]
