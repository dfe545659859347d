"""Shapes of the counter."""

from typing import Annotated, Literal

from pydantic import Field

from app_server.kernel.http import Shape, Text


class CounterBillView(Shape):
    """What a cashier sees of a bill: no name."""

    bill_no: str
    pay_code: str
    title: str
    agency_name: str
    amount_fen: int
    state: str
    version: int


class CounterPayment(Shape):
    """What was taken, and how; a card's slip has a number."""

    amount_fen: Annotated[int, Field(gt=0, le=10**13)]
    means: Literal["cash", "pos"]
    voucher: Annotated[Text, Field(max_length=40)] = ""
