"""Where a place lies is exact on the boundary too, and the nearest hall is the nearest."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.sharing import service as sharing
from app_server.sharing.errors import NotTheLead, NotTheProvider, PlaceInvalid
from app_server.sharing.rules.spatial import MICRO, Point, checked_ring, contains, distance_m
from tests.builders.people import bearer
from tests.builders.sharing import HOUSING, lead, steward
from tests.builders.staff import officer

LAND = "11340000MBDM03037T"
QUICK = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def at(lon, lat):
    return Point(round(lon * MICRO), round(lat * MICRO))


def square(west, south, side):
    corners = ((0, 0), (side, 0), (side, side), (0, side))
    return [at(west + x, south + y) for x, y in corners]


PLACES = st.builds(at, st.floats(115, 119), st.floats(31, 35))


@QUICK
@given(PLACES, PLACES, PLACES, st.integers(0, 3))
def test_corners_and_edges_lie_inside_however_the_ring_begins_and_turns(a, b, c, turn):
    try:
        ring = checked_ring([a, b, c])
    except PlaceInvalid:
        return
    ring = ring[turn % 3 :] + ring[: turn % 3]
    for one in (ring, ring[::-1]):
        assert all(contains(one, corner) for corner in ring)
        assert contains(one, a) == contains(ring, a)
    outside = Point(min(p.lon for p in ring) - 1, a.lat)
    assert not contains(ring, outside)


@QUICK
@given(st.floats(0, 2), st.floats(0, 2))
def test_a_square_holds_what_is_between_its_sides(x, y):
    ring = checked_ring(square(116, 33, 1))
    point = at(115.5 + x, 32.5 + y)
    inside = 116 * MICRO <= point.lon <= 117 * MICRO and 33 * MICRO <= point.lat <= 34 * MICRO
    assert contains(ring, point) == inside


@QUICK
@given(PLACES, PLACES)
def test_distance_is_the_same_both_ways(a, b):
    assert distance_m(a, b) == distance_m(b, a) >= 0
    assert distance_m(a, a) == 0


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres():
    assert abs(distance_m(at(116, 33), at(116, 34)) - 111_195) < 2


@pytest.mark.parametrize(
    "ring",
    [
        [],
        [at(116, 33)] * 4,
        [at(116, 33), at(117, 33)],
        [at(116, 33), at(117, 33), at(118, 33)],
        [at(16, 33), at(17, 33), at(17, 34)],
    ],
)
def test_what_encloses_nothing_is_no_boundary(ring):
    with pytest.raises(PlaceInvalid):
        checked_ring(ring)


async def test_only_the_spatial_lead_enters_boundaries_and_owners_their_points(
    staff_surface, database
):
    ring = {"ring": [{"lon": 116.0, "lat": 33.0}, {"lon": 117.0, "lat": 33.0},
                     {"lon": 117.0, "lat": 34.0}]}  # fmt: skip
    path = "/sharing/boundaries/341602"
    assert (await staff_surface.put(path, json=ring)).status_code == 401
    cashier = await bearer(await officer("cashier", login="c"))
    assert (await staff_surface.put(path, json=ring, headers=cashier)).status_code == 403
    with pytest.raises(NotTheLead):
        await sharing.put_boundary(await lead(HOUSING), "341602", square(116, 33, 1))
    by = await steward(HOUSING)
    hall = sharing.PointWanted("谯城区政务服务中心", "341602", "演示路 1 号", at(116, 33))
    await sharing.put_point(by, "hall-1", hall)
    with pytest.raises(NotTheProvider):
        await sharing.put_point(await steward(LAND, region="340000"), "hall-1", hall)
    with pytest.raises(NotTheProvider):
        far = sharing.PointWanted("合肥大厅", "340100", "演示路 1 号", at(117, 31))
        await sharing.put_point(by, "hall-2", far)


async def test_a_place_is_in_its_county_and_city_and_the_nearest_open_hall_comes_first(
    staff_surface, public
):
    head = await lead(LAND, region="340000")
    headers = await bearer(head)
    for region, west, side in (("341600", 115.5, 2), ("341602", 115.6, 0.5)):
        ring = [{"lon": p.lon / MICRO, "lat": p.lat / MICRO} for p in square(west, 33, side)]
        path = f"/sharing/boundaries/{region}"
        done = await staff_surface.put(path, json={"ring": ring}, headers=headers)
        assert done.status_code == 204, done.text
    here = {"lon": 115.8, "lat": 33.2}
    told = (await public.get("/spatial/divisions", params=here)).json()["items"]
    assert [one["code"] for one in told] == ["341602", "341600"]
    far = await public.get("/spatial/divisions", params={"lon": 120, "lat": 40})
    assert far.json()["items"] == []
    for code, lon, is_open in (("near", 115.81, False), ("next", 115.9, True), ("far", 117, True)):
        body = {
            "name": f"大厅{code}", "region": "341602", "address": "演示路 1 号",
            "place": {"lon": lon, "lat": 33.2}, "open": is_open,
        }  # fmt: skip
        path = f"/sharing/service-points/{code}"
        assert (await staff_surface.put(path, json=body, headers=headers)).status_code == 204
    near = await public.get("/spatial/service-points", params=here)
    assert [one["code"] for one in near.json()["items"]] == ["next", "far"]
    assert 9_000 < near.json()["items"][0]["distance_m"] < 9_500
    assert (
        await public.get("/spatial/service-points", params={"lon": 1, "lat": 2})
    ).status_code == 422
