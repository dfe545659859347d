"""Shapes of payments' requests and replies."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text

Channel = Literal["wechat", "alipay", "unionpay", "wechat_nontax", "nontax"]
ProductName = Literal["mini", "h5", "native", "app", "page"]
Fen = Annotated[int, Field(gt=0, le=10**13)]


class AccountQuery(Query):
    """Which of our accounts at the channel a notice is about."""

    account: Literal["treasury", "business"] = "treasury"


class BillLine(Shape):
    """One line of a bill, in fen; what lateness added stands apart."""

    name: str
    code: str
    amount_fen: int
    overdue_fen: int = 0
    penalty_fen: int = 0


class BillView(Shape):
    """A bill as it stands today."""

    bill_no: str
    pay_code: str
    title: str
    amount_fen: int
    state: str
    state_name: str
    agency_name: str
    fee_class: Literal["treasury", "business"]
    items: list[BillLine]
    due_on: date | None
    created_at: datetime
    paid_at: datetime | None
    channel: str
    receipt_no: str
    refunded_fen: int
    source: str
    source_ref: str


class BillList(Shape):
    """My bills."""

    items: list[BillView]


class WaysQuery(Query):
    """What one pays with."""

    client: Literal["phone", "desktop", "wechat", "alipay", "app"] = "phone"


class PayWay(Shape):
    """One way to pay."""

    channel: str
    product: str
    name: str


class PayWayList(Shape):
    """How a bill can be paid on this client, the usual one first."""

    items: list[PayWay]


class OrderStart(Shape):
    """The channel to pay through, and the product fit for the device."""

    channel: Channel
    product: ProductName = "h5"


class OrderGo(Shape):
    """How to go on: an address, a form to post, a code to scan, or the channel's own fields."""

    kind: Literal["redirect", "form", "qr", "params"]
    told: dict[str, str]


class OrderView(Shape):
    """An order."""

    order_no: str
    bill_no: str
    state: str
    amount_fen: int
    channel: str
    product: str
    go: OrderGo | None


class FeeItemWanted(Shape):
    """A fee item of an executing unit."""

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    fee_class: Literal["treasury", "business"]
    basis: Annotated[Text, Field(min_length=1, max_length=200)]
    valid_from: date
    valid_to: date | None = None
    most_fen: Fen | None = None
    late_per_mille: Annotated[int, Field(ge=0, le=100)] = 0
    is_fine: bool = False


class FeeAgencies(Shape):
    """Executing units by their codes."""

    codes: list[str]


class FeeItemView(FeeItemWanted):
    """A fee item as it stands on the list."""

    agency_code: str
    code: str
    version: int


class FeeItemList(Shape):
    """What one executing unit may charge."""

    items: list[FeeItemView]


class FeesQuery(Query):
    """Whose list."""

    agency_code: str = Field(default="", max_length=18)


class BillsQuery(Query):
    """Which bills; `after` is the last id of the page before."""

    state: Literal["", "unpaid", "overdue", "locked", "paid", "cleared", "in_treasury", "void"] = ""
    after: UUID | None = None


class RefundsQuery(Query):
    """Which refunds; `state` may be the word people read: all that are on their way are one."""

    state: Literal[
        "", "asked", "new", "sent", "processing", "under_way", "abnormal", "closed", "rejected",
        "success", "turned_down",
    ] = ""  # fmt: skip
    after: UUID | None = None


class RecordsQuery(Query):
    """Which days are taken out, and what for: the payers read it."""

    first: date
    last: date
    purpose: Annotated[Text, Field(min_length=2, max_length=100)]


class AgencyBill(Shape):
    """A bill in an officer's list: no name of the payer."""

    id: UUID
    bill_no: str
    pay_code: str
    title: str
    amount_fen: int
    refunded_fen: int
    state: str
    state_name: str
    agency_code: str
    agency_name: str
    fee_class: str
    due_on: date | None
    channel: str
    created_at: datetime
    paid_at: datetime | None
    version: int


class AgencyBillList(Shape):
    """A page of bills."""

    items: list[AgencyBill]


class VoidWanted(Shape):
    """Why a bill is taken back."""

    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class RefundAsked(Shape):
    """How much goes back, and why."""

    bill_no: str = Field(max_length=32)
    amount_fen: Fen
    reason: Annotated[Text, Field(min_length=2, max_length=80)]


class RefundDecided(Shape):
    """Whether the second person agrees."""

    agreed: bool


class RefundView(Shape):
    """A refund."""

    id: UUID
    out_refund_no: str
    bill_no: str
    amount_fen: int
    state: str
    state_name: str
    reason: str
    auto: bool
    asked_by: str
    decided_by: str
    refused_why: str
    created_at: datetime
    refunded_at: datetime | None
    version: int


class RefundList(Shape):
    """A page of refunds."""

    items: list[RefundView]
