"""The legal clock: when it starts, when it ends, and what silence means."""

from datetime import datetime
from typing import Any

from app_server.cases import rules
from app_server.cases.events import CaseAccepted
from app_server.cases.models import Case
from app_server.cases.service.fees import ask_fee
from app_server.cases.service.steps import SYSTEM, move, news
from app_server.kernel import clock, db, working_days
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


async def started(case: Case, at: datetime) -> dict[str, Any]:
    """The columns that start the clock at `at`: acceptance, and the last day of the promise."""
    if case.limit_days is None:
        return {"accepted_at": at}
    calendar = await working_days.calendar()
    due, provisional = rules.due_on(
        calendar, clock.local(at).date(), case.limit_days, case.limit_unit
    )
    return {"accepted_at": at, "due_on": due, "due_provisional": provisional}


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
        if case.state != "submitted" or case.received_at.isoformat() != received:
            return
        if case.fee_fen:
            await ask_fee(Principal(), case, by=SYSTEM, note="五个工作日内未告知，视为受理")
            return
        changes = await started(case, case.received_at)
        await move(Principal(), case, "deem_accepted", by=SYSTEM, changes=changes)
        tell_accepted(case, deemed=True)


async def fee_paid(case_no: str, bill_no: str) -> None:
    """Accept a case whose bill was paid; a second telling changes nothing."""
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().get_or_none()
        if case is None or case.state != "fee_due" or (case.bill or {}).get("bill_no") != bill_no:
            return
        changes = await started(case, clock.now())
        paid = {**(case.bill or {}), "state": "paid"}
        await move(Principal(), case, "take_fee", by=SYSTEM, changes=changes | {"bill": paid})
        tell_accepted(case)
