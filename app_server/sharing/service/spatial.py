"""Division boundaries and service points: which division a place lies in, the nearest halls."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.principal import Principal
from app_server.sharing.errors import NotTheLead, NotTheProvider
from app_server.sharing.models import Boundary, ServicePoint
from app_server.sharing.rules.catalogue import fixed_roots
from app_server.sharing.rules.spatial import (
    MICRO,
    Point,
    checked_point,
    checked_ring,
    contains,
    distance_m,
)

# Flat distance orders nearly as the round one: so many are looked at exactly.
CANDIDATES = 50


@dataclass(frozen=True, slots=True)
class PointWanted:
    """A service point as its organisation enters it."""

    name: str
    region: str
    address: str
    place: Point
    open: bool = True


@dataclass(frozen=True, slots=True)
class Near:
    """A service point and how far it is, in metres."""

    code: str
    name: str
    region: str
    address: str
    distance_m: int


async def put_boundary(by: Principal, region: str, told: Sequence[Point]) -> None:
    """Enter a division's boundary, or replace it; the spatial library's lead does (R-DAT-18).

    Raises `NoSuchRegion`, `NotTheLead`, `PlaceInvalid`.
    """
    lead = next(root.lead_org for root in fixed_roots() if root.library == "spatial")
    if by.org != lead:
        raise NotTheLead
    regions.region(region)
    ring = checked_ring(told)
    async with db.unit_of_work():
        row = {
            "ring": [[point.lon, point.lat] for point in ring],
            "west": min(point.lon for point in ring),
            "east": max(point.lon for point in ring),
            "south": min(point.lat for point in ring),
            "north": max(point.lat for point in ring),
            "at": clock.now(),
        }
        kept = await Boundary.select_for_update().get_or_none(region=region)
        version = kept.version + 1 if kept else 1
        await Boundary.update_or_create(row | {"version": version}, region=region)
        audit.record(by, "sharing.boundary_put", f"region:{region}", version=version)


async def divisions_at(place: Point) -> list[str]:
    """The divisions whose boundary holds a place, the smallest first; raises `PlaceInvalid`."""
    checked_point(place)
    rows = await Boundary.filter(
        west__lte=place.lon, east__gte=place.lon, south__lte=place.lat, north__gte=place.lat
    )
    found = [row.region for row in rows if contains(tuple(Point(*one) for one in row.ring), place)]
    return sorted(found, key=lambda code: (-len(regions.prefix_of(code)), code))


async def put_point(by: Principal, code: str, wanted: PointWanted) -> None:
    """Enter one's own service point, or change it.

    Raises `NoSuchRegion`, `PlaceInvalid`, `NotTheProvider` for another's or outside one's region.
    """
    regions.region(wanted.region)
    checked_point(wanted.place)
    async with db.unit_of_work():
        await db.lock(f"sharing.point:{code}")
        kept = await ServicePoint.get_or_none(code=code)
        if (kept is not None and kept.org != by.org) or not regions.covers(
            by.region, wanted.region
        ):
            raise NotTheProvider
        row = {
            "name": wanted.name,
            "org": by.org,
            "region": wanted.region,
            "address": wanted.address,
            "lon": wanted.place.lon,
            "lat": wanted.place.lat,
            "open": wanted.open,
            "at": clock.now(),
        }
        await ServicePoint.update_or_create(row, code=code)
        audit.record(by, "sharing.point_put", f"point:{code}")


_NEAR = """
SELECT code, name, region, address, lon, lat FROM sharing_service_point WHERE open
ORDER BY power(lat - $2::int, 2) + power((lon - $1::int) * $3::float8, 2), code LIMIT $4
"""


async def nearest(place: Point, count: int) -> list[Near]:
    """The nearest open service points, nearest first; raises `PlaceInvalid`."""
    checked_point(place)
    narrow = math.cos(math.radians(place.lat / MICRO))
    rows = await db.rows(_NEAR, place.lon, place.lat, narrow, max(CANDIDATES, count))
    found = [
        Near(
            row["code"],
            row["name"],
            row["region"],
            row["address"],
            distance_m(place, Point(row["lon"], row["lat"])),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.distance_m, one.code))[:count]
