"""Shapes of requests and replies of mini-apps."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text


class ListQuery(Query):
    """Whose apps."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6,9}$")] | None = None


class MiniAppView(Shape):
    """One app in a list."""

    appid: str
    name: str
    short_name: str
    summary: str
    icon_url: str
    owner_name: str
    region_name: str
    min_tier: int


class MiniAppList(Shape):
    """Apps for a region."""

    items: list[MiniAppView]


class PermissionView(Shape):
    """One permission; `granted` says it was given before and will not be asked again."""

    scope: str
    reason: str
    required: bool
    granted: bool


class LaunchedApp(Shape):
    """The app a launch opens."""

    appid: str
    name: str
    owner_name: str
    version: str
    icon_url: str
    hotline: str


class LaunchView(Shape):
    """How the shell opens an app in a frame."""

    launch_id: UUID
    origin: str
    url: str
    sandbox: str
    allow: str
    permissions: list[PermissionView]
    app: LaunchedApp


class TicketView(Shape):
    """A single-use ticket."""

    ticket: str
    expires_in_s: int


class TicketExchange(Shape):
    """The ticket a back end was given."""

    ticket: Annotated[Text, Field(min_length=20, max_length=100)]


Acr = Literal["urn:wanshi:acr:t0", "urn:wanshi:acr:t1", "urn:wanshi:acr:t2", "urn:wanshi:acr:t3"]


class VisitorView(Shape):
    """Who is in the app; what its manifest does not ask for is null."""

    openid: str
    tier: int | None
    acr: Acr | None
    region: str | None
