"""Orders: the attempt row first, then the gateway; and asking until there is an end."""

import secrets
from dataclasses import dataclass

from app_server.kernel import audit, clock, db, idempotency
from app_server.kernel.events import Ok, Outcome, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from payments.errors import (
    BillNotPayable,
    GatewayRefused,
    GatewayUnreachable,
    NoSuchBill,
    NoSuchOrder,
)
from payments.events import AttemptStarted
from payments.models import Attempt, Bill, Order
from payments.providers import gateway
from payments.providers.gateway import Created, NoAnswer, Refused
from payments.rules import ORDER_LIFE
from payments.service.facts import apply_fact


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as its payer sees it."""

    order_no: str
    bill_no: str
    state: str
    amount_fen: int
    cashier_url: str


async def start_order(principal: Principal, bill_no: str, channel: str) -> OrderFacts:
    """Begin to pay a bill of mine; an open order is taken up again.

    Raises `NoSuchBill`, `BillNotPayable`, `GatewayRefused`, `GatewayUnreachable`. The attempt is
    committed before the gateway hears of it (rule 2).
    """
    attempt, bill = await _prepared(principal, bill_no, channel)
    if not attempt.cashier_url:
        await _place(attempt, bill)
        await attempt.refresh_from_db()
    return await _facts(await Order.get(id=attempt.order_id), bill.bill_no, attempt)


async def _prepared(principal: Principal, bill_no: str, channel: str) -> tuple[Attempt, Bill]:
    now = clock.now()
    async with db.unit_of_work():
        bill = await Bill.select_for_update().get_or_none(
            bill_no=bill_no, person_id=principal.subject
        )
        if bill is None:
            raise NoSuchBill
        if bill.state != "unpaid":
            raise BillNotPayable
        idempotency.claim()
        order = await Order.filter(
            bill_id=bill.id, state__in=("created", "paying"), expires_at__gt=now
        ).first()
        if order is not None:
            return await Attempt.get(order_id=order.id), bill
        order = await Order.create(
            order_no=f"P{now:%Y%m%d%H%M%S}{secrets.randbelow(10**9):09d}",
            bill_id=bill.id,
            person_id=principal.subject,
            amount_fen=bill.total_fen,
            created_at=now,
            expires_at=now + ORDER_LIFE,
        )
        attempt = await Attempt.create(
            order_id=order.id,
            out_trade_no=uuid7().hex,
            channel=channel,
            amount_fen=bill.total_fen,
            created_at=now,
        )
        audit.record(principal, "payments.order_started", f"order:{order.order_no}")
        announce(AttemptStarted(out_trade_no=attempt.out_trade_no))
    return attempt, bill


async def _place(attempt: Attempt, bill: Bill) -> None:
    order = await Order.get(id=attempt.order_id)
    answer = await gateway(attempt.channel).create(
        out_trade_no=attempt.out_trade_no,
        amount_fen=attempt.amount_fen,
        title=bill.title,
        pay_code=bill.pay_code,
        expires_at=order.expires_at,
        return_url=f"{load().origin('public')}/pay/result/{order.order_no}",
    )
    if isinstance(answer, NoAnswer):
        raise GatewayUnreachable(answer.reason)
    async with db.unit_of_work():
        if isinstance(answer, Created):
            await Attempt.filter(id=attempt.id).update(
                cashier_url=answer.cashier_url, channel_trade_no=answer.channel_trade_no
            )
            await Attempt.filter(id=attempt.id, state="new").update(state="waiting")
            await Order.filter(id=order.id, state="created").update(state="paying")
        else:
            await Attempt.filter(id=attempt.id, state="new").update(state="rejected")
            await Order.filter(id=order.id, state="created").update(state="closed")
    if isinstance(answer, Refused):
        raise GatewayRefused(reason=answer.reason)


async def order_now(principal: Principal, order_no: str) -> OrderFacts:
    """The state of my order; an open one is asked for at the gateway (rule 8)."""
    order = await Order.get_or_none(order_no=order_no, person_id=principal.subject)
    if order is None:
        raise NoSuchOrder
    attempt = await Attempt.get(order_id=order.id)
    if order.state in {"created", "paying"}:
        await ask_gateway(attempt.out_trade_no)
        await order.refresh_from_db()
        await attempt.refresh_from_db()
    bill = await Bill.get(id=order.bill_id)
    return await _facts(order, bill.bill_no, attempt)


async def _facts(order: Order, bill_no: str, attempt: Attempt) -> OrderFacts:
    return OrderFacts(order.order_no, bill_no, order.state, order.amount_fen, attempt.cashier_url)


async def ask_gateway(out_trade_no: str) -> Outcome:
    """Ask the gateway about an attempt and apply what it says; `Unknown` while it is open.

    Past its time the order is closed at the gateway first: if it says paid, it is paid (rule 7).
    """
    attempt = await Attempt.get(out_trade_no=out_trade_no)
    order = await Order.get(id=attempt.order_id)
    if attempt.state in {"success", "rejected"} or order.state == "paid":
        return Ok(attempt.state)
    door = gateway(attempt.channel)
    over = clock.now() > order.expires_at
    told = await (door.close(out_trade_no) if over else door.query(out_trade_no))
    if isinstance(told, NoAnswer):
        return Unknown(told.reason)
    await apply_fact(told)
    final = told.state == "success" or (over and told.state in {"closed", "missing"})
    return Ok(told.state) if final else Unknown(told.state)
