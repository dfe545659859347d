"""Shapes of organisations' requests and replies."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app_server.kernel.http import Shape, Text
from auth.organisations.rules import EVERY_ITEM
from auth.people.service import ID_NUMBER

Name = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=50)]
OrganisationName = Annotated[
    Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)
]
CreditCode = Annotated[Text, StringConstraints(min_length=18, max_length=18)]
Day = Annotated[date, Field(strict=False)]
ItemCode = Annotated[str, Field(pattern=r"^(\*|[0-9A-Z]{31,33})$")]


class RepresentativeEntry(Shape):
    """The legal representative as registered (R-ID-18)."""

    name: Name
    id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    ethnic_group: Annotated[Text, Field(min_length=2, max_length=20)]


class OrganisationEntry(Shape):
    """What is filled in to register an organisation; the old number only where there is one."""

    name: OrganisationName
    credit_code: CreditCode
    registration_no: Annotated[str, Field(pattern=r"^[0-9]{13,15}$")] | None = None
    representative: RepresentativeEntry


class OrganisationView(Shape):
    """An organisation and how the caller acts for it."""

    id: UUID
    name: str
    credit_code: str
    organisation_code: str
    kind: str
    kind_name: str
    certificate: str
    state: str
    level: int
    level_name: str
    as_representative: bool
    delegation_id: UUID | None
    delegated_items: list[str]
    delegated_until: date | None


class OrganisationList(Shape):
    """Every organisation the caller acts for."""

    items: list[OrganisationView]


class DelegationEntry(Shape):
    """Whom to delegate to, what for (item codes, or `*` for every first-level item), how long."""

    delegate_name: Name
    delegate_id_number: Annotated[str, Field(pattern=ID_NUMBER)]
    items: Annotated[list[ItemCode], Field(min_length=1, max_length=200)] = [EVERY_ITEM]
    begins_on: Day
    ends_on: Day


class DelegationView(Shape):
    """A delegation; the delegate's name is masked."""

    id: UUID
    delegate_name: str
    items: list[str]
    begins_on: date
    ends_on: date
    state: str
    granted_at: datetime
    revoked_at: datetime | None


class DelegationList(Shape):
    """Every delegation of an organisation, newest first."""

    items: list[DelegationView]


class TaxAccountEntry(Shape):
    """The declaring account at the local tax office."""

    account: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{4,40}$")]
    password: Annotated[Text, Field(min_length=6, max_length=64)]


class ChallengeView(Shape):
    """What the certificate's key must sign (UTF-8), and until when."""

    id: UUID
    to_sign: str
    expires_at: datetime


class CertificateEntry(Shape):
    """The certificate chain (PEM, own one first) and the signature (base64) of the challenge."""

    challenge_id: Annotated[UUID, Field(strict=False)]
    chain: Annotated[Text, Field(max_length=20_000)]
    signature: Annotated[str, Field(max_length=2_000)]


class LevelView(Shape):
    """The level an organisation now holds."""

    level: int
    level_name: str


class WindowEntry(Shape):
    """Which organisation stands at the window, and which originals the officer has seen."""

    credit_code: CreditCode
    seen: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
