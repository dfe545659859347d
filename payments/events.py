"""What payments announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class BillCreated(Event):
    """A bill waits to be paid."""

    name: ClassVar[str] = "payments.bill_created/1"
    key: ClassVar[str] = "bill_no"
    bill_no: str
    person_id: UUID
    title: str
    amount_fen: int
    agency_name: str


class BillPaid(Event):
    """A bill was paid: the gateway says so and the ledger has it."""

    name: ClassVar[str] = "payments.bill_paid/1"
    key: ClassVar[str] = "bill_no"
    bill_no: str
    person_id: UUID
    title: str
    source: str
    source_ref: str
    amount_fen: int


class AttemptStarted(Event):
    """An attempt row is committed: from now on the gateway is asked until it has an end."""

    name: ClassVar[str] = "payments.attempt_started/1"
    key: ClassVar[str] = "out_trade_no"
    out_trade_no: str


class PaidTwice(Event):
    """Money arrived for a bill that was paid already: it must go back."""

    name: ClassVar[str] = "payments.paid_twice/1"
    key: ClassVar[str] = "out_trade_no"
    out_trade_no: str
    amount_fen: int
