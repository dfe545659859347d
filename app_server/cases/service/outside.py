"""What systems outside may do with cases, and what they are told (R-CAS-05, R-CAS-13, R-CAS-15).

A department's own system acts as its officers would, along the same legal edges and no others;
补录 is what an officer enters by hand after it happened in a system nobody is connected to.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from app_server.cases.errors import NoSuchCase, NotInThisState
from app_server.cases.events import CaseProgressed
from app_server.cases.models import Case
from app_server.cases.rules import MOVES, RUNNING
from app_server.cases.service import intake, procedures, review
from app_server.cases.service.progress import note_progress
from app_server.cases.service.steps import LATE_ENTRY, news, note_step, on_desk, timeline_entry
from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict, InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

DeedName = Literal[
    "receive",
    "accept",
    "begin_review",
    "progress",
    "suspend",
    "resume",
    "return_case",
    "approve",
    "refuse",
]
# Lines of a case's history that no edge of the state table stands for.
_DEEDS = {"submit": "提交申请", "progress": "办理进展", "late_entry": LATE_ENTRY}
_ROLES = frozenset({"case_officer", "case_approver"})
_LINES = (
    "SELECT s.id, s.move, s.from_state, s.to_state, s.at, c.case_no, c.item_code, c.item_name, "
    "c.org, c.region FROM cases_step s "
    "JOIN cases_case c ON c.city_code = s.city_code AND c.id = s.case_id WHERE "
)
_STEPS = (
    "SELECT s.id AS step_id, s.move, s.from_state, s.to_state, s.note, s.at, s.actor_name, c.* "
    "FROM cases_step s JOIN cases_case c ON c.city_code = s.city_code AND c.id = s.case_id "
    "WHERE c.org = $1 AND c.item_code = ANY($2::text[]) "
    "AND ($3::uuid IS NULL OR s.id > $3) AND s.id < $4 ORDER BY s.id LIMIT $5"
)


@dataclass(frozen=True, slots=True)
class OutsideDeed:
    """What a department's system says it did; `title` names a line that moves nothing."""

    name: DeedName
    note: str = ""
    title: str = ""
    points: Sequence[review.PointMark] = ()
    procedure: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A case as its department's system gets it."""

    case: Case
    data: Mapping[str, Any] = field(repr=False)


async def _held(case_no: str, org: str, items: Collection[str]) -> Case:
    case = await Case.get_or_none(case_no=case_no, org=org)
    if case is None or case.item_code not in items:
        raise NoSuchCase
    return case


async def hand_to_system(
    by: Principal,
    case_no: str,
    *,
    org: str,
    items: Collection[str],
    purpose: str,
    accepted: bool = False,
) -> HandedOver:
    """A case for the system of its department; the applicant sees that it was passed on.

    Raises `NoSuchCase`, also for another department's case, and `NotInThisState` where only
    `accepted` cases are wanted and this one never was.
    """
    async with db.unit_of_work():
        case = await _held(case_no, org, items)
        if accepted and case.accepted_at is None:
            raise NotInThisState(state=case.state)
        audit.record(
            by, "cases.handed_to_system", f"case:{case_no}", owner=case.person_id, purpose=purpose
        )
    return HandedOver(case, orjson.loads(case.data))


async def act_for(
    system: Principal, case_no: str, deed: OutsideDeed, *, org: str, items: Collection[str]
) -> str:
    """Do what a department's system says, as its officers would; answers the state afterwards.

    Raises `NoSuchCase`, `NotInThisState`, and whatever the same deed of an officer raises.
    """
    async with db.unit_of_work():
        await db.lock(f"cases:{case_no}")
        case = await _held(case_no, org, items)
        if deed.name == "progress":
            await note_progress(
                system, case_no, org=org, items=items, title=deed.title, note=deed.note
            )
            return str(case.state)
        officer = replace(system, roles=_ROLES, org=org, region=case.region, channel="system")
        await _do(officer, case, deed)
        return str((await Case.get(case_no=case_no)).state)


async def _do(officer: Principal, case: Case, deed: OutsideDeed) -> None:
    number, version, note = case.case_no, case.version, deed.note
    match deed.name:
        case "receive":
            await intake.receive(officer, number, version)
        case "accept":
            await intake.accept(officer, number, version)
        case "begin_review":
            await review.begin_review(officer, number, version)
        case "suspend":
            await procedures.suspend(
                officer, number, version, kind=deed.procedure, days=deed.days, reason=note
            )
        case "resume":
            await procedures.resume(officer, number, version, note)
        case "return_case":
            await intake.return_case(officer, number, version, note)
        case "approve":
            await review.approve(officer, number, version, note, deed.points)
        case "refuse":
            await review.refuse(officer, number, version, note, deed.points)


async def enter_late(
    officer: Principal, case_no: str, *, title: str, note: str, at: datetime
) -> Case | None:
    """Add what happened elsewhere to a case's timeline, marked 补录; None when it stands there.

    Nothing moves. Raises `NoSuchCase`, `NotInThisState`, and `InvalidInput` for a time that is
    not between the application and now.
    """
    async with db.unit_of_work():
        await db.lock(f"cases:{case_no}")
        case = await on_desk(officer, case_no)
        if case.state not in RUNNING | {"closed"}:
            raise NotInThisState(state=case.state)
        if not case.submitted_at <= at <= clock.now():
            said = "发生时间应在申请时间之后、当前时间之前"
            raise InvalidInput(errors=[{"field": "at", "message": said}])
        entry = timeline_entry(case.state, case.department, note, at, title, LATE_ENTRY)
        if entry in case.timeline:
            return None
        if not await db.execute(
            "UPDATE cases_case SET timeline = timeline || $3::jsonb, version = version + 1 "
            "WHERE id = $1 AND version = $2",
            case.id,
            case.version,
            orjson.dumps([entry]).decode(),
        ):
            raise Conflict
        note_step(officer, case, "late_entry", f"{title}：{note}（{at.isoformat()}）")
        audit.record(
            officer,
            "cases.late_entry",
            f"case:{case_no}",
            owner=case.person_id,
            purpose=title,
        )
        announce(CaseProgressed(**news(case), title=title, line=len(case.timeline)))
    return case


async def lines_between(first: UUID, end: UUID, limit: int) -> list[Mapping[str, Any]]:
    """What happened to cases here, from one id up to another: facts of the case, no person's."""
    return list(
        await db.rows(_LINES + "s.id >= $1 AND s.id < $2 ORDER BY s.id LIMIT $3", first, end, limit)
    )


async def lines_of(ids: Collection[UUID]) -> list[Mapping[str, Any]]:
    """The lines of these ids, in their order."""
    if not ids:
        return []
    # The bounds let the database leave out the months that hold none of them.
    bounds = "s.id >= $2 AND s.id <= $3 AND s.id = ANY($1::uuid[]) ORDER BY s.id"
    return list(await db.rows(_LINES + bounds, list(ids), min(ids), max(ids)))


async def steps_after(
    org: str, items: Collection[str], after: UUID | None, end: UUID, limit: int
) -> list[Mapping[str, Any]]:
    """The steps of an organisation's cases after a cursor, each with its case as it is now."""
    return list(await db.rows(_STEPS, org, list(items), after, end, limit))


def deed_name(move: str) -> str:
    """What people call a step."""
    return MOVES[move].deed if move in MOVES else _DEEDS.get(move, "办理记录")
