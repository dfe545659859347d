"""Shapes of business systems' access to payments."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from payments.schemas import Fen

Reference = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[!-~]+$")]


class PaymentSystemWanted(Shape):
    """A business system and the executing unit it stands for."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,15}$")]
    name: Annotated[Text, Field(min_length=2, max_length=80)]
    agency_code: Annotated[str, Field(min_length=1, max_length=18, pattern=r"^[0-9A-Z]+$")]
    agency_name: Annotated[Text, Field(min_length=2, max_length=80)]
    region: Annotated[str, Field(pattern=r"^\d{6}(\d{6})?$")]


class PaymentSystemView(Shape):
    """A business system as the treasury sees it."""

    code: str
    client_id: str
    name: str
    agency_code: str
    agency_name: str
    region: str
    state: Literal["active", "ended"]
    version: int


class PaymentSystemAdmitted(PaymentSystemView):
    """A system with its secret, told this once."""

    secret: str


class PaymentSystemList(Shape):
    """All business systems."""

    items: list[PaymentSystemView]


class ChargeLine(Shape):
    """One line, in fen; its fee item must be on the executing unit's list."""

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    code: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[0-9A-Z]+$")]
    amount_fen: Fen


class ChargePayer(Shape):
    """Who pays: name and ID number, compared with the account, not kept with the bill."""

    name: Annotated[Text, Field(min_length=1, max_length=60)]
    id_number: Annotated[str, Field(pattern=r"^\d{17}[\dX]$")]


class ChargeWanted(Shape):
    """A bill to be raised; the same `reference` again is the same bill."""

    reference: Reference
    payer: ChargePayer
    title: Annotated[Text, Field(min_length=1, max_length=120)]
    items: Annotated[list[ChargeLine], Field(min_length=1, max_length=20)]
    due_on: date | None = None


class ChargeView(Shape):
    """What became of a bill."""

    reference: str
    bill_no: str
    pay_code: str
    amount_fen: int
    refunded_fen: int
    state: str
    state_name: str
    channel: str
    paid_at: datetime | None
    receipt_no: str


class ChargesQuery(Query):
    """Which bills: own references, comma between them, a hundred at most."""

    references: Annotated[str, Field(min_length=1, max_length=6_200)]


class ChargeList(Shape):
    """What became of bills."""

    items: list[ChargeView]


class DischargeWanted(Shape):
    """Which bill is taken back, and why."""

    reference: Reference
    reason: Annotated[Text, Field(min_length=2, max_length=200)]
