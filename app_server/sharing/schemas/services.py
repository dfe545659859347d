"""Shapes of data services: the register."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Count, Shape, Text
from app_server.sharing.schemas.catalogue import FieldName, Name

ServiceCode = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{2,58}$")]
Address = Annotated[Text, Field(max_length=200)]
Needed = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class ServiceChanged(Shape):
    """What a provider says of a data service; a registry's code or an address is its `target`."""

    name: Name
    kind: Literal["registry", "url", "flow"]
    target: Address = ""
    health_target: Address = ""
    probe: dict[Needed, Annotated[Text, Field(max_length=200)]] = {}
    needs: Annotated[list[Needed], Field(min_length=1, max_length=20)]
    gives: Annotated[list[FieldName], Field(min_length=1, max_length=100)]
    flow: dict[str, Any] | None = None
    timeout_ms: Annotated[Count, Field(ge=100, le=30_000)] = 5000
    approve_days: Annotated[Count, Field(ge=1, le=20)] = 5
    most_per_day: Annotated[Count, Field(ge=1, le=1_000_000)] = 10_000


class DataServiceAsked(ServiceChanged):
    """A data service to be registered for an entry."""

    code: ServiceCode
    resource_id: UUID


class ServiceReason(Shape):
    """Why a service is published, paused, resumed or retired."""

    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class DataServiceView(Shape):
    """One data service; where it is asked is shown to its provider alone."""

    id: UUID
    code: str
    name: str
    resource_id: UUID
    org: str
    kind: str
    kind_name: str
    target: str
    needs: list[str]
    gives: list[str]
    flow: dict[str, Any] | None
    timeout_ms: int
    approve_days: int
    most_per_day: int
    state: str
    state_name: str
    health: str
    health_note: str
    health_at: datetime | None
    version: int


class DataServiceList(Shape):
    """Data services, by code."""

    items: list[DataServiceView]
