"""Shapes of licences' requests and replies."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class LicenceView(Shape):
    """A licence in the holder's wallet."""

    id: UUID
    identifier: str
    type_name: str
    holder_masked: str
    issuer_name: str
    issued_on: date
    expires_on: date | None
    state: str
    state_name: str


class LicenceList(Shape):
    """All licences of a holder."""

    items: list[LicenceView]


class ShowCodeView(Shape):
    """A one-time code as picture, address and text."""

    qr_svg: str
    verify_url: str
    expires_at: datetime
    bar_text: str


class OfflineCodeView(Shape):
    """A signed code as picture and text; its keys are at `/.well-known/jwt-vc-issuer`."""

    qr_svg: str
    token: str
    expires_at: datetime


class VerificationRequest(Shape):
    """The token of a shown code."""

    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{32}$")]


class LicenceCheck(Shape):
    """The number of a licence (GB/T 36904)."""

    identifier: Annotated[Text, Field(min_length=1, max_length=120)]


class VerificationView(Shape):
    """What a verifier learns."""

    valid: bool
    reason: str
    type_name: str | None
    identifier: str | None
    holder_masked: str | None
    issuer_name: str | None
    issued_on: date | None
    expires_on: date | None
    state_name: str | None
    shown_by: str | None
    checked_at: datetime


class PictureQuery(Query):
    """What the picture is for: it stands across it."""

    purpose: str = Field(default="本人查看", min_length=2, max_length=20)
