"""Shapes of seals' requests and replies."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64Bytes, Field

from app_server.kernel.http import Shape, Text

Document = Annotated[Text, Field(min_length=2, max_length=120)]
Name = Annotated[Text, Field(min_length=2, max_length=40)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
StepName = Literal[
    "approve", "reject", "make", "record", "issue", "report_lost", "retire", "destroy"
]
# A certificate, request or list stays far below this; base64 adds a third.
Der = Annotated[Base64Bytes, Field(max_length=100_000)]


class SealApplied(Shape):
    """An application for a seal of one's own organisation; without a picture its print is drawn."""

    name: Name
    document: Document
    note: Annotated[Text, Field(max_length=200)] = ""
    picture: Annotated[Base64Bytes, Field(max_length=300_000)] | None = None


class SealStepWanted(Shape):
    """The next step of a seal's life, and the document it stands on."""

    step: StepName
    document: Document
    note: Annotated[Text, Field(max_length=200)] = ""


class SealStepView(Shape):
    """A step that was taken."""

    deed: str
    deed_name: str
    officer_name: str
    document: str
    note: str
    at: datetime


class SealView(Shape):
    """A seal in the cabinet; `steps` are the names of those that may come next."""

    id: UUID
    code: str
    name: str
    org: str
    org_name: str
    region: str
    state: str
    state_name: str
    record_no: str
    valid_until: datetime | None
    lost_at: datetime | None
    created_at: datetime
    steps: list[str]


class SealList(Shape):
    """The seals an officer may see."""

    items: list[SealView]


class SealHistory(Shape):
    """What happened to a seal, oldest first."""

    items: list[SealStepView]


class SealLeaveWanted(Shape):
    """Leave to use a seal; `allowed` 0 is no limit, an empty `item` is every one."""

    holder: Annotated[str, Field(pattern=r"^(staff:[0-9a-f-]{36}|post:[a-z_]{3,40})$")]
    document_type: Annotated[str, Field(pattern=r"^(\*|[0-9A-Z]{18}[0-9A-Z]{3})$")]
    item: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{0,40}$")] = ""
    allowed: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    valid_from: date
    valid_to: date


class SealLeaveView(Shape):
    """Leave that was given."""

    id: UUID
    holder: str
    document_type: str
    item: str
    allowed: int
    used: int
    valid_from: date
    valid_to: date
    granted_at: datetime
    withdrawn_at: datetime | None


class SealLeaveList(Shape):
    """The leaves of a seal, newest first."""

    items: list[SealLeaveView]


class SealUseView(Shape):
    """One use of a seal: when, by whom, on what."""

    id: UUID
    document_type: str
    item: str
    purpose: str
    by: str
    granted_at: datetime


class SealUseList(Shape):
    """The last uses of a seal, newest first."""

    items: list[SealUseView]


class SealAuthorityView(Shape):
    """An authority of the trust list."""

    id: UUID
    name: str
    region: str
    algorithm: str
    own: bool
    standing: str
    list_number: int
    list_until: datetime | None


class SealAuthorityList(Shape):
    """The trust list, ours first."""

    items: list[SealAuthorityView]


class SealAuthorityWanted(Shape):
    """Another's authority: certificate as base64 of DER or PEM, and where its list is fetched."""

    name: Name
    region: Region
    certificate: Der
    list_url: Annotated[str, Field(pattern=r"^(https?://[^\s]{1,190})?$")] = ""


class SealAuthorityStanding(Shape):
    """Whether an authority counts."""

    trusted: bool


class SealAuthorityAsked(Shape):
    """Which key a city's authority is to have."""

    algorithm: Literal["sm2", "p256"]


class SealAuthorityRequest(Shape):
    """The request (PKCS #10, base64) that the province signs."""

    id: UUID
    request: str


class SealAuthorityToSign(Shape):
    """A city's request, and where the city publishes its revocation list."""

    request: Der
    region: Region
    list_url: Annotated[str, Field(pattern=r"^(https?://[^\s]{1,190})?$")] = ""


class SealAuthoritySigned(Shape):
    """The city's certificate and the root above it (base64 of DER)."""

    certificate: str
    root: str


class SealAuthorityInstalled(Shape):
    """What the province sent back."""

    certificate: Der
    root: SealAuthorityWanted


class SealedBy(Shape):
    """One seal on a file, and what is wrong with it."""

    seal_name: str
    signer: str
    at: datetime | None
    proven: str
    reasons: list[str]


class SealedFileView(Shape):
    """The judgement over a file: sound or not, why in words, and each seal."""

    sound: bool
    kind: str
    faults: list[str]
    seals: list[SealedBy]
