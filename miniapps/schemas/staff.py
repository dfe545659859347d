"""Shapes for staff: what residents reported, what is brought together, what is missing."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app_server.kernel.http import Query, Shape


class ReportView(Shape):
    """What a resident found wrong; who it was is not told."""

    reason: str
    note: str
    code: int
    at: datetime


class ReportList(Shape):
    """Reports, newest first."""

    items: list[ReportView]


class RegionQuery(Query):
    """Within which division; the whole platform's when it is left out."""

    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None


class HoldingView(Shape):
    """How many apps, services and items an owner or a city brings."""

    key: str
    name: str
    apps: int
    services: int
    items: int


class AssetsView(Shape):
    """What is brought together, by owner and by city; the sums equal the total."""

    owners: list[HoldingView]
    cities: list[HoldingView]
    total: HoldingView


class CityView(Shape):
    """How many apps of a city are out."""

    code: str
    name: str
    h5_apps: int
    api_apps: int


class ComplianceView(Shape):
    """Every city, and the codes of those without a single page in the province's app."""

    cities: list[CityView]
    missing: list[str]
