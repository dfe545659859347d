"""Progress that a department's own system reports: a line for the applicant, never a move."""

from collections.abc import Collection

import orjson

from app_server.cases.errors import NoSuchCase, NotInThisState
from app_server.cases.events import CaseProgressed
from app_server.cases.models import Case
from app_server.cases.rules import COUNTING
from app_server.cases.service.capacity import facts_of
from app_server.cases.service.steps import news, timeline_entry
from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

_ADD = (
    "UPDATE cases_case SET timeline = timeline || $3::jsonb, version = version + 1 "
    "WHERE id = $1 AND state = $2"
)


async def note_progress(
    by: Principal, case_no: str, *, org: str, items: Collection[str], title: str, note: str
) -> None:
    """Add a line to a case under review of an organisation and its items, and tell the applicant.

    The legal state and the clock stay as they are: only officers move cases. The same line twice
    in a row is one. Raises `NoSuchCase` (also for another's case), `NotInThisState`.
    """
    async with db.unit_of_work() as uow:
        await db.lock(f"cases:{case_no}")
        case = await Case.get_or_none(case_no=case_no, org=org)
        if case is None or case.item_code not in items:
            raise NoSuchCase
        if case.state not in COUNTING:
            raise NotInThisState(state=case.state)
        now = clock.now()
        last = case.timeline[-1] if case.timeline else {}
        if (last.get("state_name"), last.get("note")) == (title, note):
            return
        entry = timeline_entry(case.state, case.department, note, now, title, "部门")
        if not await db.execute(_ADD, case.id, case.state, orjson.dumps([entry]).decode()):
            raise NotInThisState(state=case.state)
        step = {
            "id": uuid7(),
            "city_code": case.city_code,
            "case_id": case.id,
            "move": "progress",
            "from_state": case.state,
        }
        uow.add(
            "cases_step",
            step | {"to_state": case.state, "actor": by.ref, "note": f"{title}：{note}", "at": now},
        )
        audit.record(
            by,
            "cases.progressed",
            f"case:{case.case_no}",
            owner=case.person_id,
            purpose=title,
            **facts_of(case),
        )
        announce(CaseProgressed(**news(case), title=title, line=len(case.timeline)))
