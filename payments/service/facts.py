"""The one function that applies what a gateway says, whichever way it was said (rule 1)."""

from datetime import datetime

import structlog

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from payments.events import BillPaid, PaidTwice
from payments.models import Attempt, Bill, Order
from payments.providers import gateway
from payments.providers.gateway import Fact
from payments.rules import ATTEMPT_EDGES, ORDER_EDGES

log = structlog.get_logger(__name__)


async def take_notice(channel: str, headers: dict[str, str], raw: bytes) -> str:
    """Apply a payment notice; answers the verdict. Raises `BadNotice` and changes nothing."""
    return await apply_fact(gateway(channel).read_notice(headers, raw, clock.now()))


async def apply_fact(fact: Fact) -> str:
    """Apply one fact in one transaction: fact row, locks, transition, ledger, news (rule 4).

    Answers `applied`, `known` (told before), `stale` (nothing to move), `unknown_order` or
    `mismatch` (kept, alarmed, never paid: rule 5).
    """
    async with db.unit_of_work():
        attempt = await Attempt.get_or_none(out_trade_no=fact.out_trade_no)
        if attempt is None:
            return await _keep(fact, "unknown_order")
        # Lock order first, then attempt: everybody in this order, so nobody waits in a circle.
        order = await Order.select_for_update().get(id=attempt.order_id)
        attempt = await Attempt.select_for_update().get(id=attempt.id)
        if not _agrees(fact, attempt):
            log.error("payment_mismatch", out_trade_no=fact.out_trade_no, channel=fact.channel)
            return await _keep(fact, "mismatch")
        verdict = await _keep(fact, "applied")
        if verdict == "known" or fact.state not in ATTEMPT_EDGES[attempt.state]:
            return verdict if verdict == "known" else "stale"
        if fact.state == "success":
            await _succeed(fact, order, attempt)
        elif fact.state in {"waiting", "closed"}:
            await _move(order, attempt, fact.state)
        return "applied"


def _agrees(fact: Fact, attempt: Attempt) -> bool:
    if fact.state == "missing":
        return True
    merchant = gateway(attempt.channel).merchant
    return (fact.channel, fact.merchant, fact.amount_fen) == (
        attempt.channel,
        merchant,
        attempt.amount_fen,
    )


async def _keep(fact: Fact, verdict: str) -> str:
    kept = await db.execute(
        "INSERT INTO payments_channel_fact (id, channel, source, external_id, told, verdict, at) "
        "VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT (channel, source, external_id) DO NOTHING",
        uuid7(),
        fact.channel,
        fact.source,
        fact.external_id,
        fact.raw,
        verdict,
        clock.now(),
    )
    return verdict if kept or verdict != "applied" else "known"


async def _move(order: Order, attempt: Attempt, state: str) -> None:
    attempt.state = state
    await attempt.save(update_fields=["state"])
    target = {"waiting": "paying", "closed": "closed"}[state]
    if target in ORDER_EDGES[order.state]:
        await _set_order(order, target)


async def _set_order(order: Order, state: str) -> None:
    order.state, order.version = state, order.version + 1
    await order.save(update_fields=["state", "version"])


async def _succeed(fact: Fact, order: Order, attempt: Attempt) -> None:
    attempt.state = "success"
    attempt.channel_trade_no = fact.channel_trade_no
    attempt.paid_at = fact.paid_at or clock.now()
    await attempt.save(update_fields=["state", "channel_trade_no", "paid_at"])
    bill = await Bill.select_for_update().get(id=order.bill_id)
    already = bill.state == "paid"
    credit = "suspense:duplicate" if already else f"agency:{bill.agency_code}"
    await _book(
        f"collect:{attempt.out_trade_no}",
        [(f"channel:{attempt.channel}", attempt.amount_fen), (credit, -attempt.amount_fen)],
    )
    await _set_order(order, "paid")
    if already:
        announce(PaidTwice(out_trade_no=attempt.out_trade_no, amount_fen=attempt.amount_fen))
        return
    await _pay(bill, attempt.paid_at)


async def _pay(bill: Bill, paid_at: datetime) -> None:
    bill.state, bill.paid_at, bill.version = "paid", paid_at, bill.version + 1
    bill.receipt_no = f"R{bill.pay_code}"
    await bill.save(update_fields=["state", "paid_at", "version", "receipt_no"])
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


async def _book(key: str, entries: list[tuple[str, int]]) -> None:
    """Write one ledger transaction; its key makes it once, its entries sum to nothing."""
    if sum(amount for _, amount in entries):
        raise ValueError("a ledger transaction sums to zero")
    uow = db.needed()
    transaction = uuid7()
    uow.add("payments_ledger_transaction", {"id": transaction, "key": key, "at": clock.now()})
    for account, amount in entries:
        uow.add(
            "payments_ledger_entry",
            {
                "id": uuid7(),
                "transaction_id": transaction,
                "account": account,
                "amount_fen": amount,
            },
        )
