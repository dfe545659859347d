"""What finance people look up: an order with all that was told of it, and a day of the ledger."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from tortoise.expressions import Subquery

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from payments.errors import NoSuchOrder
from payments.models import Attempt, Bill, Order
from payments.rules import ORDER_STATE_NAMES
from payments.service.sight import sees, within

PAGE = 50


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list."""

    id: UUID
    order_no: str
    bill_no: str
    title: str
    amount_fen: int
    state: str
    state_name: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try at a gateway."""

    out_trade_no: str
    channel: str
    product: str
    merchant: str
    amount_fen: int
    state: str
    channel_trade_no: str
    abandoned: bool
    created_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class FactRow:
    """One word of a gateway, and what we made of it; not the word itself, it may name people."""

    out_trade_no: str
    source: str
    verdict: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderStory:
    """An order with its attempts and every word about them, oldest first."""

    order: OrderRow
    attempts: list[AttemptRow]
    facts: list[FactRow]


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One account's day: what stood before, what came and went, what stands after."""

    account: str
    before_fen: int
    debit_fen: int
    credit_fen: int
    after_fen: int
    entries: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One side of a transaction."""

    id: UUID
    key: str
    account: str
    amount_fen: int
    at: datetime


async def find_orders(
    principal: Principal, number: str = "", after: UUID | None = None
) -> list[OrderRow]:
    """Orders of the bills an officer sees, newest first.

    `number` is an order's, a bill's, or an attempt's as the channel knows it.
    """
    seen = Bill.filter(**within(principal))
    found = Order.filter(bill_id__in=Subquery(seen.values("id")))
    if number:
        attempt = await Attempt.get_or_none(out_trade_no=number)
        bill = await Bill.get_or_none(bill_no=number)
        if attempt is not None:
            found = found.filter(id=attempt.order_id)
        elif bill is not None:
            found = found.filter(bill_id=bill.id)
        else:
            found = found.filter(order_no=number)
    if after is not None:
        found = found.filter(id__lt=after)
    rows = await found.order_by("-id").limit(PAGE)
    bills = {bill.id: bill for bill in await Bill.filter(id__in=[row.bill_id for row in rows])}
    return [_row(row, bills[row.bill_id]) for row in rows]


def _row(order: Order, bill: Bill) -> OrderRow:
    return OrderRow(
        order.id,
        order.order_no,
        bill.bill_no,
        bill.title,
        order.amount_fen,
        order.state,
        ORDER_STATE_NAMES[order.state],
        order.created_at,
        order.expires_at,
    )


async def order_story(principal: Principal, order_no: str) -> OrderStory:
    """What happened to an order; raises `NoSuchOrder` for one of another agency too."""
    order = await Order.get_or_none(order_no=order_no)
    bill = await Bill.get(id=order.bill_id) if order else None
    if order is None or bill is None or not sees(principal, bill):
        raise NoSuchOrder
    attempts = await Attempt.filter(order_id=order.id).order_by("created_at")
    facts = await db.rows(
        "SELECT a.out_trade_no, f.source, f.verdict, f.at FROM payments_attempt a "
        "JOIN payments_channel_fact f ON f.out_trade_no = a.out_trade_no "
        "WHERE a.order_id = $1 ORDER BY f.at, f.id",
        order.id,
    )
    return OrderStory(
        _row(order, bill),
        [
            AttemptRow(
                row.out_trade_no,
                row.channel,
                row.product,
                row.merchant,
                row.amount_fen,
                row.state,
                row.channel_trade_no,
                row.abandoned,
                row.created_at,
                row.paid_at,
            )
            for row in attempts
        ],
        [FactRow(row["out_trade_no"], row["source"], row["verdict"], row["at"]) for row in facts],
    )


async def ledger_day(day: date) -> list[LedgerLine]:
    """Every account with its sums of one day; all of them together sum to nothing."""
    first = datetime.combine(day, time(0), clock.SHANGHAI)
    rows = await db.rows(
        "SELECT e.account, "
        "coalesce(sum(e.amount_fen) FILTER (WHERE t.at < $1), 0) before_fen, "
        "coalesce(sum(e.amount_fen) FILTER (WHERE t.at >= $1 AND e.amount_fen > 0), 0) debit_fen, "
        "coalesce(-sum(e.amount_fen) FILTER (WHERE t.at >= $1 AND e.amount_fen < 0), 0) "
        "credit_fen, sum(e.amount_fen) after_fen, count(*) FILTER (WHERE t.at >= $1) entries "
        "FROM payments_ledger_entry e JOIN payments_ledger_transaction t "
        "ON t.id = e.transaction_id WHERE t.at < $2 GROUP BY e.account ORDER BY e.account",
        first,
        first + timedelta(days=1),
    )
    return [
        LedgerLine(
            row["account"],
            int(row["before_fen"]),
            int(row["debit_fen"]),
            int(row["credit_fen"]),
            int(row["after_fen"]),
            int(row["entries"]),
        )
        for row in rows
    ]


async def ledger_rows(account: str, day: date, after: UUID | None = None) -> list[LedgerRow]:
    """One account's entries of a day, in the order they were written."""
    first = datetime.combine(day, time(0), clock.SHANGHAI)
    rows = await db.rows(
        "SELECT e.id, t.key, e.account, e.amount_fen, t.at FROM payments_ledger_entry e "
        "JOIN payments_ledger_transaction t ON t.id = e.transaction_id "
        "WHERE e.account = $1 AND t.at >= $2 AND t.at < $3 AND ($4::uuid IS NULL OR e.id > $4) "
        f"ORDER BY e.id LIMIT {PAGE}",
        account,
        first,
        first + timedelta(days=1),
        after,
    )
    return [
        LedgerRow(row["id"], row["key"], row["account"], row["amount_fen"], row["at"])
        for row in rows
    ]
