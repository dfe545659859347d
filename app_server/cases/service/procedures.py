"""What changes the legal clock: special procedures, an extension, and the way up (art. 42, 45)."""

from datetime import date
from typing import Any, Literal

from app_server.cases import rules
from app_server.cases.errors import (
    ExtensionRefused,
    NoSuchProcedure,
    NotForwardable,
    SamePerson,
)
from app_server.cases.events import CaseForwarded, ClockPaused, ClockResumed, LimitExtended
from app_server.cases.models import Case
from app_server.cases.service.clock import ends_with
from app_server.cases.service.documents import order_document
from app_server.cases.service.steps import SYSTEM, move, news, on_desk
from app_server.items import service as items
from app_server.kernel import clock, db, schedule, working_days
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal

SUSPENSION_OVER = "cases.suspension_over"


async def suspend(
    officer: Principal, case_no: str, version: int, *, kind: str, days: int, reason: str
) -> None:
    """Stop the clock for a special procedure the item's version names, for so long at most.

    The needed time is told in writing (art. 45). Raises `NoSuchProcedure`, and as `accept`.
    """
    calendar = await working_days.calendar()
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        item = await items.version(case.item_code, case.item_version)
        found = next((p for p in item.special_procedures if p.code == kind), None)
        if found is None or not 0 < days <= found.days:
            known = "、".join(f"{p.name}（至多 {p.days} 天）" for p in item.special_procedures)
            errors = [{"field": "kind", "message": f"可用的特别程序：{known or '无'}"}]
            raise NoSuchProcedure(errors=errors)
        today = clock.today()
        until, _ = calendar.add_working_days(today, days)
        pause = {
            "kind": kind,
            "name": found.name,
            "reason": reason,
            "days": days,
            "began": today.isoformat(),
            "until": until.isoformat(),
            "ended": None,
        }
        told = case.clock | {"pauses": [*case.clock.get("pauses", []), pause]}
        await move(
            officer,
            case,
            "suspend",
            by=case.department,
            note=f"{found.name}，不超过 {days} 个工作日：{reason}",
            expected=version,
            changes={"clock": told, "due_on": None, "examined_at": case.examined_at or clock.now()},
        )
        order_document(case, "special_procedure", procedure=found.name, days=days, reason=reason)
        schedule.later(
            SUSPENSION_OVER,
            f"case:{case.id}",
            rules.after_day(until),
            case_no=case_no,
            pause=len(told["pauses"]) - 1,
        )
        announce(ClockPaused(**news(case), procedure=found.name, days=days, version=case.version))


async def resume(officer: Principal, case_no: str, version: int, note: str = "") -> None:
    """End the special procedure: the rest of the limit runs from tomorrow."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await _resumed(officer, case, case.department, note, version)


async def resume_in_time(case_no: str, pause: int) -> None:
    """End a special procedure whose needed time is over; an old timer does nothing."""
    async with db.unit_of_work():
        case = await Case.get(case_no=case_no)
        if case.state == "suspended" and len(case.clock["pauses"]) - 1 == pause:
            await _resumed(Principal(), case, SYSTEM, "特别程序所需时间已到", None)


async def _resumed(
    principal: Principal, case: Case, by: str, note: str, expected: int | None
) -> None:
    rules.checked_move("resume", case.state, rules.roles_of(principal))
    *before, last = case.clock["pauses"]
    # The announced time is the most that does not count, however late somebody looks.
    ended = min(clock.today(), date.fromisoformat(last["until"]))
    told = case.clock | {"pauses": [*before, last | {"ended": ended.isoformat()}]}
    changes = await ends_with(case, told)
    await move(principal, case, "resume", by=by, note=note, expected=expected, changes=changes)
    due = case.due_on.isoformat() if case.due_on else ""
    announce(ClockResumed(**news(case), due_on=due, version=case.version))


async def ask_extension(
    officer: Principal, case_no: str, version: int, *, days: int, reason: str
) -> None:
    """Ask for an extension, once, for no more days than the item's version allows.

    Raises `ExtensionRefused`, and as `accept`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        item = await items.version(case.item_code, case.item_version)
        held = case.clock.get("extension") or {}
        # A refused request may be made again with better reasons; an approved one never.
        if not 0 < days <= item.extension_days or held.get("state") in {"asked", "approved"}:
            raise ExtensionRefused(at_most=item.extension_days, state=held.get("state", ""))
        asked = {"days": days, "reason": reason, "asked_by": officer.ref, "state": "asked"}
        await move(
            officer,
            case,
            "ask_extension",
            by=case.department,
            note=reason,
            expected=version,
            changes={"clock": case.clock | {"extension": asked}},
            quiet=True,
        )


