"""Where a place lies and which hall is nearest (R-DAT-10).

Coordinates are CGCS2000 longitude and latitude in millionths of a degree, as integers: whether a
point lies inside is then exact, and a point on a boundary always lies inside.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app_server.sharing.errors import PlaceInvalid

MICRO = 1_000_000
# China's land and sea, in degrees.
WEST, EAST, SOUTH, NORTH = 73, 136, 3, 54
FEWEST, MOST = 3, 2000
_RADIUS_M = 6_371_008.8  # mean radius of the earth (IUGG)


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the ground."""

    lon: int
    lat: int


Ring = tuple[Point, ...]


def checked_ring(told: Sequence[Point]) -> Ring:
    """A boundary without its repeated end; raises `PlaceInvalid`."""
    ring = tuple(told)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring = ring[:-1]
    if not FEWEST <= len(set(ring)) == len(ring) <= MOST:
        raise PlaceInvalid(f"界线须由 {FEWEST} 至 {MOST} 个不重复的点组成")
    for point in ring:
        checked_point(point)
    if _twice_area(ring) == 0:
        raise PlaceInvalid("界线没有围成区域")
    return ring


def checked_point(point: Point) -> Point:
    """A point within the country's bounds; raises `PlaceInvalid`."""
    if not (
        WEST * MICRO <= point.lon <= EAST * MICRO and SOUTH * MICRO <= point.lat <= NORTH * MICRO
    ):
        raise PlaceInvalid("坐标超出范围")
    return point


def _twice_area(ring: Ring) -> int:
    return sum(a.lon * b.lat - b.lon * a.lat for a, b in _edges(ring))


def _edges(ring: Ring) -> list[tuple[Point, Point]]:
    return list(zip(ring, (*ring[1:], ring[0]), strict=True))


def contains(ring: Ring, point: Point) -> bool:
    """Whether a point lies inside a boundary or on it (even-odd rule)."""
    inside = False
    for a, b in _edges(ring):
        turn = (b.lon - a.lon) * (point.lat - a.lat) - (b.lat - a.lat) * (point.lon - a.lon)
        if turn == 0 and _between(a, b, point):
            return True
        if (a.lat > point.lat) != (b.lat > point.lat) and (turn > 0) == (b.lat > a.lat):
            inside = not inside
    return inside


def _between(a: Point, b: Point, point: Point) -> bool:
    across = min(a.lon, b.lon) <= point.lon <= max(a.lon, b.lon)
    return across and min(a.lat, b.lat) <= point.lat <= max(a.lat, b.lat)


def distance_m(a: Point, b: Point) -> int:
    """The distance over ground in whole metres (haversine)."""
    lat1, lat2 = math.radians(a.lat / MICRO), math.radians(b.lat / MICRO)
    half_lat = (lat2 - lat1) / 2
    half_lon = math.radians((b.lon - a.lon) / MICRO) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return round(2 * _RADIUS_M * math.asin(min(1.0, math.sqrt(h))))
