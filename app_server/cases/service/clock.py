"""The legal clock: when it starts and ends, what stops it, and what silence means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from app_server.cases import rules
from app_server.cases.events import CaseAccepted, LimitRecomputed
from app_server.cases.models import Case
from app_server.cases.rules import originals
from app_server.cases.rules.limits import DayLine
from app_server.cases.service.documents import order_document
from app_server.cases.service.steps import SYSTEM, move, news, note_step
from app_server.kernel import clock, db, working_days
from app_server.kernel.clock import Calendar
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

UNITS = {"workday": "工作日", "day": "自然日"}


async def accepted_from(case: Case, at: datetime) -> dict[str, Any]:
    """The columns that start the clock at `at`: acceptance, and the last day of the promise."""
    found: dict[str, Any] = {"accepted_at": at, "silence_on": None, "correction": None}
    if case.limit_days is None:
        return found
    due, provisional = rules.due_on(
        await working_days.calendar(), clock.local(at).date(), case.limit_days, case.limit_unit
    )
    return found | {"due_on": due, "due_provisional": provisional}


def limit_of(
    accepted_at: datetime | None, days: int | None, unit: str, told: Mapping[str, Any]
) -> rules.Limit | None:
    """The limit of an accepted case with its extension and pauses; None where none runs."""
    if accepted_at is None or days is None:
        return None
    pauses = [
        rules.Pause(
            date.fromisoformat(p["began"]), date.fromisoformat(p["ended"]) if p["ended"] else None
        )
        for p in told.get("pauses", [])
    ]
    start = clock.local(accepted_at).date()
    return rules.Limit(start, days + told.get("extended", 0), unit, pauses)


def case_limit(case: Case, told: Mapping[str, Any] | None = None) -> rules.Limit | None:
    """`limit_of` a case, with other facts of its clock where they are about to change."""
    return limit_of(
        case.accepted_at, case.limit_days, case.limit_unit, case.clock if told is None else told
    )


async def ends_with(case: Case, told: dict[str, Any]) -> dict[str, Any]:
    """The columns of a clock whose pauses or extension become `told`."""
    limit = case_limit(case, told)
    if limit is None:
        return {"clock": told}
    due, provisional = rules.ends(await working_days.calendar(), limit)
    return {"clock": told, "due_on": due, "due_provisional": provisional}


def tell_accepted(case: Case, *, deemed: bool = False) -> None:
    """Announce an acceptance."""
    due = case.due_on.isoformat() if case.due_on else ""
    announce(CaseAccepted(**news(case), due_on=due, deemed=deemed))


async def deem_accepted(case_no: str, received: str) -> None:
    """Accept a case nobody answered in five working days, as of the day it was received.

    Administrative Licensing Law art. 32. Does nothing when the authority has acted or the case
    was handed in again since (another timer runs for that).
    """
    async with db.unit_of_work():
        case = await Case.get(case_no=case_no)
        waiting = case.state in rules.MOVES["deem_accepted"].come_from
        # Nobody is silent about papers that have not come.
        if originals.awaited(case.handling):
            return
        if not waiting or case.received_at.isoformat() != received:
            return
        changes = await accepted_from(case, case.received_at)
        await move(Principal(), case, "deem_accepted", by=SYSTEM, changes=changes)
        order_document(case, "acceptance", deemed=True)
        tell_accepted(case, deemed=True)


@dataclass(frozen=True, slots=True)
class ClockView:
    """A case's clock, explained day by day; one line of `days` per calendar day."""

    name: str
    start: date | None
    days: int | None
    unit: str
    due_on: date | None
    provisional: bool
    used: int
    left: int | None
    paused: bool
    days_explained: list[DayLine]
    pauses: list[dict[str, Any]]
    extension: dict[str, Any] | None


