"""Shapes of the operators' desk."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text

Variant = (
    Annotated[Text, Field(max_length=2000)]
    | dict[
        Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_.]{0,39}$")],
        Annotated[Text, Field(max_length=200)],
    ]
)
Id = Annotated[UUID, Field(strict=False)]


class DeliveryQuery(Query):
    """Which deliveries; `parked` are those that wait for a hand."""

    state: Annotated[str, Field(pattern=r"^[a-z]{0,12}$")] = ""
    channel: Annotated[str, Field(pattern=r"^[a-z]{0,12}$")] = ""
    provider: Annotated[str, Field(pattern=r"^[a-z]{0,20}$")] = ""
    template: Annotated[str, Field(max_length=60)] = ""
    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None


class NoticeDeliveryView(Shape):
    """One message on one channel; neither its words nor whole numbers are shown."""

    id: UUID
    template: str
    template_version: int
    channel: str
    state: str
    state_name: str
    provider: str
    provider_msg_id: str
    attempts: int
    cost_fen: int
    detail: str
    to: str
    test: bool
    created_at: datetime
    not_before: datetime
    moved_at: datetime


class DeliveryPage(Shape):
    """One page of deliveries, and how many are in each state."""

    items: list[NoticeDeliveryView]
    counts: dict[str, int]
    next: str | None


class ReplayAsked(Shape):
    """Several deliveries to try again."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class ReplayDone(Shape):
    """How many run again, and why the others do not."""

    replayed: int
    refused: dict[str, str]


class TemplateView(Shape):
    """One version of a template."""

    code: str
    version: int
    origin: str
    state: str
    variants: dict[str, str | dict[str, str]]
    params: dict[str, str]
    author: UUID | None
    publisher: UUID | None
    created_at: datetime
    published_at: datetime | None


class TemplateList(Shape):
    """Templates or versions."""

    items: list[TemplateView]


class DraftAsked(Shape):
    """New words by channel."""

    variants: Annotated[dict[str, Variant], Field(min_length=1, max_length=8)]


class SampleAsked(Shape):
    """Sample parameters."""

    params: Annotated[dict[str, Annotated[Text, Field(max_length=500)]], Field(max_length=40)]


class PreviewView(Shape):
    """The words by channel, and what the short message costs."""

    variants: dict[str, str | dict[str, str]]
    sms_parts: int


class CarrierView(Shape):
    """How far a carrier is trusted."""

    name: str
    weight: int
    successes: int
    failures: int
    last_failure: str


class CarrierList(Shape):
    """All carriers of short messages."""

    items: list[CarrierView]


class ServiceAsked(Shape):
    """A department's service."""

    name: Annotated[Text, Field(min_length=2, max_length=60)]
    org: Annotated[str, Field(pattern=r"^[0-9A-Z]{0,18}$")] = ""


class ServiceView(Shape):
    """A department's service."""

    id: UUID
    name: str
    org: str
    created_at: datetime


class ServiceList(Shape):
    """All services."""

    items: list[ServiceView]


class TeamAsked(Shape):
    """The phones a team key may reach."""

    phones: Annotated[list[Annotated[str, Field(max_length=24)]], Field(max_length=50)]


class KeyAsked(Shape):
    """A new key."""

    kind: Literal["normal", "team", "test"]
    name: Annotated[Text, Field(min_length=2, max_length=60)]


class KeyGiven(Shape):
    """The key's text: it is told this once."""

    id: UUID
    key: str


class KeyView(Shape):
    """A key without its secret."""

    id: UUID
    kind: str
    name: str
    created_at: datetime
    revoked_at: datetime | None


class KeyList(Shape):
    """The keys of a service."""

    items: list[KeyView]


class DepartmentTemplateAsked(Shape):
    """A department's SMS template."""

    name: Annotated[Text, Field(min_length=2, max_length=60)]
    body: Annotated[Text, Field(min_length=1, max_length=500)]
