"""Shapes of the catalogue of types."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app_server.kernel.http import Query, Shape
from app_server.licences.rules.types import Kind, LicenceTypeSpec


class LicenceTypeView(Shape):
    """One version of a type, with the words people read it by."""

    id: UUID
    version: int
    state: str
    state_name: str
    edition: int
    kind_name: str
    class_name: str
    reuse: str
    watermark: str
    published_at: datetime | None
    spec: LicenceTypeSpec


class LicenceTypeList(Shape):
    """The catalogue."""

    items: list[LicenceTypeView]


class LicenceTypeQuery(Query):
    """Which part of the catalogue."""

    state: Literal["", "draft", "published", "retired"] = ""
    kind: Kind | Literal[""] = ""


class LicenceKindCount(Shape):
    """How many types in use are of one kind."""

    kind: str
    kind_name: str
    types: int


class LicenceKindCounts(Shape):
    """The three kinds."""

    items: list[LicenceKindCount]
