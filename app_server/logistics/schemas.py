"""Shapes of logistics' requests and replies."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text

Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,40}$")]


class ContentLine(Shape):
    """One thing in a parcel."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    number: Annotated[str, Field(max_length=80)]


class TrackView(Shape):
    """Where the parcel was when."""

    at: datetime
    state_name: str
    place: str


class ParcelView(Shape):
    """A parcel; `intact` once it was signed for or ticked off: it is what was handed over."""

    id: UUID
    about: str
    direction: str
    contents: list[ContentLine]
    contents_digest: str
    state: str
    state_name: str
    waybill: str
    carrier_name: str
    intact: bool | None
    pick_up_from: datetime | None
    pick_up_until: datetime | None
    payer: str
    postage_fen: int
    bill_no: str
    agreed_at: datetime | None
    can: list[str]
    version: int
    tracks: list[TrackView]


class ParcelList(Shape):
    """My parcels, newest first."""

    items: list[ParcelView]


class SlotWanted(Shape):
    """Another pick-up window."""

    start: datetime


class ListAgreed(Shape):
    """The digest of the list that was shown."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ContractWanted(Shape):
    """A contract as it is entered."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]
    org: Annotated[str, Field(pattern=r"^([0-9A-Z]{18})?$")] = ""
    carrier: Literal["ems", "sf"]
    customer_code: Code
    monthly_account: Code
    payer: Literal["agency", "resident"]
    fee_code: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{0,20}$")] = ""
    postage_fen: Annotated[int, Field(gt=0, le=1_000_000)]
    priority: Annotated[int, Field(ge=1, le=99)]
    valid_from: date
    valid_to: date | None = None
    office_name: Annotated[Text, Field(min_length=2, max_length=80)]
    office_phone: Annotated[str, Field(pattern=r"^[0-9-]{7,20}$")]
    office_address: Annotated[Text, Field(min_length=5, max_length=200)]


class ContractView(Shape):
    """A contract; of the monthly account only its end."""

    id: UUID
    region: str
    org: str
    carrier: str
    carrier_name: str
    customer_code: str
    account_end: str
    payer: str
    fee_code: str
    postage_fen: int
    priority: int
    valid_from: date
    valid_to: date | None
    office_name: str
    office_phone: str
    office_address: str
    version: int


class ContractList(Shape):
    """The contracts of one's region."""

    items: list[ContractView]


class Ticked(Shape):
    """What the office found in a parcel."""

    contents: Annotated[list[ContentLine], Field(min_length=1, max_length=50)]


class ReceivedView(Shape):
    """Whether it is the agreed list."""

    id: UUID
    state: str
    intact: bool


class DaysQuery(Query):
    """Which days."""

    before: date | None = None


class PostageDayView(Shape):
    """A day of one account; `proved` when its differences explain the whole gap."""

    id: UUID
    day: date
    carrier: str
    customer_code: str
    parcels: int
    lines: int
    expected_fen: int
    billed_fen: int
    paid_fen: int
    explained_fen: int
    proved: bool
    open: int
    compared_at: datetime


class PostageDayList(Shape):
    """Days, newest first."""

    items: list[PostageDayView]


class DifferencesQuery(Query):
    """Which differences."""

    state: Literal["", "open", "resolved"] = ""
    after: UUID | None = None


class PostageDifferenceView(Shape):
    """One thing that payment, parcel and bill say differently."""

    id: UUID
    recon_day_id: UUID
    day: date
    kind: str
    kind_name: str
    subject: str
    ours_fen: int
    theirs_fen: int
    effect_fen: int
    state: str
    resolution: str
    evidence: str
    resolved_at: datetime | None
    version: int


class PostageDifferenceList(Shape):
    """Differences of a day."""

    items: list[PostageDifferenceView]


class PostageResolutionWanted(Shape):
    """How a difference ends, and what proves it."""

    resolution: Literal["carrier_corrects", "we_correct", "refunded", "collected", "accepted"]
    evidence: Annotated[Text, Field(min_length=4, max_length=500)]
