"""Sub-tasks: another organisation contributes to a case, with a limit of its own (R-CAS-33)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from app_server.cases.errors import NoSuchSubtask, NotInThisState
from app_server.cases.events import SubtaskAsked, SubtaskReturned
from app_server.cases.models import Case, Subtask
from app_server.cases.rules import COUNTING, region_pattern
from app_server.cases.service.steps import news, note_step, on_desk
from app_server.kernel import audit, clock, db, working_days
from app_server.kernel.errors import Conflict
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

PAGE = 30


@dataclass(frozen=True, slots=True)
class SubtaskWanted:
    """What is asked of whom; the parent's decision waits for it where `blocks`."""

    org: str
    org_name: str
    region: str
    title: str
    question: str
    days: int
    blocks: bool = True


async def ask_subtask(officer: Principal, case_no: str, wanted: SubtaskWanted) -> UUID:
    """Ask another organisation while the case is under review; answers the sub-task's id.

    Raises `NoSuchCase`, `NotInThisState`.
    """
    calendar = await working_days.calendar()
    due, _ = calendar.add_working_days(clock.today(), wanted.days)
    task_id = uuid7()
    async with db.unit_of_work() as uow:
        case = await on_desk(officer, case_no)
        if case.state not in COUNTING:
            raise NotInThisState(state=case.state)
        uow.add(
            "cases_subtask",
            {
                "id": task_id,
                "case_id": case.id,
                "case_no": case_no,
                "org": wanted.org,
                "org_name": wanted.org_name,
                "region": wanted.region,
                "title": wanted.title,
                "question": wanted.question,
                "blocks": wanted.blocks,
                "state": "open",
                "due_on": due,
                "asked_by": officer.ref,
                "asked_at": clock.now(),
                "outcome": "",
                "opinion": "",
            },
        )
        note_step(officer, case, "ask_subtask", f"{wanted.org_name}：{wanted.title}")
        audit.record(officer, "cases.subtask_asked", f"case:{case_no}", owner=case.person_id)
        announce(
            SubtaskAsked(**news(case), subtask_id=task_id, org=wanted.org, due_on=due.isoformat())
        )
    return task_id


async def return_subtask(
    officer: Principal,
    subtask_id: UUID,
    *,
    outcome: Literal["agreed", "disagreed", "returned"],
    opinion: str,
) -> None:
    """Answer a sub-task of one's own organisation and region; once.

    `returned` means it was not for this organisation. Raises `NoSuchSubtask`, `Conflict`.
    """
    async with db.unit_of_work():
        task = await _mine(officer, subtask_id)
        changed = await Subtask.filter(id=task.id, state="open").update(
            state="returned", outcome=outcome, opinion=opinion, returned_at=clock.now()
        )
        if not changed:
            raise Conflict
        case = await Case.get(id=task.case_id, case_no=task.case_no)
        note_step(officer, case, "return_subtask", f"{task.org_name}：{opinion}")
        audit.record(
            officer, "cases.subtask_returned", f"case:{case.case_no}", owner=case.person_id
        )
        announce(SubtaskReturned(**news(case), subtask_id=task.id, outcome=outcome))


async def cancel_subtask(officer: Principal, case_no: str, subtask_id: UUID, reason: str) -> None:
    """Take a sub-task back that is not answered; raises `NoSuchCase`, `NoSuchSubtask`."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        changed = await Subtask.filter(id=subtask_id, case_id=case.id, state="open").update(
            state="cancelled", opinion=reason, returned_at=clock.now()
        )
        if not changed:
            raise NoSuchSubtask
        note_step(officer, case, "cancel_subtask", reason)
        audit.record(officer, "cases.subtask_taken_back", f"case:{case_no}", owner=case.person_id)


async def _mine(officer: Principal, subtask_id: UUID) -> Subtask:
    task = await Subtask.get_or_none(id=subtask_id, org=officer.org)
    if task is None or not task.region.startswith(region_pattern(officer.region)[:-1]):
        raise NoSuchSubtask
    return task


async def subtasks_for(
    officer: Principal, state: str, after: UUID | None
) -> list[Mapping[str, Any]]:
    """One page of what an officer's organisation is asked, newest first."""
    found = await db.rows(
        "SELECT * FROM cases_subtask WHERE org=$1 AND region LIKE $2 AND ($3='' OR state=$3) "
        "AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        officer.org,
        region_pattern(officer.region),
        state,
        after,
        PAGE,
    )
    return [dict(row) for row in found]


async def subtasks_of(case_id: UUID) -> list[Mapping[str, Any]]:
    """The sub-tasks of a case its reader may see, oldest first."""
    rows = await db.rows("SELECT * FROM cases_subtask WHERE case_id=$1 ORDER BY id", case_id)
    return [dict(row) for row in rows]
