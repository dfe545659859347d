"""Paying at a hall's counter: cash or card, one bill once, and a second person to give it back.

The counter is a channel whose word is our own officer's: what is taken is booked by the one
function that books every channel's facts (R-PAY-03).
"""

import secrets
from dataclasses import dataclass

from app_server.kernel import audit, clock, db, idempotency
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from payments.errors import BillInUse, BillNotPayable, NoSuchBill
from payments.models import Attempt, Bill, Order
from payments.providers.gateway import Fact
from payments.rules import BILL_EDGES, OPEN_ORDERS, is_pay_code
from payments.service.facts import apply_fact, lines_on, vars_of
from payments.service.refunds import COUNTER
from payments.service.sight import sees


@dataclass(frozen=True, slots=True)
class CounterBill:
    """What a cashier sees of a bill: no name."""

    bill_no: str
    pay_code: str
    title: str
    agency_name: str
    amount_fen: int
    state: str
    version: int


async def bill_at_counter(cashier: Principal, code: str) -> CounterBill:
    """A bill by its pay code, with what is due today; raises `NoSuchBill`."""
    row = await Bill.get_or_none(pay_code=code) if is_pay_code(code) else None
    if row is None or not sees(cashier, row):
        raise NoSuchBill
    lines = await lines_on(row, clock.now()) if row.state in {"unpaid", "overdue"} else []
    due = sum(line.total_fen for line in lines) or row.total_fen
    return CounterBill(
        row.bill_no, row.pay_code, row.title, row.agency_name, due, row.state, row.version
    )


async def pay_at_counter(
    cashier: Principal, code: str, amount_fen: int, means: str, voucher: str
) -> CounterBill:
    """Take what is due, in cash or by card (then `voucher` is the slip's number).

    Raises `NoSuchBill`, `BillInUse` while somebody pays online, `BillNotPayable` when it is
    settled, or when another amount is due than was taken.
    """
    async with db.unit_of_work():
        idempotency.claim()
        bill = await Bill.select_for_update().get_or_none(pay_code=code)
        if bill is None or not sees(cashier, bill):
            raise NoSuchBill
        if await Order.exists(bill_id=bill.id, state__in=OPEN_ORDERS):
            raise BillInUse
        lines = await lines_on(bill, clock.now())
        due = sum(line.total_fen for line in lines)
        if "paid" not in BILL_EDGES[bill.state] or due != amount_fen:
            raise BillNotPayable(due_fen=due)
        bill.items, bill.total_fen = [vars_of(line) for line in lines], due
        bill.state, bill.version = "locked", bill.version + 1
        await bill.save()
        number = await _attempt(cashier, bill)
        fact = Fact(
            channel=COUNTER,
            source="create",
            external_id=number,
            out_trade_no=number,
            merchant=cashier.org,
            app_id=means,
            state="success",
            amount_fen=due,
            channel_trade_no=voucher,
            paid_at=clock.now(),
            raw=f"{means} {voucher} {cashier.ref}",
        )
        await Attempt.filter(out_trade_no=number).update(app_id=means)
        await apply_fact(fact)
        audit.record(cashier, "payments.counter_paid", f"bill:{bill.bill_no}", owner=bill.person_id)
    return await bill_at_counter(cashier, code)


async def _attempt(cashier: Principal, bill: Bill) -> str:
    now = clock.now()
    order = await Order.create(
        order_no=f"P{now:%Y%m%d%H%M%S}{secrets.randbelow(10**9):09d}",
        bill_id=bill.id,
        person_id=bill.person_id,
        amount_fen=bill.total_fen,
        state="paying",
        created_at=now,
        expires_at=now,
    )
    attempt = await Attempt.create(
        order_id=order.id,
        out_trade_no=uuid7().hex,
        channel=COUNTER,
        product=COUNTER,
        fee_class=bill.fee_class,
        merchant=cashier.org,
        amount_fen=bill.total_fen,
        state="waiting",
        created_at=now,
    )
    return str(attempt.out_trade_no)
