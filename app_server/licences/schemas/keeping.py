"""Shapes of the issuing office's desk, the directory and the counts."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Count, Query, Shape, Text
from app_server.licences.rules.types import Kind

Reason = Annotated[Text, Field(min_length=2, max_length=200)]
# Days that the database and every calendar can hold.
Day = Annotated[date, Field(strict=False, ge=date(2000, 1, 1), le=date(2200, 1, 1))]
Scalar = (
    Annotated[Text, Field(max_length=2000)]
    | Annotated[int, Field(ge=-(2**53), le=2**53)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | bool
    | None
)
Content = dict[Text, Scalar | list[Scalar] | list[dict[Text, Scalar]]]
Number = Annotated[Text, Field(min_length=1, max_length=120)]


class KeptLicenceView(Shape):
    """A licence as its issuing office sees it."""

    id: UUID
    identifier: str
    type_name: str
    kind: str
    kind_name: str
    trust_class: str
    holder_masked: str
    issued_on: date
    expires_on: date | None
    state: str
    state_name: str
    case_no: str
    prints: int
    replaces: UUID | None
    moves: list[str]
    version: int


class KeptLicenceList(Shape):
    """Licences of my office; `next` is where to go on."""

    items: list[KeptLicenceView]
    next: str | None


class KeptLicenceQuery(Query):
    """Which of them."""

    state: Literal["", "making", "valid", "suspended", "superseded", "revoked", "expired"] = ""
    cursor: Annotated[str, Field(max_length=40)] = ""


class LicenceStepView(Shape):
    """One move that was made."""

    at: datetime
    deed: str
    state_name: str
    reason: str
    by_name: str


class KeptLicenceDetail(Shape):
    """A licence with its content and history."""

    licence: KeptLicenceView
    content: dict[str, Any]
    steps: list[LicenceStepView]


class LicenceMove(Shape):
    """What to do, and why."""

    move: Literal["suspend", "resume", "revoke"]
    reason: Reason


class LicenceChange(Shape):
    """Other content, and why."""

    content: Annotated[Content, Field(max_length=200)]
    reason: Reason


class LicenceRenewal(Shape):
    """A later last day, and why."""

    valid_until: Day
    reason: Reason


class LicencePrint(Shape):
    """Why a paper is printed."""

    reason: Reason


class PrintedLicence(Shape):
    """Which paper of this licence it is."""

    copy_number: Count


class ReplacedLicence(Shape):
    """The version that replaces a licence; it is being made."""

    id: UUID
    identifier: str


class DirectoryQuery(Query):
    """Which part of the directory."""

    issuer: Annotated[str, Field(max_length=18)] = ""
    kind: Kind | Literal[""] = ""


class DirectoryLineView(Shape):
    """One type of one issuer."""

    issuer_code: str
    issuer_name: str
    kind: str
    kind_name: str
    type_code: str
    type_name: str
    issued: Count
    valid: Count
    prints: Count


class LicenceDirectoryView(Shape):
    """The directory."""

    items: list[DirectoryLineView]


class LicenceUseQuery(Query):
    """Between which days, both included."""

    first: Day
    last: Day


class LicenceUseCount(Shape):
    """How often licences of one type were used in one way by one organisation."""

    type_code: str
    type_name: str
    way: str
    way_name: str
    org: str
    uses: Count
    licences: Count


class LicenceUseCounts(Shape):
    """The uses of some days."""

    total: Count
    items: list[LicenceUseCount]


class ProofRequest(Shape):
    """The number of a proof, whose it should be, and what for."""

    identifier: Number
    holder_number: Annotated[Text, Field(min_length=15, max_length=18)]
    purpose: Reason


class ProofView(Shape):
    """Whether it stands for a paper."""

    accepted: bool
    reason: str
    type_name: str | None
    holder_masked: str | None
    issuer_name: str | None
    expires_on: date | None
    state_name: str | None
    reuse: str
    watermark: str
