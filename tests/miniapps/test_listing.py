"""The list of services: what a region gets, in groups, by words, a page at a time, at 1,200."""

import statistics
import time
from collections import Counter

import pytest

from app_server.kernel.errors import BadRequest
from miniapps import service
from miniapps.rules import unity
from tests.builders import tongling
from tests.builders.many_apps import put, source
from tests.builders.miniapps import desk, released_app
from tests.builders.people import bearer
from tests.builders.staff import officer

OPEN = {"min_tier": 0, "permissions": [], "token_scopes": []}


@pytest.fixture
async def apps(database):
    made = source(1200)
    await put(made)
    return made


def served(apps, region):
    """What the source says people of a city get: its own apps and the province's."""
    return [app for app in apps if app["region"] in {region, "340000"} or region == "340000"]


async def walked(public, query: str) -> list[dict]:
    found, after = [], ""
    while True:
        page = (await public.get(f"/miniapps?{query}&limit=100&after={after}")).json()
        found += page["items"]
        if page["next"] is None:
            assert page["total"] == len(found)
            return found
        after = page["next"]


@pytest.mark.parametrize("region", ["340000", "341600", "340700"])
async def test_paging_shows_every_app_of_the_source_once_nearest_first(public, apps, region):
    found = [app["appid"] for app in await walked(public, f"region={region}")]
    assert sorted(found) == sorted(app["appid"] for app in served(apps, region))


async def test_a_county_gets_its_citys_and_the_provinces_apps(public, apps):
    found = {app["region_code"] for app in await walked(public, "region=341602")}
    assert found == {"341600", "340000"}


@pytest.mark.parametrize("region", ["340000", "341600"])
async def test_groups_by_owner_region_and_category_equal_the_source(public, apps, region):
    told = (await public.get(f"/miniapps/groups?region={region}")).json()
    mine = served(apps, region)
    assert told["total"] == len(mine)
    assert {o["name"]: o["count"] for o in told["owners"]} == Counter(
        app["owner_name"] for app in mine
    )
    assert {r["code"]: r["count"] for r in told["regions"]} == Counter(
        app["region"] for app in mine
    )
    assert {c["key"]: c["count"] for c in told["categories"]} == Counter(
        app["category"] for app in mine
    )
    titles = {c["key"]: c["title"] for c in told["categories"]}
    assert titles == {key: unity.CATEGORIES[key] for key in titles}


async def test_a_category_an_owner_and_words_narrow_the_list(public, apps):
    mine = served(apps, "341600")
    by_category = await walked(public, "region=341600&category=housing")
    assert len(by_category) == sum(app["category"] == "housing" for app in mine)
    owner = mine[0]["owner_name"]
    by_owner = await walked(public, f"region=341600&owner={owner}")
    assert len(by_owner) == sum(app["owner_name"] == owner for app in mine)
    by_words = await walked(public, "region=341600&q=水费")
    assert len(by_words) == sum("水费" in app["name"] for app in mine)
    assert {app["mode"] for app in await walked(public, "region=340000")} == {"api", "h5"}


@pytest.mark.parametrize("words", ["%", "_", "\\", "100%'; --", "水_"])
async def test_words_are_words_and_no_pattern(public, apps, words):
    found = (await public.get("/miniapps", params={"q": words})).json()
    assert found["items"] == []


@pytest.mark.parametrize("after", ["9", "0ah", "0ah341600", "zz"])
async def test_a_cursor_not_made_here_is_refused(public, after):
    assert (await public.get(f"/miniapps?after={after}")).status_code == 400


async def test_a_cursor_of_ours_is_not_tampered_into_a_query(database):
    with pytest.raises(BadRequest):
        await service.listed("340000", after="0ah341600x' OR true --")


async def test_what_is_not_out_is_neither_listed_nor_counted(public, database):
    appid = await released_app(**OPEN)
    await service.move_app(await desk(), appid, "suspend", "正在核查")
    assert (await public.get("/miniapps")).json()["total"] == 0
    assert (await public.get("/miniapps/groups")).json() == {
        "categories": [],
        "owners": [],
        "regions": [],
        "total": 0,
    }


async def test_an_app_moves_to_the_category_of_the_version_that_is_out(public, database):
    await released_app(category="housing", **OPEN)
    assert (await public.get("/miniapps?category=housing")).json()["total"] == 1
    second = {"version": {"name": "1.0.2", "code": 2}, "category": "education"}
    await released_app(**OPEN, **second)
    assert (await public.get("/miniapps?category=housing")).json()["total"] == 0
    assert (await public.get("/miniapps?category=education")).json()["total"] == 1


@pytest.mark.parametrize(
    "path",
    ["/miniapps?region=341600", "/miniapps/groups?region=340000", "/miniapps?q=水费&region=340000"],
)
async def test_list_groups_and_search_answer_below_100_ms_at_1200(public, apps, path):
    spent = []
    for _ in range(60):
        began = time.perf_counter()
        assert (await public.get(path)).status_code == 200
        spent.append((time.perf_counter() - began) * 1000)
    # Measured at 5 to 15 ms (tests/bench/registry.py): a busy machine is no excuse.
    assert statistics.quantiles(spent, n=20)[18] < 100


# --- what is brought together, and who is missing --------------------------------------------


@pytest.mark.parametrize("path", ["/miniapps/assets", "/miniapps/compliance"])
async def test_only_reviewers_oversee(staff_surface, path):
    assert (await staff_surface.get(path)).status_code == 401
    clerk = await bearer(await officer("case_officer"))
    assert (await staff_surface.get(path, headers=clerk)).status_code == 403


async def test_assets_by_owner_and_by_city_add_up_to_the_source(staff_surface, apps):
    from app_server.items import seed as items_seed
    from app_server.items import service as items
    from payments import seed as fee_items

    await fee_items.seed()
    await items_seed.seed()
    await tongling.released("http://127.0.0.1:9")
    headers = await bearer(await desk())
    told = (await staff_surface.get("/miniapps/assets", headers=headers)).json()
    known = await items.in_region("340000", 10_000)
    total = {"apps": 1201, "services": 4, "items": len(known)}
    assert {k: told["total"][k] for k in total} == total
    for group in ("owners", "cities"):
        sums = {k: sum(one[k] for one in told[group]) for k in total}
        assert sums == total
    by_city = Counter(app["region"] for app in apps) + Counter(["340700"])
    assert {one["key"]: one["apps"] for one in told["cities"] if one["apps"]} == by_city
    of_item = Counter(item.department for item in known)
    assert {one["key"]: one["items"] for one in told["owners"] if one["items"]} == of_item


async def test_a_citys_reviewer_sees_the_citys_assets_alone(staff_surface, apps):
    headers = await bearer(await desk("341600"))
    told = (await staff_surface.get("/miniapps/assets", headers=headers)).json()
    assert {one["key"] for one in told["cities"]} == {"341600"}
    path = "/miniapps/assets?region=340100"
    assert (await staff_surface.get(path, headers=headers)).status_code == 403


async def test_a_city_without_a_page_is_reported_also_when_it_has_an_interface(staff_surface):
    await released_app(**OPEN)
    await tongling.released("http://127.0.0.1:9")
    headers = await bearer(await desk())
    told = (await staff_surface.get("/miniapps/compliance", headers=headers)).json()
    assert len(told["cities"]) == 16
    assert "341600" not in told["missing"]
    assert "340700" in told["missing"]
    assert len(told["missing"]) == 15
