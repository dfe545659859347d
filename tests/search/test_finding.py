"""One box: names, aliases, likeness, regions, and what is popular."""

from typing import Any

import httpx
import pytest

from app_server.items import service as items
from app_server.kernel import clock
from app_server.search import service
from tests.builders.cases import submitted
from tests.builders.items import RENTAL, UNEMPLOYMENT, catalogue
from tests.builders.people import resident
from tests.builders.staff import officer


@pytest.fixture
async def filled(database: None, deliver: Any) -> None:
    """The demo catalogue, announced and learnt."""
    await catalogue()
    await deliver()


@pytest.mark.parametrize(
    "text",
    ["公租房", "廉租房", "公 租 房", "租赁住房", "我想申请公租房", "公共租凭住房"],
)
async def test_the_rental_item_is_found_by_what_people_call_it(filled: None, text: str) -> None:
    found = await service.find(text, "341602")
    assert found.hits[0]["title"] == RENTAL


async def test_a_city_does_not_see_another_citys_items(filled: None) -> None:
    assert (await service.find("公租房", "340100")).total == 0
    assert (await service.find("公租房", "341600")).total >= 1
    assert (await service.find("公租房", "340000")).total >= 1


async def test_a_county_sees_what_the_province_offers(filled: None) -> None:
    assert (await service.find("社保卡", "341602")).hits[0]["title"] == "社会保障卡注销"


@pytest.mark.parametrize("text", ["%", "_", "\\", "'; DROP TABLE x", "zzzzqqq"])
async def test_signs_of_the_database_are_only_signs(filled: None, text: str) -> None:
    assert (await service.find(text, "340000")).total == 0


async def test_without_a_word_the_popular_come_first(filled: None, deliver: Any) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    await submitted(await resident(), item)
    await deliver()
    assert (await service.find("", "340000")).hits[0]["title"] == UNEMPLOYMENT


async def test_a_use_told_twice_counts_once(filled: None) -> None:
    owner = await resident()
    for _ in range(2):
        await service.count_use(owner.subject, "code")


async def test_anyone_searches_and_an_unknown_region_is_refused(
    public: httpx.AsyncClient, deliver: Any
) -> None:
    await catalogue()
    await deliver()
    body = (await public.get("/search", params={"q": "公租房", "region": "341602"})).json()
    assert body["total"] >= 1
    hit = body["hits"][0]
    assert (hit["kind"], hit["region_name"], hit["min_tier"]) == (
        "item",
        "安徽省亳州市谯城区",
        2,
    )
    assert (await public.get("/search", params={"region": "999999"})).status_code == 404
    assert (await public.get("/search", params={"x": "1"})).status_code == 422


async def test_an_item_that_ended_is_found_no_more(filled: None, deliver: Any) -> None:
    item = (await items.in_region("341602"))[0]
    assert item.code in {hit["code"] for hit in (await service.find(item.name, "341602")).hits}
    owner = await officer("item_editor", login="owner", org=item.org, region=item.region)
    await items.cancel(owner, item.code, clock.today(), "机构调整")
    await deliver()
    assert item.code not in {hit["code"] for hit in (await service.find(item.name, "341602")).hits}
