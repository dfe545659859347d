"""Which division a place lies in, and the nearest halls (R-DAT-10)."""

from dataclasses import asdict

from app_server.kernel import regions
from app_server.kernel.http import Call, anyone, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.rules.spatial import MICRO, Point
from app_server.sharing.schemas.spatial import (
    BoundaryAsked,
    DivisionAt,
    DivisionsAt,
    NearPoint,
    NearPoints,
    NearQuery,
    PlaceQuery,
    PointCode,
    Region,
    ServicePointAsked,
)

EDITORS = staff("data_steward", "data_lead")
LOOKS = Limit("spatial-looks", 120, 60)


@endpoint("GET", "/spatial/divisions", guard=anyone(), limit=LOOKS)
async def divisions_at(call: Call, query: PlaceQuery) -> DivisionsAt:
    """The divisions that hold a place."""
    del call
    found = await service.divisions_at(_point(query.lon, query.lat))
    return DivisionsAt(
        items=[DivisionAt(code=code, name=regions.full_name(code)) for code in found]
    )


@endpoint("GET", "/spatial/service-points", guard=anyone(), limit=LOOKS)
async def nearest_points(call: Call, query: NearQuery) -> NearPoints:
    """The nearest open halls."""
    del call
    found = await service.nearest(_point(query.lon, query.lat), query.count)
    return NearPoints(
        items=[NearPoint(**asdict(one), region_name=regions.full_name(one.region)) for one in found]
    )


@endpoint("PUT", "/sharing/boundaries/{region}", guard=staff("data_lead"), max_body=256 * 1024)
async def put_boundary(call: Call, region: Region, body: BoundaryAsked) -> None:
    """Enter a division's boundary, or replace it."""
    ring = [_point(one.lon, one.lat) for one in body.ring]
    await service.put_boundary(call.principal, region, ring)


@endpoint("PUT", "/sharing/service-points/{code}", guard=EDITORS)
async def put_service_point(call: Call, code: PointCode, body: ServicePointAsked) -> None:
    """Enter my organisation's service point, or change it."""
    told = body.model_dump(exclude={"place"})
    wanted = service.PointWanted(**told, place=_point(body.place.lon, body.place.lat))
    await service.put_point(call.principal, code, wanted)


def _point(lon: float, lat: float) -> Point:
    return Point(round(lon * MICRO), round(lat * MICRO))
