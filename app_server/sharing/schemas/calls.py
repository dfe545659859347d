"""Shapes of applications, keys and partners' calls."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Count, Query, Shape, Text
from app_server.sharing.schemas.catalogue import FieldName, Name, Sentence
from app_server.sharing.schemas.services import Needed

Purpose = Annotated[Text, Field(min_length=2, max_length=120)]
Subject = Annotated[
    dict[Needed, Annotated[Text, Field(min_length=1, max_length=200)]],
    Field(min_length=1, max_length=20),
]


class GrantAsked(Shape):
    """An application: purposes, legal ground, fields, calls a day, last day."""

    org_name: Name
    purposes: Annotated[list[Purpose], Field(min_length=1, max_length=5)]
    legal_basis: Sentence
    fields: Annotated[list[FieldName], Field(min_length=1, max_length=100)]
    quota: Annotated[Count, Field(ge=1, le=1_000_000)]
    expires_on: date
    system_code: Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9-]{1,38})?$")] = ""


class GrantMove(Shape):
    """Why an application is decided so."""

    note: Annotated[Text, Field(min_length=2, max_length=200)]


class SharingGrantView(Shape):
    """One application or grant; `overdue` when the provider's time to decide is past."""

    id: UUID
    service_id: UUID
    resource_id: UUID
    provider_org: str
    org: str
    org_name: str
    purposes: list[str]
    legal_basis: str
    fields_granted: list[str]
    quota: int
    expires_on: date
    system_code: str
    state: str
    state_name: str
    due_on: date
    overdue: bool
    expired: bool
    decided_at: datetime | None
    note: str
    client_id: str | None
    version: int
    at: datetime


class SharingGrantPage(Shape):
    """Applications, newest first."""

    items: list[SharingGrantView]
    next: str | None = None


class SharingGrantQuery(Query):
    """Whose applications, in which state."""

    side: Literal["mine", "provided"] = "mine"
    state: Literal["", "asked", "granted", "refused", "withdrawn", "revoked"] = ""
    cursor: Annotated[str, Field(max_length=40)] = ""


class SharingKey(Shape):
    """A grant's key; the secret is told this once."""

    client_id: str
    client_secret: str


class CallBound(Shape):
    """Why a partner calls: a granted purpose, and a case or the legal ground."""

    purpose: Purpose
    fields: Annotated[list[FieldName], Field(min_length=1, max_length=100)]
    case_no: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,50}$")] = ""
    basis: Annotated[Text, Field(max_length=120)] = ""


class CallAsked(CallBound):
    """One call about one subject."""

    subject: Subject


class BatchCallAsked(CallBound):
    """One call about up to a hundred subjects."""

    subjects: Annotated[list[Subject], Field(min_length=1, max_length=100)]


class FlowPartView(Shape):
    """How one part of a composed service fared."""

    name: str
    service: str
    status: Literal["answered", "unavailable", "timed_out", "refused", "skipped"]
    receipt: UUID | None


class CallGiven(Shape):
    """The granted fields, where each comes from, which are disputed, and the receipt."""

    data: dict[str, Any]
    sources: dict[str, str]
    disputed: list[str]
    receipt: UUID
    at: datetime
    parts: list[FlowPartView]


class BatchLine(Shape):
    """One subject's answer, or the code of what went wrong and whose fault it is."""

    given: CallGiven | None
    code: str
    fault: str


class BatchGiven(Shape):
    """Answers in the order of the subjects."""

    items: list[BatchLine]


class ReceiptView(Shape):
    """The receipt of my call; `genuine` when it is unaltered. Whose data it is about stays here."""

    id: UUID
    actor: str
    service: str
    purpose: str
    basis: str
    about: str
    outcome: str
    request_digest: str
    answer_digest: str
    nonce: str
    mark: str
    at: datetime
    seal: str
    genuine: bool


class SharingPublicKey(Shape):
    """A P-256 public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    kid: str
    use: str
    alg: str


class SharingPublicKeys(Shape):
    """Our public keys, the newest first."""

    keys: list[SharingPublicKey]
