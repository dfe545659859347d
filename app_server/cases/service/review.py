"""Examining and deciding: every review point marked, reasons given, the higher authority heard."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from app_server.cases.errors import (
    AlreadyRunning,
    ApproverNeeded,
    ForwardFirst,
    NotReopened,
    PointsFailed,
    PointsUnmarked,
    SubtaskOpen,
)
from app_server.cases.events import CaseClosed, CaseDecided, CaseReopened
from app_server.cases.models import Case, Subtask
from app_server.cases.rules import MOVES, REOPEN_DAYS, checked_move, roles_of
from app_server.cases.service.delivery import settle
from app_server.cases.service.documents import order_document
from app_server.cases.service.intake import decline
from app_server.cases.service.steps import SYSTEM, move, news, on_desk
from app_server.items import service as items
from app_server.kernel import clock, db, working_days
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class PointMark:
    """What was found at one review point; 不适用 is `na`."""

    code: str
    mark: Literal["pass", "fail", "na"]
    note: str = ""


async def begin_review(officer: Principal, case_no: str, version: int) -> None:
    """Take an accepted case up for review."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await move(
            officer,
            case,
            "begin_review",
            by=case.department,
            expected=version,
            changes={"examined_at": clock.now()},
        )


async def approve(
    officer: Principal,
    case_no: str,
    version: int,
    note: str = "",
    points: Iterable[PointMark] = (),
) -> None:
    """Decide in favour; licence, bill and what follows commit with the decision or not at all.

    Raises `ApproverNeeded`, `PointsUnmarked`, `PointsFailed`, `ForwardFirst`, `SubtaskOpen`,
    `NoUsableSeal`, and as `accept`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await approve_case(officer, case, note, list(points), expected=version)


async def approve_case(
    principal: Principal,
    case: Case,
    note: str,
    points: list[PointMark],
    *,
    expected: int | None = None,
    trace: Mapping[str, Any] | None = None,
) -> None:
    """Approve a case at hand, in the caller's unit of work; `trace` is a machine's reasons."""
    item = await _decidable(principal, case, "approve", points)
    failed = [point.code for point in points if point.mark == "fail"]
    if failed:
        raise PointsFailed(points=failed)
    by = case.department if principal.kind == "staff" else SYSTEM
    changes = _decided(principal, case, points, "approved", trace)
    await move(principal, case, "approve", by=by, note=note, expected=expected, changes=changes)
    order_document(case, "approval", reason=note)
    announce(CaseDecided(**news(case), outcome="approved"))
    await settle(case, item)


async def refuse(
    officer: Principal,
    case_no: str,
    version: int,
    reason: str,
    points: Iterable[PointMark] = (),
) -> None:
    """Decide against, with the reason and the ways of appeal told in writing (art. 38).

    Raises as `approve`; a case that is not accepted yet is declined (`intake.decline`).
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        if case.state in MOVES["decline"].come_from:
            await decline(officer, case_no, version, reason)
            return
        marked = list(points)
        await _decidable(officer, case, "refuse", marked)
        await move(
            officer,
            case,
            "refuse",
            by=case.department,
            note=reason,
            expected=version,
            changes=_decided(officer, case, marked, "refused", None),
        )
        order_document(case, "refusal", reason=reason)
        now = clock.now()
        changes = {"closed_at": now, "delivered_at": now}
        await move(Principal(), case, "close", by=SYSTEM, changes=changes)
        announce(CaseDecided(**news(case), outcome="refused"))
        announce(CaseClosed(**news(case), outcome="refused"))


async def _decidable(
    principal: Principal, case: Case, name: str, points: list[PointMark]
) -> items.ItemFacts:
    checked_move(name, case.state, roles_of(principal))
    item = await items.version(case.item_code, case.item_version)
    marked = {point.code for point in points}
    if left := [p for p in item.review_points if p.code not in marked]:
        errors = [{"field": f"points.{p.code}", "message": f"请填写“{p.name}”的结论"} for p in left]
        raise PointsUnmarked(errors=errors)
    known = {p.code for p in item.review_points}
    if beyond := sorted(marked - known):
        errors = [
            {"field": f"points.{code}", "message": "该事项没有这个审查要点"} for code in beyond
        ]
        raise PointsUnmarked(errors=errors)
    if item.forward_to:
        told = case.handling.get("forwarding", {}).get("decision")
        if told is None or told["outcome"] != name:
            raise ForwardFirst
    if await Subtask.filter(case_id=case.id, state="open", blocks=True).exists():
        raise SubtaskOpen
    return item


def _decided(
    principal: Principal,
    case: Case,
    points: list[PointMark],
    outcome: str,
    trace: Mapping[str, Any] | None,
) -> dict[str, Any]:
    now = clock.now()
    decider = {
        "kind": principal.kind,
        "id": str(principal.id or ""),
        "name": principal.name,
        "org": principal.org or case.org,
        "region": principal.region or case.region,
    }
    handling = case.handling | {
        "points": [asdict(point) for point in points],
        "decider": decider,
    }
    if trace is not None:
        handling["automatic"] = case.handling.get("automatic", {}) | {"decision": dict(trace)}
    return {
        "decided_at": now,
        "examined_at": case.examined_at or now,
        "outcome": outcome,
        "handling": handling,
    }


async def reopen(officer: Principal, case_no: str, version: int, reason: str) -> None:
    """Look again at a decision that a machine made (R-CAS-22).

    Only within `REOPEN_DAYS` working days, and only while it gave nothing away: no licence, no
    payment. Raises `NotReopened`, `AlreadyRunning` where a new case of the item runs by now.
    """
    calendar = await working_days.calendar()
    case = await on_desk(officer, case_no)
    checked_move("reopen", case.state, roles_of(officer))
    if "case_approver" not in officer.roles:
        raise ApproverNeeded
    machine = case.handling.get("automatic", {}).get("decision")
    decided = clock.local(case.decided_at).date() if case.decided_at else clock.today()
    late = calendar.working_days_between(decided, clock.today()) > REOPEN_DAYS
    if not machine or late or case.licence_id or case.fee_fen:
        raise NotReopened
    running = await db.value(
        "SELECT case_no FROM cases_register WHERE owner=$1 AND item_code=$2 AND running "
        "AND case_no<>$3",
        case.organisation_id or case.person_id,
        case.item_code,
        case_no,
    )
    if running:
        raise AlreadyRunning(case_no=running)
    async with db.unit_of_work():
        await move(
            officer,
            case,
            "reopen",
            by=case.department,
            note=reason,
            expected=version,
            changes=dict.fromkeys(("decided_at", "outcome", "closed_at", "delivered_at")),
        )
        announce(CaseReopened(**news(case), version=case.version))
