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


class BillVoided(Event):
    """An agency took a bill back before it was paid."""

    name: ClassVar[str] = "payments.bill_voided/1"
    key: ClassVar[str] = "bill_no"
    bill_no: str
    person_id: UUID
    title: str
    source: str
    source_ref: str


class BillRefunded(Event):
    """Money of a bill went back to its payer; `twice` where it had been paid twice."""

    name: ClassVar[str] = "payments.bill_refunded/1"
    key: ClassVar[str] = "bill_no"
    bill_no: str
    person_id: UUID
    title: str
    amount_fen: int
    twice: bool
    source: str
    source_ref: str


class AttemptStarted(Event):
    """An attempt row is committed: from now on the gateway is asked until it has an end."""

    name: ClassVar[str] = "payments.attempt_started/1"
    key: ClassVar[str] = "out_trade_no"
    out_trade_no: str


class PaidTwice(Event):
    """Money arrived for a bill that was paid already, or void: it goes back by itself."""

    name: ClassVar[str] = "payments.paid_twice/1"
    key: ClassVar[str] = "out_trade_no"
    out_trade_no: str
    amount_fen: int


class RefundStarted(Event):
    """A refund row is committed: the gateway is asked until it has an end."""

    name: ClassVar[str] = "payments.refund_started/1"
    key: ClassVar[str] = "out_refund_no"
    out_refund_no: str


class RefundStuck(Event):
    """A channel could not pay a refund out: somebody has to look."""

    name: ClassVar[str] = "payments.refund_stuck/1"
    key: ClassVar[str] = "out_refund_no"
    out_refund_no: str
    state: str


class KeysDue(Event):
    """The half day is over after which a channel's keys are looked for anew."""

    name: ClassVar[str] = "payments.keys_due/1"
    key: ClassVar[str] = "channel"
    channel: str
    fee_class: str


class DayDue(Event):
    """A day of one account is over: its channel's file is fetched until it is there."""

    name: ClassVar[str] = "payments.day_due/1"
    key: ClassVar[str] = "day"
    channel: str
    fee_class: str
    day: str

    @property
    def aggregate(self) -> str:
        """Accounts do not wait for each other."""
        return f"payments:{self.channel}/{self.fee_class}/{self.day}"
