"""Shapes of payments' requests and replies."""

from datetime import datetime
from typing import Literal

from app_server.kernel.http import Shape


class BillLine(Shape):
    """One line of a bill, in fen."""

    name: str
    code: str
    amount_fen: int


class BillView(Shape):
    """A bill."""

    bill_no: str
    pay_code: str
    title: str
    amount_fen: int
    state: str
    state_name: str
    agency_name: str
    items: list[BillLine]
    created_at: datetime
    paid_at: datetime | None
    receipt_no: str
    source: str
    source_ref: str


class BillList(Shape):
    """My bills."""

    items: list[BillView]


class OrderStart(Shape):
    """The channel to pay through."""

    channel: Literal["nontax"]


class OrderView(Shape):
    """An order."""

    order_no: str
    bill_no: str
    state: str
    amount_fen: int
    cashier_url: str
