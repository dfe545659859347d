"""Shapes of what finance people look up."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape


class PayOrdersQuery(Query):
    """Which orders: by an order's, a bill's or a channel attempt's number; `after` a page."""

    number: Annotated[str, Field(max_length=64)] = ""
    after: UUID | None = None


class PayOrderView(Shape):
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


class PayOrderList(Shape):
    """A page of orders."""

    items: list[PayOrderView]


class PayAttemptView(Shape):
    """One try at a channel."""

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


class PayFactView(Shape):
    """One word of a channel, and what became of it."""

    out_trade_no: str
    source: str
    verdict: str
    at: datetime


class PayOrderStory(Shape):
    """An order, its attempts and every word about them, oldest first."""

    order: PayOrderView
    attempts: list[PayAttemptView]
    facts: list[PayFactView]


class LedgerQuery(Query):
    """Which day; today by default."""

    day: date | None = None


class LedgerAccountDay(Shape):
    """One account's day in fen; debits and credits as positive sums."""

    account: str
    before_fen: int
    debit_fen: int
    credit_fen: int
    after_fen: int
    entries: int


class LedgerDay(Shape):
    """A day of the ledger; `sum_fen` over all accounts is nothing, or something is wrong."""

    day: date
    sum_fen: int
    accounts: list[LedgerAccountDay]


class LedgerEntriesQuery(Query):
    """Which account's day."""

    account: Annotated[str, Field(min_length=1, max_length=60)]
    day: date
    after: UUID | None = None


class LedgerEntryView(Shape):
    """One side of a transaction; debits positive."""

    id: UUID
    key: str
    account: str
    amount_fen: int
    at: datetime


class LedgerEntryList(Shape):
    """A page of entries."""

    items: list[LedgerEntryView]
