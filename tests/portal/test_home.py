"""The home page of a region."""

import httpx

from tests.builders.items import RENTAL, catalogue


async def test_anyone_sees_the_home_page_of_a_county(public: httpx.AsyncClient) -> None:
    await catalogue()
    body = (await public.get("/portal/home", params={"region": "341602"})).json()
    assert body["region"] == {"code": "341602", "name": "安徽省亳州市谯城区"}
    names = [item["name"] for item in body["items"]]
    assert names[0] == RENTAL
    assert not any("合肥" in item["department"] for item in body["items"])
    assert body["quick"]
    assert body["notices"]
    assert body["mini_apps"] == []


async def test_without_a_region_it_is_the_platforms_own(public: httpx.AsyncClient) -> None:
    body = (await public.get("/portal/home")).json()
    assert body["region"]["code"] == "340000"


async def test_an_unknown_region_is_refused(public: httpx.AsyncClient) -> None:
    assert (await public.get("/portal/home", params={"region": "999999"})).status_code == 404
    assert (await public.get("/portal/home", params={"region": "x"})).status_code == 422