async def extend(approver: Principal, case_no: str, version: int, note: str = "") -> None:
    """Approve the extension somebody else asked for; the applicant is told why (art. 42).

    Raises `ExtensionRefused`, `SamePerson`, and as `accept`.
    """
    async with db.unit_of_work():
        case, asked = await _asked(approver, case_no, "extend")
        extension = asked | {"state": "approved", "approved_by": approver.ref, "note": note}
        extended = case.clock.get("extended", 0) + asked["days"]
        told = case.clock | {"extension": extension, "extended": extended}
        changes = await ends_with(case, told)
        await move(
            approver,
            case,
            "extend",
            by=case.department,
            note=asked["reason"],
            expected=version,
            changes=changes,
        )
        due = case.due_on.isoformat() if case.due_on else ""
        order_document(case, "extension", days=asked["days"], reason=asked["reason"], due_on=due)
        announce(LimitExtended(**news(case), days=asked["days"], due_on=due))


async def deny_extension(approver: Principal, case_no: str, version: int, reason: str) -> None:
    """Refuse the extension somebody else asked for; raises as `extend`."""
    async with db.unit_of_work():
        case, asked = await _asked(approver, case_no, "deny_extension")
        denied = asked | {"state": "denied", "approved_by": approver.ref, "note": reason}
        await move(
            approver,
            case,
            "deny_extension",
            by=case.department,
            note=reason,
            expected=version,
            changes={"clock": case.clock | {"extension": denied}},
            quiet=True,
        )


async def _asked(approver: Principal, case_no: str, name: str) -> tuple[Case, dict[str, Any]]:
    case = await on_desk(approver, case_no)
    rules.checked_move(name, case.state, rules.roles_of(approver))
    asked = case.clock.get("extension") or {}
    if asked.get("state") != "asked":
        raise ExtensionRefused(state=asked.get("state", ""))
    if asked["asked_by"] == approver.ref:
        raise SamePerson
    return case, asked


async def forward(officer: Principal, case_no: str, version: int, note: str = "") -> None:
    """Send a case up to the authority that decides it (上报件); the clock goes on.

    Raises `NotForwardable`, and as `accept`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        item = await items.version(case.item_code, case.item_version)
        if not item.forward_to:
            raise NotForwardable
        sent = {"to": item.forward_to, "at": clock.now().isoformat(), "note": note}
        await move(
            officer,
            case,
            "forward",
            by=case.department,
            note=note,
            expected=version,
            changes={
                "forwarded_to": item.forward_to,
                "handling": case.handling | {"forwarding": sent},
                "examined_at": case.examined_at or clock.now(),
            },
        )
        announce(CaseForwarded(**news(case), to=item.forward_to))


async def report_back(
    officer: Principal,
    case_no: str,
    version: int,
    *,
    outcome: Literal["approve", "refuse"],
    reason: str,
) -> None:
    """Take the higher authority's decision: by its own officer, or entered from its letter."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no, "own", "forward")
        sent = case.handling.get("forwarding", {})
        word = {
            "outcome": outcome,
            "reason": reason,
            "by": officer.ref,
            "org": officer.org,
            "at": clock.now().isoformat(),
        }
        await move(
            officer,
            case,
            "report_back",
            by="上级机关" if officer.org == case.forwarded_to else case.department,
            note=reason,
            expected=version,
            changes={"handling": case.handling | {"forwarding": sent | {"decision": word}}},
        )
