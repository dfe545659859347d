"""The one place that applies what a gateway says, whichever way it was said (rule 1).

Everybody locks bill, order, attempt in this order, so nobody waits in a circle.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from payments.events import BillPaid, PaidTwice
from payments.models import Attempt, Bill, FeeItem, Order
from payments.providers import gateway
from payments.providers.gateway import Ack, Fact, Incoming
from payments.rules import (
    ATTEMPT_EDGES,
    OPEN_ATTEMPTS,
    OPEN_ORDERS,
    ORDER_EDGES,
    PAYABLE,
    BillItem,
    Lateness,
    grown,
    item_of,
)
from payments.service.keeping import keep_fact
from payments.service.ledger import DUPLICATE, agency_account, book, channel_account
from payments.service.refund_facts import apply_refund_fact, begin_automatic

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Locked:
    """An attempt with what stands above it, all three locked."""

    bill: Bill
    order: Order
    attempt: Attempt


async def take_notice(channel: str, account: str, headers: Mapping[str, str], raw: bytes) -> Ack:
    """Apply a payment notice and answer the channel after the commit (rule 4).

    Raises `BadNotice` (and `ProbedNotice`), having changed nothing.
    """
    door = gateway(channel, account)
    told = door.read_notice(Incoming(headers, raw), clock.now())
    await (apply_fact(told) if isinstance(told, Fact) else apply_refund_fact(told))
    return door.ack(ok=True)


async def apply_fact(fact: Fact) -> str:
    """Apply one fact in one transaction: fact row, locks, transition, ledger, news (rule 4).

    Answers `applied`, `known` (told before), `stale` (nothing to move), `unknown_order` or
    `mismatch` (kept, alarmed, never paid: rule 5).
    """
    async with db.unit_of_work():
        locked = await lock(fact.out_trade_no)
        if locked is None:
            return await keep_fact(fact, "unknown_order")
        if not _agrees(fact, locked.attempt):
            log.error("payment_mismatch", out_trade_no=fact.out_trade_no, channel=fact.channel)
            return await keep_fact(fact, "mismatch")
        verdict = await keep_fact(fact, "applied")
        if verdict == "known" or not await _move(fact, locked):
            return verdict if verdict == "known" else "stale"
        return "applied"


async def lock(out_trade_no: str) -> Locked | None:
    """The attempt, its order and its bill, locked in the one order."""
    found = await Attempt.get_or_none(out_trade_no=out_trade_no)
    if found is None:
        return None
    order = await Order.get(id=found.order_id)
    bill = await Bill.select_for_update().get(id=order.bill_id)
    order = await Order.select_for_update().get(id=order.id)
    return Locked(bill, order, await Attempt.select_for_update().get(id=found.id))


def _agrees(fact: Fact, attempt: Attempt) -> bool:
    if fact.channel != attempt.channel:
        return False
    if fact.state == "missing":
        return True
    told = (fact.merchant, fact.app_id, fact.amount_fen, fact.currency)
    return told == (attempt.merchant, attempt.app_id, attempt.amount_fen, "CNY")


async def _move(fact: Fact, locked: Locked) -> bool:
    """Take the edge the fact names, if the attempt has it; whether it had."""
    order, attempt = locked.order, locked.attempt
    if fact.state == "success":
        if "success" not in ATTEMPT_EDGES[attempt.state]:
            return False
        await _succeed(fact, locked)
        return True
    if fact.state == "missing":
        # Not there yet is no end: a delayed create may still land (rule 6).
        return False
    if fact.state not in ATTEMPT_EDGES[attempt.state]:
        return False
    await end_attempt(locked, fact.state)
    if fact.state == "waiting" and "paying" in ORDER_EDGES[order.state]:
        await _set_order(order, "paying")
    return True


async def end_attempt(locked: Locked, state: str) -> None:
    """Set an attempt's state; an open order none of whose attempts is open any more closes."""
    order, attempt = locked.order, locked.attempt
    attempt.state = state
    await attempt.save(update_fields=["state"])
    if state in OPEN_ATTEMPTS or order.state not in OPEN_ORDERS:
        return
    if await Attempt.filter(order_id=order.id, state__in=OPEN_ATTEMPTS).exists():
        return
    await _set_order(order, "closed")
    await unlock_bill(locked.bill)


async def unlock_bill(bill: Bill) -> None:
    """A bill whose order came to nothing waits again."""
    if bill.state == "locked":
        late = bill.due_on is not None and clock.today() > bill.due_on
        await _set_bill(bill, "overdue" if late else "unpaid")


async def _set_order(order: Order, state: str) -> None:
    order.state, order.version = state, order.version + 1
    await order.save(update_fields=["state", "version"])


async def _set_bill(bill: Bill, state: str) -> None:
    bill.state, bill.version = state, bill.version + 1
    await bill.save()


async def _succeed(fact: Fact, locked: Locked) -> None:
    bill, order, attempt = locked.bill, locked.order, locked.attempt
    attempt.channel_trade_no = fact.channel_trade_no
    attempt.paid_at = fact.paid_at or clock.now()
    lines = await _lines_for(bill, attempt.amount_fen, attempt.paid_at)
    ours = bill.state in PAYABLE and lines is not None
    attempt.state = "success" if ours else "duplicate"
    await attempt.save(update_fields=["state", "channel_trade_no", "paid_at"])
    credit = agency_account(attempt.fee_class, bill.agency_code) if ours else DUPLICATE
    held = channel_account(attempt.channel, attempt.merchant)
    amount = attempt.amount_fen
    await book(f"collect:{attempt.out_trade_no}", [(held, amount), (credit, -amount)])
    if lines is None or not ours:
        await begin_automatic(attempt, bill, "重复缴款")
        announce(PaidTwice(out_trade_no=attempt.out_trade_no, amount_fen=amount))
        return
    if "paid" in ORDER_EDGES[order.state]:
        await _set_order(order, "paid")
    bill.items, bill.total_fen = [vars_of(line) for line in lines], amount
    await _pay(bill, attempt)


async def _lines_for(bill: Bill, amount_fen: int, paid_at: datetime) -> list[BillItem] | None:
    """The bill's lines as this amount paid them; None when it never asked for that much.

    A late bill may have grown after the attempt was placed: what counts is the day of payment.
    """
    if bill.total_fen == amount_fen:
        return [item_of(line) for line in bill.items]
    lines = await lines_on(bill, paid_at)
    return lines if sum(line.total_fen for line in lines) == amount_fen else None


async def lines_on(bill: Bill, at: datetime) -> list[BillItem]:
    """The bill's lines with what lateness adds up to that day."""
    rows = await FeeItem.filter(agency_code=bill.agency_code)
    known = {row.code: Lateness(row.late_per_mille, row.is_fine) for row in rows}
    day = clock.local(at).date()
    return [
        grown(item, bill.due_on, day, known.get(item.code, Lateness(0, penalty=False)))
        for item in map(item_of, bill.items)
    ]


def vars_of(item: BillItem) -> dict[str, object]:
    """A line as it is stored."""
    return {
        "name": item.name,
        "code": item.code,
        "amount_fen": item.amount_fen,
        "overdue_fen": item.overdue_fen,
        "penalty_fen": item.penalty_fen,
    }


async def _pay(bill: Bill, attempt: Attempt) -> None:
    bill.paid_at, bill.channel = attempt.paid_at, attempt.channel
    await _set_bill(bill, "paid")
    announce(
        BillPaid(
            bill_no=bill.bill_no,
            person_id=bill.person_id,
            title=bill.title,
            source=bill.source,
            source_ref=bill.source_ref,
            amount_fen=bill.total_fen,
        )
    )
