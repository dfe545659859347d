"""One transition: a conditional update, its step, its record, in the caller's unit of work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app_server.cases.errors import NoSuchCase
from app_server.cases.models import Case
from app_server.cases.rules import STATES, checked_move, region_pattern
from app_server.cases.service.capacity import facts_of
from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal

SELF = "本人"
ORGANISATION = "申请单位"
SYSTEM = "系统"


def by_whom(for_organisation: bool) -> str:
    """How the applicant is called in the timeline."""
    return ORGANISATION if for_organisation else SELF


def timeline_entry(state: str, by: str, note: str, at: datetime, name: str = "") -> dict[str, str]:
    """A step as the applicant reads it."""
    return {
        "state_name": name or STATES[state],
        "at": at.isoformat(),
        "by": by,
        "note": note,
    }


def news(case: Case) -> dict[str, Any]:
    """What every event about a case says."""
    return {
        "case_id": case.id,
        "case_no": case.case_no,
        "person_id": case.person_id,
        "item_code": case.item_code,
        "item_name": case.item_name,
        "region": case.region,
    }


async def on_desk(officer: Principal, case_no: str) -> Case:
    """A case of the officer's organisation and region; raises `NoSuchCase` for any other."""
    case = await Case.get_or_none(case_no=case_no, org=officer.org)
    if case is None or not case.region.startswith(region_pattern(officer.region)[:-1]):
        raise NoSuchCase
    return case


async def move(
    principal: Principal,
    case: Case,
    name: str,
    *,
    by: str,
    note: str = "",
    expected: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Take one edge of the state table; afterwards `case` is what the row is.

    Of N parallel identical moves one takes the row; the others find no row of that state and
    version. Raises `NotInThisState`, `PreconditionFailed`, `Conflict`.
    """
    edge = checked_move(name, case.state)
    if expected is not None and expected != case.version:
        raise PreconditionFailed
    now = clock.now()
    entry = timeline_entry(edge.to, by, note, now, edge.deed)
    await _update(case, edge.to, entry, dict(changes or {}))
    step = {"id": uuid7(), "case_id": case.id, "move": name, "from_state": case.state}
    db.needed().add(
        "cases_step",
        step | {"to_state": edge.to, "actor": principal.ref, "note": note, "at": now},
    )
    audit.record(
        principal,
        "cases.moved",
        f"case:{case.case_no}",
        owner=case.person_id,
        purpose=edge.deed,
        **facts_of(case),
    )
    case.state = edge.to
    case.version += 1
    for column, value in (changes or {}).items():
        setattr(case, column, value)


async def _update(
    case: Case, to: str, entry: Mapping[str, str], changes: Mapping[str, Any]
) -> None:
    columns = "".join(f", {column}=${number}" for number, column in enumerate(changes, 6))
    values = [
        orjson.dumps(value).decode() if isinstance(value, dict | list) else value
        for value in changes.values()
    ]
    # Column names come from this package's own calls, never from a request.
    sql = (
        "UPDATE cases_case SET state=$4, version=version+1, "
        f"timeline=timeline || $5::jsonb{columns} WHERE id=$1 AND version=$2 AND state=$3"
    )
    entry_text = orjson.dumps([entry]).decode()
    if not await db.execute(sql, case.id, case.version, case.state, to, entry_text, *values):
        raise Conflict
