"""The first days of a case: pre-review, receipt, acceptance or not, and sending it back.

Pre-review is no acceptance (R-CAS-06): the legal clock does not run, and the five days of
art. 32 go on from the day the application came in, so that nobody can pre-review for ever.
"""

from collections.abc import Mapping
from typing import Any

from app_server.cases.errors import OriginalsAwaited
from app_server.cases.events import (
    CaseDecided,
    CaseEnded,
    PreReviewEnded,
    PreReviewReturned,
)
from app_server.cases.models import Case
from app_server.cases.rules import originals
from app_server.cases.service.clock import accepted_from, tell_accepted
from app_server.cases.service.documents import order_document
from app_server.cases.service.steps import SYSTEM, move, news, on_desk
from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


async def pass_pre_review(officer: Principal, case_no: str, version: int, note: str = "") -> None:
    """Pre-review finds everything there: the case is received.

    Like all deeds here raises `NoSuchCase`, `NotInThisState`, `NotYourDeed`,
    `PreconditionFailed`, `Conflict`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await move(
            officer, case, "pass_pre_review", by=case.department, note=note, expected=version
        )
        announce(PreReviewEnded(**news(case), passed=True, version=case.version))


async def return_pre_review(officer: Principal, case_no: str, version: int, reason: str) -> None:
    """Ask for something before the case is received; no document, no legal effect."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        changes = {"silence_on": None}
        await move(
            officer,
            case,
            "return_pre_review",
            by=case.department,
            note=reason,
            expected=version,
            changes=changes,
        )
        announce(PreReviewReturned(**news(case), version=case.version))


async def fail_pre_review(officer: Principal, case_no: str, version: int, reason: str) -> None:
    """End a case that pre-review shows cannot be applied for here; the reason is told."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await move(
            officer,
            case,
            "fail_pre_review",
            by=case.department,
            note=reason,
            expected=version,
            changes=_over("pre_review_failed"),
        )
        announce(PreReviewEnded(**news(case), passed=False, version=case.version))


async def receive(officer: Principal, case_no: str, version: int) -> None:
    """Take a submitted case in; also the window that filed it may."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no, "own", "intake")
        await move(officer, case, "receive", by=_window_or(officer, case), expected=version)
        announce(PreReviewEnded(**news(case), passed=True, version=case.version))


async def receive_after_pre_review(case_no: str, received: str) -> None:
    """Take a case in that nobody pre-reviewed in time; old timers do nothing."""
    async with db.unit_of_work():
        case = await Case.get(case_no=case_no)
        if case.state != "submitted" or case.received_at.isoformat() != received:
            return
        await move(Principal(), case, "receive", by=SYSTEM, shown="预审期满，转为收件")
        announce(PreReviewEnded(**news(case), passed=True, version=case.version))


async def accept(officer: Principal, case_no: str, version: int) -> None:
    """Accept: the legal clock starts. What the item costs is asked for after the decision."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await accept_case(officer, case, by=case.department, expected=version)


async def accept_case(
    principal: Principal,
    case: Case,
    *,
    by: str,
    expected: int | None = None,
    note: str = "",
    more: Mapping[str, Any] | None = None,
) -> None:
    """Accept a case at hand, in the caller's unit of work; `more` columns change with it.

    Raises `OriginalsAwaited` while papers the item needs have not come (R-LOG-01).
    """
    if originals.awaited(case.handling):
        raise OriginalsAwaited
    changes = await accepted_from(case, clock.now())
    await move(
        principal,
        case,
        "accept",
        by=by,
        note=note,
        expected=expected,
        changes=changes | dict(more or {}),
    )
    order_document(case, "acceptance")
    tell_accepted(case)


async def decline(officer: Principal, case_no: str, version: int, reason: str) -> None:
    """Do not accept; the reason and the ways of appeal are told in writing (art. 32, 38)."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        changes = _over("not_accepted") | {"decided_at": clock.now()}
        await move(
            officer,
            case,
            "decline",
            by=case.department,
            note=reason,
            expected=version,
            changes=changes,
        )
        order_document(case, "non_acceptance", reason=reason)
        announce(CaseDecided(**news(case), outcome="not_accepted"))


async def return_case(officer: Principal, case_no: str, version: int, reason: str) -> None:
    """Give the papers back (退件) before acceptance; the reason is told."""
    async with db.unit_of_work():
        case = await on_desk(officer, case_no)
        await send_back(officer, case, by=case.department, reason=reason, expected=version)


async def send_back(
    principal: Principal, case: Case, *, by: str, reason: str, expected: int | None = None
) -> None:
    """Return a case at hand, in the caller's unit of work."""
    await move(
        principal,
        case,
        "return_case",
        by=by,
        note=reason,
        expected=expected,
        changes=_over("returned"),
    )
    announce(CaseEnded(**news(case), how="returned"))


async def end(head: Principal, case_no: str, version: int, reason: str) -> None:
    """Force an end (强制终止) as the head of the organisation; the reason is told."""
    async with db.unit_of_work():
        case = await on_desk(head, case_no)
        await move(
            head,
            case,
            "end",
            by=case.department,
            note=reason,
            expected=version,
            changes=_over("ended") | {"due_on": None},
        )
        announce(CaseEnded(**news(case), how="ended"))


def _over(outcome: str) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "closed_at": clock.now(),
        "correction": None,
        "silence_on": None,
    }


def _window_or(officer: Principal, case: Case) -> str:
    return case.department if officer.org == case.org else officer.name
