"""Giving money back: one person asks, another agrees, the gateway is asked until it has an end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Subquery

from app_server.kernel import audit, clock, db, idempotency
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from payments.errors import (
    IllegalMove,
    NeedsAnotherPerson,
    NoSuchBill,
    NoSuchRefund,
    NotRefundable,
)
from payments.events import RefundStarted
from payments.models import Attempt, Bill, Order, Refund
from payments.providers import gateway
from payments.providers.gateway import NoAnswer, RefundFact, RefundRequest, Refused
from payments.rules import (
    REFUND_EDGES,
    REFUND_STATE_NAMES,
    REFUNDS_COUNTED,
    REFUNDS_UNDER_WAY,
)
from payments.service.refund_facts import apply_refund_fact
from payments.service.sight import sees, within

COUNTER = "counter"
PAGE = 50


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as the agency's people see it."""

    id: UUID
    out_refund_no: str
    bill_no: str
    amount_fen: int
    state: str
    state_name: str
    reason: str
    auto: bool
    asked_by: str
    decided_by: str
    refused_why: str
    created_at: datetime
    refunded_at: datetime | None
    version: int


async def ask_refund(
    principal: Principal, bill_no: str, amount_fen: int, reason: str
) -> RefundFacts:
    """Ask that money of a paid bill goes back; another person has to agree.

    Raises `NoSuchBill`, `NotRefundable` for more than what is left.
    """
    async with db.unit_of_work():
        idempotency.claim()
        bill = await Bill.select_for_update().get_or_none(bill_no=bill_no)
        if bill is None or not sees(principal, bill):
            raise NoSuchBill
        orders = await Order.filter(bill_id=bill.id).values_list("id", flat=True)
        paid = await Attempt.get_or_none(order_id__in=list(orders), state="success")
        if paid is None or amount_fen <= 0 or amount_fen > await _rest(paid):
            raise NotRefundable
        row = await Refund.create(
            out_refund_no=uuid7().hex,
            attempt_id=paid.id,
            bill_id=bill.id,
            amount_fen=amount_fen,
            state="asked",
            reason=reason,
            asked_by=principal.ref,
            created_at=clock.now(),
        )
        audit.record(principal, "payments.refund_asked", f"bill:{bill_no}")
    return await facts(row)


async def _rest(attempt: Attempt) -> int:
    """What is left of a payment after every refund that went, goes, or may still go."""
    taken = await Refund.filter(attempt_id=attempt.id, state__in=REFUNDS_COUNTED)
    gone: int = sum(row.amount_fen for row in taken)
    return int(attempt.amount_fen) - gone


async def decide_refund(
    principal: Principal, out_refund_no: str, version: int, *, agreed: bool
) -> RefundFacts:
    """Agree to a refund, or turn it down; who asked cannot be who agrees.

    Raises `NoSuchRefund`, `NeedsAnotherPerson`, `IllegalMove` where it was decided meanwhile.
    """
    async with db.unit_of_work():
        row = await Refund.select_for_update().get_or_none(out_refund_no=out_refund_no)
        bill = await Bill.get(id=row.bill_id) if row else None
        if row is None or bill is None or not sees(principal, bill):
            raise NoSuchRefund
        if principal.ref == row.asked_by:
            raise NeedsAnotherPerson
        state = "new" if agreed else "turned_down"
        if row.version != version or state not in REFUND_EDGES[row.state]:
            raise IllegalMove
        row.state, row.version, row.decided_by = state, version + 1, principal.ref
        await row.save()
        audit.record(principal, f"payments.refund_{state}", f"bill:{bill.bill_no}")
        if agreed:
            announce(RefundStarted(out_refund_no=out_refund_no))
    return await facts(row)


async def pursue_refund(out_refund_no: str) -> Outcome:
    """Place a refund at its gateway, or ask about it; `Unknown` while it has no end."""
    row = await Refund.get(out_refund_no=out_refund_no)
    if row.state not in {"new", "sent", "processing"}:
        return Ok(row.state)
    attempt = await Attempt.get(id=row.attempt_id)
    if attempt.channel == COUNTER:
        # The second person's yes is the hand that gives it back.
        return await _hand_back(row, attempt)
    door = gateway(attempt.channel, attempt.fee_class)
    request = RefundRequest(
        row.out_refund_no,
        attempt.out_trade_no,
        row.amount_fen,
        attempt.amount_fen,
        row.reason,
    )
    if row.state == "new":
        await Refund.filter(id=row.id, state="new").update(state="sent")
        told = await door.refund(request)
    else:
        told = await door.query_refund(request)
        if not isinstance(told, NoAnswer) and told.state == "missing":
            # It never arrived: the same number again is the same refund.
            told = await door.refund(request)
    if isinstance(told, NoAnswer):
        return Unknown(told.reason)
    if isinstance(told, Refused):
        await Refund.filter(id=row.id, state="sent").update(
            state="rejected", refused_why=told.reason[:60]
        )
        return Rejected(told.reason)
    await apply_refund_fact(told)
    return Unknown(told.state) if told.state in {"processing", "missing"} else Ok(told.state)


async def _hand_back(row: Refund, attempt: Attempt) -> Outcome:
    await Refund.filter(id=row.id, state="new").update(state="sent")
    number = row.out_refund_no
    await apply_refund_fact(
        RefundFact(
            channel=COUNTER,
            source="refund",
            external_id=number,
            out_refund_no=number,
            out_trade_no=attempt.out_trade_no,
            merchant=attempt.merchant,
            state="success",
            amount_fen=row.amount_fen,
            channel_refund_no="",
            refunded_at=clock.now(),
            raw=row.decided_by,
        )
    )
    return Ok("success")


async def refunds(principal: Principal, state: str, after: UUID | None) -> list[RefundFacts]:
    """Refunds of the bills an officer sees, newest first."""
    seen = Subquery(Bill.filter(**within(principal)).values("id"))
    found = Refund.filter(bill_id__in=seen)
    if state:
        found = found.filter(state__in=REFUNDS_UNDER_WAY if state == "under_way" else (state,))
    if after is not None:
        found = found.filter(id__lt=after)
    return [await facts(row) for row in await found.order_by("-id").limit(PAGE)]


async def facts(row: Refund) -> RefundFacts:
    """A refund with the number of its bill."""
    bill = await Bill.get(id=row.bill_id)
    return RefundFacts(
        row.id,
        row.out_refund_no,
        bill.bill_no,
        row.amount_fen,
        row.state,
        REFUND_STATE_NAMES[row.state],
        row.reason,
        row.auto,
        row.asked_by,
        row.decided_by,
        row.refused_why,
        row.created_at,
        row.refunded_at,
        row.version,
    )
