"""Shapes of requests for fields and of authorisations."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Shape, Text
from app_server.licences.rules.types import TYPE_CODE
from app_server.licences.schemas.keeping import Day, Number, Reason
from app_server.licences.schemas.wallet import LicenceView

FieldNames = Annotated[
    list[Annotated[Text, Field(min_length=1, max_length=60)]],
    Field(min_length=1, max_length=60),
]


class FieldsWanted(Shape):
    """Which fields of which licence, and what for."""

    identifier: Number
    fields: FieldNames
    purpose: Reason


class ScannedFieldsWanted(Shape):
    """Which fields of the licence whose code was scanned, and what for."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{32}$")]
    fields: FieldNames
    purpose: Reason


class FieldRequestView(Shape):
    """One request as both sides see it."""

    id: UUID
    licence_id: UUID
    asker_name: str
    fields: list[str]
    purpose: str
    state: str
    state_name: str
    asked_at: datetime
    expires_at: datetime
    read_at: datetime | None


class FieldRequestList(Shape):
    """Who asked for what and why, newest first."""

    items: list[FieldRequestView]


class FieldAnswer(Shape):
    """The holder's yes or no."""

    agreed: bool


class FieldsRead(Shape):
    """The fields the holder agreed to."""

    fields: dict[str, Any]


class EntrustRequest(Shape):
    """Whom to entrust with what."""

    agent_name: Annotated[Text, Field(min_length=2, max_length=50)]
    agent_number: Annotated[str, Field(pattern=r"^[0-9]{17}[0-9Xx]$")]
    relation: Literal["family", "agent"]
    type_codes: Annotated[
        list[Annotated[str, Field(pattern=TYPE_CODE)]], Field(min_length=1, max_length=20)
    ]
    purpose: Reason
    ends_on: Day


class MandateView(Shape):
    """One authorisation, from one side."""

    id: UUID
    given: bool
    other_masked: str
    relation: str
    relation_name: str
    type_codes: list[str]
    purpose: str
    ends_on: date
    live: bool
    created_at: datetime


class MandateList(Shape):
    """What I entrusted to others and was entrusted with."""

    items: list[MandateView]


class EntrustedLicence(Shape):
    """A licence I may show for its holder."""

    mandate: MandateView
    licence: LicenceView


class EntrustedLicences(Shape):
    """All of them."""

    items: list[EntrustedLicence]
