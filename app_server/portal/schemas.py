"""Shapes of the portal."""

from typing import Annotated

from pydantic import Field

from app_server.kernel.http import Query, Shape


class HomeQuery(Query):
    """Whose home page."""

    region: Annotated[str | None, Field(pattern=r"^[0-9]{6}([0-9]{3})?$")] = None


class RegionView(Shape):
    """A division by code and full name."""

    code: str
    name: str


class Quick(Shape):
    """A quick entry."""

    title: str
    icon: str
    target: str


class HomeItem(Shape):
    """An item on the home page."""

    code: str
    name: str
    region_name: str
    department: str
    min_tier: int


class HomeMiniApp(Shape):
    """A mini-app on the home page."""

    appid: str
    name: str
    short_name: str
    icon_url: str
    summary: str
    region_name: str


class Notice(Shape):
    """A notice."""

    title: str
    date: str


class Home(Shape):
    """What people see first."""

    region: RegionView
    quick: list[Quick]
    items: list[HomeItem]
    mini_apps: list[HomeMiniApp]
    notices: list[Notice]


class Platform(Shape):
    """What a client must know before anything else."""

    name: str
    region: RegionView
    tier: str
    version: str
    min_client_version: str
    demo: bool


class RegionEntry(Shape):
    """One division in a list."""

    code: str
    name: str
    level: str


class RegionList(Shape):
    """The divisions right below one."""

    items: list[RegionEntry]


class RegionQuery(Query):
    """The division whose parts are wanted."""

    parent: Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$")] = "340000"
