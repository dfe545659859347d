"""Refunds as gateways tell of them; the ledger follows what they say, once."""

import structlog

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from payments.events import BillRefunded, RefundStarted, RefundStuck
from payments.models import Attempt, Bill, Order, Refund
from payments.providers.gateway import RefundFact
from payments.rules import ORDER_EDGES, REFUND_EDGES
from payments.service.keeping import keep_fact
from payments.service.ledger import DUPLICATE, agency_account, book, channel_account

log = structlog.get_logger(__name__)


async def begin_automatic(attempt: Attempt, bill: Bill, reason: str) -> None:
    """Send back what was paid twice, in the caller's unit of work; nobody has to ask."""
    number = uuid7().hex
    await Refund.create(
        out_refund_no=number,
        attempt_id=attempt.id,
        bill_id=bill.id,
        amount_fen=attempt.amount_fen,
        state="new",
        reason=reason,
        auto=True,
        created_at=clock.now(),
    )
    announce(RefundStarted(out_refund_no=number))


async def apply_refund_fact(fact: RefundFact) -> str:
    """Apply one fact about a refund; verdicts as those of `apply_fact`."""
    async with db.unit_of_work():
        found = await Refund.get_or_none(out_refund_no=fact.out_refund_no)
        if found is None:
            return await keep_fact(fact, "unknown_order")
        bill = await Bill.select_for_update().get(id=found.bill_id)
        attempt = await Attempt.get(id=found.attempt_id)
        order = await Order.select_for_update().get(id=attempt.order_id)
        refund = await Refund.select_for_update().get(id=found.id)
        if not _agrees(fact, refund, attempt):
            log.error("refund_mismatch", out_refund_no=fact.out_refund_no, channel=fact.channel)
            return await keep_fact(fact, "mismatch")
        verdict = await keep_fact(fact, "applied")
        if verdict == "known":
            return verdict
        if fact.state == "missing" or fact.state not in REFUND_EDGES[refund.state]:
            return "stale"
        await _move(fact, refund)
        if fact.state == "success":
            await _paid_back(refund, attempt, order, bill)
        return "applied"


def _agrees(fact: RefundFact, refund: Refund, attempt: Attempt) -> bool:
    if fact.channel != attempt.channel:
        return False
    if fact.state == "missing":
        return True
    told = (fact.merchant, fact.out_trade_no, fact.amount_fen)
    return told == (attempt.merchant, attempt.out_trade_no, refund.amount_fen)


async def _move(fact: RefundFact, refund: Refund) -> None:
    refund.state, refund.version = fact.state, refund.version + 1
    refund.channel_refund_no = fact.channel_refund_no or refund.channel_refund_no
    if fact.state == "success":
        refund.refunded_at = fact.refunded_at or clock.now()
    await refund.save()
    if fact.state in {"abnormal", "closed"}:
        announce(RefundStuck(out_refund_no=refund.out_refund_no, state=fact.state))


async def _paid_back(refund: Refund, attempt: Attempt, order: Order, bill: Bill) -> None:
    twice = attempt.state == "duplicate"
    debit = DUPLICATE if twice else agency_account(attempt.fee_class, bill.agency_code)
    held = channel_account(attempt.channel, attempt.merchant)
    amount = refund.amount_fen
    await book(f"refund:{refund.out_refund_no}", [(debit, amount), (held, -amount)])
    if not twice:
        bill.refunded_fen += amount
        bill.version += 1
        await bill.save(update_fields=["refunded_fen", "version"])
        target = "refunded" if bill.refunded_fen >= attempt.amount_fen else "part_refunded"
        if target in ORDER_EDGES[order.state]:
            order.state, order.version = target, order.version + 1
            await order.save(update_fields=["state", "version"])
    announce(
        BillRefunded(
            bill_no=bill.bill_no,
            person_id=bill.person_id,
            title=bill.title,
            amount_fen=amount,
            twice=twice,
            source=bill.source,
            source_ref=bill.source_ref,
        )
    )