async def explain(row: Mapping[str, Any], told: dict[str, Any]) -> ClockView:
    """Why a case is due when it is: every day, counted or not, with the reason.

    Before acceptance it is the five days of art. 32 that run, where they run.
    """
    calendar, today = await working_days.calendar(), clock.today()
    limit = limit_of(row["accepted_at"], row["limit_days"], row["limit_unit"], told)
    name = "办理时限"
    if limit is None and originals.awaited(_handling(row)):
        return ClockView(originals.WAITS, None, None, "", None, False, 0, None, False, [], [], None)
    if limit is None and row["state"] in rules.MOVES["deem_accepted"].come_from:
        start = clock.local(row["received_at"]).date()
        name, limit = "受理期限（五个工作日）", rules.Limit(start, rules.SILENCE_DAYS, "workday")
    if limit is None:
        return ClockView("", None, None, "", None, False, 0, None, False, [], [], None)
    return _explained(calendar, today, name, limit, told)


def _handling(row: Mapping[str, Any]) -> dict[str, Any]:
    told = row.get("handling") or {}
    return orjson.loads(told) if isinstance(told, str) else dict(told)


def _explained(
    calendar: Calendar, today: date, name: str, limit: rules.Limit, told: dict[str, Any]
) -> ClockView:
    paused = any(pause.ended is None for pause in limit.pauses)
    due, provisional = (None, False) if paused else rules.ends(calendar, limit)
    used = rules.used(calendar, limit, today)
    return ClockView(
        name=name,
        start=limit.start,
        days=limit.days,
        unit=limit.unit,
        due_on=due,
        provisional=provisional,
        used=used,
        left=limit.days - used,
        paused=paused,
        days_explained=rules.explained(calendar, limit, today),
        pauses=told.get("pauses", []),
        extension=told.get("extension"),
    )


_OPEN = (
    "SELECT case_no FROM cases_case WHERE state = ANY($1::text[]) AND limit_unit='workday' "
    "AND due_on >= make_date($2, 1, 1) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT 500"
)


async def recompute(years: list[int]) -> int:
    """Reckon the open limits anew that reach into changed years; answers how many moved."""
    if not years:
        return 0
    working_days.forget()
    calendar, after, moved = await working_days.calendar(), None, 0
    states = sorted(rules.COUNTING)
    while found := await db.rows(_OPEN, states, min(years), after):
        for row in found:
            case = await Case.get(case_no=row["case_no"])
            after = case.id
            moved += await _reckoned_again(case, calendar)
    return moved


async def _reckoned_again(case: Case, calendar: Calendar) -> bool:
    limit = case_limit(case)
    if limit is None:
        return False
    due, provisional = rules.ends(calendar, limit)
    if (due, provisional) == (case.due_on, case.due_provisional):
        return False
    before = case.due_on
    history = [
        *case.clock.get("history", []),
        {"on": clock.today().isoformat(), "before": str(before or ""), "after": due.isoformat()},
    ]
    async with db.unit_of_work():
        changed = await db.execute(
            "UPDATE cases_case SET due_on=$3, due_provisional=$4, version=version+1, "
            "clock=jsonb_set(clock, '{history}', $5::jsonb) WHERE id=$1 AND version=$2",
            case.id,
            case.version,
            due,
            provisional,
            db_json(history),
        )
        if changed:
            note_step(Principal(), case, "recompute", f"工作日历调整：{before} → {due}")
            if due != before:
                announce(
                    LimitRecomputed(**news(case), before=str(before or ""), due_on=due.isoformat())
                )
    return bool(changed)


def db_json(value: Any) -> str:
    """JSON text for a jsonb parameter."""
    return orjson.dumps(value, default=str).decode()


def restarted(calendar: Calendar, received: date) -> tuple[datetime, dict[str, Any]]:
    """When the five days of a receipt are over, and the column that shows their last day."""
    ends = rules.silence_ends(calendar, received)
    return ends, {"silence_on": (clock.local(ends) - timedelta(days=1)).date()}
