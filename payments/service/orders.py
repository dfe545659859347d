"""Orders: the attempt row first, then the gateway; one payer, one bill, one open order."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app_server.kernel import audit, clock, db, idempotency
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from payments.errors import (
    BillInUse,
    BillNotPayable,
    NoSuchBill,
    NoSuchOrder,
    NotSignedInThere,
    NotThisWay,
)
from payments.events import AttemptStarted
from payments.models import Attempt, Bill, Order
from payments.providers import GATEWAYS, gateway
from payments.providers.gateway import Payer, Product
from payments.rules import BILL_EDGES, OPEN_ATTEMPTS, OPEN_ORDERS, ORDER_LIFE, way
from payments.service.attempts import ask_gateway, place
from payments.service.facts import lines_on, vars_of


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as its payer sees it; `go` is how to go on at the channel, while it is open."""

    order_no: str
    bill_no: str
    state: str
    amount_fen: int
    channel: str
    product: str
    go: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to pay: channel and product, and whom the channel knows them as."""

    channel: str
    product: Product
    payer: Payer = field(default_factory=Payer)


async def wish(principal: Principal, channel: str, product: Product, ip: str) -> Wish:
    """A wish with what the channel must know of the payer.

    Raises `NotThisWay`, and `NotSignedInThere` for a mini-program whose user this person is not.
    """
    if channel not in GATEWAYS:
        raise NotThisWay
    app_id = gateway(channel, "treasury").app_id(product)
    openid = ""
    if product == "mini":
        openid = await grants.openid_at(principal.subject, channel, app_id) or ""
        if not openid:
            raise NotSignedInThere
    return Wish(channel, product, Payer(app_id, openid, ip))


async def start_order(principal: Principal, bill_no: str, wish: Wish) -> OrderFacts:
    """Begin to pay a bill of mine; an open order is taken up again, on another channel if wished.

    Raises `NoSuchBill`, `BillNotPayable`, `BillInUse`, `NotThisWay`, `GatewayRefused`,
    `GatewayUnreachable`. The attempt is committed before the gateway hears of it (rule 2).
    """
    await _end_expired(bill_no)
    attempt, bill, order = await _prepared(principal, bill_no, wish)
    if not attempt.go:
        await place(attempt, bill, order, wish.payer)
        await attempt.refresh_from_db()
        await order.refresh_from_db()
    return _facts(order, bill.bill_no, attempt)


async def _end_expired(bill_no: str) -> None:
    """Bring an order past its time to its end first: perhaps it was paid in its last minute."""
    late = await db.rows(
        "SELECT a.out_trade_no FROM payments_attempt a JOIN payments_order o ON o.id = a.order_id "
        "JOIN payments_bill b ON b.id = o.bill_id WHERE b.bill_no = $1 AND b.state = 'locked' "
        "AND o.expires_at < $2 AND a.state = ANY($3::text[])",
        bill_no,
        clock.now(),
        list(OPEN_ATTEMPTS),
    )
    for row in late:
        await ask_gateway(row["out_trade_no"])


async def _prepared(principal: Principal, bill_no: str, wish: Wish) -> tuple[Attempt, Bill, Order]:
    async with db.unit_of_work():
        bill = await Bill.select_for_update().get_or_none(
            bill_no=bill_no, person_id=principal.subject
        )
        if bill is None:
            raise NoSuchBill
        if way(wish.channel, wish.product, bill.fee_class) is None:
            raise NotThisWay
        idempotency.claim()
        order = await _order(principal, bill)
        open_ones = await Attempt.filter(order_id=order.id, state__in=OPEN_ATTEMPTS)
        for attempt in open_ones:
            if (attempt.channel, attempt.product) == (wish.channel, wish.product):
                return attempt, bill, order
        attempt = await _attempt(order, bill, wish)
        for other in open_ones:
            # Left for another channel: its gateway is told, or asked whether it was paid after all.
            await Attempt.filter(id=other.id).update(abandoned=True)
            announce(AttemptStarted(out_trade_no=other.out_trade_no))
        audit.record(principal, "payments.order_started", f"order:{order.order_no}")
    return attempt, bill, order


async def _order(principal: Principal, bill: Bill) -> Order:
    """The open order of a locked bill, or a new one for what is due today."""
    now = clock.now()
    order = await Order.get_or_none(bill_id=bill.id, state__in=OPEN_ORDERS)
    if order is not None and order.state != "closing" and order.expires_at > now:
        return order
    if order is not None:
        # The one before has no end yet: its gateway has to say whether it was paid.
        raise BillInUse
    if "locked" not in BILL_EDGES[bill.state]:
        raise BillNotPayable
    lines = await lines_on(bill, now)
    bill.items = [vars_of(line) for line in lines]
    bill.total_fen = sum(line.total_fen for line in lines)
    bill.state, bill.version = "locked", bill.version + 1
    await bill.save()
    return await Order.create(
        order_no=f"P{now:%Y%m%d%H%M%S}{secrets.randbelow(10**9):09d}",
        bill_id=bill.id,
        person_id=principal.subject,
        amount_fen=bill.total_fen,
        created_at=now,
        expires_at=now + ORDER_LIFE,
    )


async def _attempt(order: Order, bill: Bill, wish: Wish) -> Attempt:
    door = gateway(wish.channel, bill.fee_class)
    attempt = await Attempt.create(
        order_id=order.id,
        out_trade_no=uuid7().hex,
        channel=wish.channel,
        product=wish.product,
        fee_class=bill.fee_class,
        merchant=door.merchant,
        app_id=door.app_id(wish.product),
        amount_fen=order.amount_fen,
        created_at=clock.now(),
    )
    announce(AttemptStarted(out_trade_no=attempt.out_trade_no))
    return attempt


async def order_now(principal: Principal, order_no: str) -> OrderFacts:
    """The state of my order; an open one is asked for at the gateway (rule 8)."""
    order = await Order.get_or_none(order_no=order_no, person_id=principal.subject)
    if order is None:
        raise NoSuchOrder
    attempts = await Attempt.filter(order_id=order.id).order_by("-id")
    if order.state in OPEN_ORDERS:
        for attempt in attempts:
            if attempt.state in OPEN_ATTEMPTS:
                await ask_gateway(attempt.out_trade_no)
        await order.refresh_from_db()
    paid = [a for a in attempts if a.paid_at is not None]
    bill = await Bill.get(id=order.bill_id)
    return _facts(order, bill.bill_no, (paid or attempts)[0])


def _facts(order: Order, bill_no: str, attempt: Attempt) -> OrderFacts:
    go = attempt.go if order.state in OPEN_ORDERS else {}
    return OrderFacts(
        order.order_no,
        bill_no,
        order.state,
        order.amount_fen,
        attempt.channel,
        attempt.product,
        go,
    )
