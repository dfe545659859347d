"""What exchange does when cases move: it tells the department's system."""

from app_server.cases.events import (
    CaseAccepted,
    CaseCorrected,
    CaseEnded,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
)
from app_server.exchange import service
from app_server.exchange.events import CasePushDue, DayCheckDue
from app_server.kernel.events import Delivery, Outcome, handles, performs


@handles(CaseSubmitted)
async def push_submitted(event: CaseSubmitted) -> None:
    """Systems that accept by themselves get the case as it comes in."""
    await service.push_due(event.case_no, event.item_code, "submitted")


@handles(CaseAccepted)
async def push_accepted(event: CaseAccepted) -> None:
    """The other systems get it once the authority has accepted."""
    await service.push_due(event.case_no, event.item_code, "accepted")


@handles(CaseCorrected)
async def push_corrected(event: CaseCorrected) -> None:
    """What a system holds is not what the applicant says any more."""
    await service.push_due(event.case_no, event.item_code)


@handles(CaseWithdrawn)
async def push_withdrawn(event: CaseWithdrawn) -> None:
    """A system need not go on with what was taken back."""
    await service.push_due(event.case_no, event.item_code)


@handles(CaseEnded)
async def push_ended(event: CaseEnded) -> None:
    """Nor with what was ended here."""
    await service.push_due(event.case_no, event.item_code)


@handles(CaseReopened)
async def push_reopened(event: CaseReopened) -> None:
    """A decided case is open again."""
    await service.push_due(event.case_no, event.item_code)


async def _known(event: CasePushDue, delivery: Delivery) -> Outcome:
    return await service.known(event.system_id, delivery.id)


@performs(CasePushDue, ask=_known)
async def push_case(event: CasePushDue, delivery: Delivery) -> Outcome:
    """Tell the system; the delivery's id is the idempotency key."""
    return await service.push(event.system_id, event.case_no, delivery.id)


@performs(DayCheckDue)
async def check_day(event: DayCheckDue, delivery: Delivery) -> Outcome:
    """Compare a city's day and fetch what differs."""
    del delivery
    return await service.check_day(event.city, event.day)
