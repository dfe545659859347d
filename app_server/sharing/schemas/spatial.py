"""Shapes of places: coordinates are CGCS2000 degrees."""

from typing import Annotated

from pydantic import Field

from app_server.kernel.http import Query, Shape, Text
from app_server.sharing.schemas.catalogue import Name

Lon = Annotated[float, Field(ge=73, le=136)]
Lat = Annotated[float, Field(ge=3, le=54)]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$")]
PointCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{1,38}$")]


class PlaceShape(Shape):
    """A place on the ground."""

    lon: Lon
    lat: Lat


class BoundaryAsked(Shape):
    """A division's boundary, point by point; the first need not be repeated."""

    ring: Annotated[list[PlaceShape], Field(min_length=3, max_length=2001)]


class ServicePointAsked(Shape):
    """A service point as its organisation enters it."""

    name: Name
    region: Region
    address: Annotated[Text, Field(min_length=4, max_length=200)]
    place: PlaceShape
    open: bool = True


class PlaceQuery(Query):
    """Where one is."""

    lon: Lon
    lat: Lat


class NearQuery(PlaceQuery):
    """Where one is, and how many points one wants."""

    count: Annotated[int, Field(ge=1, le=20)] = 5


class DivisionAt(Shape):
    """A division that holds the place."""

    code: str
    name: str


class DivisionsAt(Shape):
    """The divisions that hold a place, the smallest first; empty where no boundary is known."""

    items: list[DivisionAt]


class NearPoint(Shape):
    """A service point and how far it is, in metres."""

    code: str
    name: str
    region: str
    region_name: str
    address: str
    distance_m: int


class NearPoints(Shape):
    """The nearest open service points, nearest first."""

    items: list[NearPoint]
