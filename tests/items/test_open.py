"""What everybody reads: one guide on all channels, lists, figures, posts, old addresses."""

import ast
import asyncio
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

import app_server.portal.service as portal
from app_server.items import service
from app_server.items.rules.lists import online_goal
from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from tests.builders.items import RENTAL, UNEMPLOYMENT, catalogue, editor, province_editor
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

STORY = "网上申请当天就收到受理短信，照片拍清楚就行。"


async def test_phone_and_hall_tell_the_same_version_and_a_link_survives_the_next(
    public: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[RENTAL]
    phone = (await public.get(f"/items/{item.code}")).json()
    hall = (await public.get(f"/hall/items/{item.code}")).json()
    assert hall["guide"] == phone
    assert hall["digest"] == phone["digest"]
    for section in ("basis", "policies", "notices", "steps", "review_points", "faqs"):
        assert phone[section], section
    changed = item.model_copy(update={"notices": ["换版"]})
    await service.publish(Principal(), changed)
    link = phone["link"]
    assert (await public.get(link)).json()["version"] == 2
    pinned = await public.get(link, params={"version": 1})
    assert pinned.json()["digest"] == phone["digest"]
    assert (await public.get(link, params={"version": 9})).status_code == 404
    assert (await public.get(link, params={"version": "x"})).status_code == 422


async def test_public_housing_went_from_eleven_materials_to_two(public: httpx.AsyncClient) -> None:
    item = (await catalogue())[RENTAL]
    found = (await public.get(f"/items/{item.code}/difference", params={"after": 1})).json()
    counts = {r["what"]: (r["before"], r["after"]) for r in found["reductions"]}
    assert counts["materials"] == (11, 2)
    assert counts["to_site_times"] == (3, 0)
    assert counts["promise_days"] == (30, 7)
    assert len(found["materials_removed"]) == 9
    assert found["materials_added"] == []
    bad = await public.get(f"/items/{item.code}/difference", params={"before": "0", "after": 1})
    assert bad.status_code == 422


async def test_lists_derive_from_what_items_are_and_grow_over_time(
    public: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    rental = items[RENTAL]
    lists = {row["name"]: row for row in (await public.get("/catalogue/lists")).json()["lists"]}
    assert sum(not row["derived"] for row in lists.values()) == 9
    assert lists["no_meeting"]["items"] == len(items)
    assert lists["charges"]["items"] == 2
    assert lists["powers"]["items"] + lists["services"]["items"] == len(items)
    once = {"to_site_times": 1, "to_site_reason": "须核验原件", "online_depth": 3}
    await service.publish(Principal(), rental.model_copy(update=once))
    for name in ("meet_once", "violations"):
        body = (await public.get(f"/catalogue/lists/{name}")).json()
        assert [row["code"] for row in body["items"]] == [rental.code]
    negative = {"reason": "须当面核验", "basis": "某办法"}
    hers = await province_editor()
    await service.keep_negative(hers, rental.basic_code, **negative)
    assert (await public.get("/catalogue/lists/violations")).json()["items"] == []
    (told,) = (await public.get("/catalogue/negative-list")).json()["entries"]
    assert told["name"] == RENTAL
    growth = await public.get("/catalogue/lists/no_meeting/growth", params={"months": 3})
    points = growth.json()["points"]
    assert [p["items"] for p in points] == [0, 0, len(items) - 1]
    page = (await public.get("/catalogue/lists/services", params={"limit": 2})).json()
    rest = await public.get("/catalogue/lists/services", params={"after": page["next"]})
    assert len(rest.json()["items"]) == page["total"] - 2
    assert (await public.get("/catalogue/lists/nothing")).status_code == 404


async def test_figures_by_region_type_and_day_and_the_online_marks(
    public: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    body = (await public.get("/catalogue/statistics")).json()
    assert body["total"] == len(items) == sum(body["by_type"].values())
    assert body["by_level"]["村（社区）级"] == 1
    assert (body["online_share"], body["online_goal"], body["warning"]) == (100.0, 90, "")
    targets = {t["name"]: t for t in body["targets"]}
    assert targets["property"] == {
        "name": "property", "target_days": 5, "items": 1, "within": 1, "slowest_days": 5,
    }  # fmt: skip
    bozhou = (await public.get("/catalogue/statistics", params={"region": "341600"})).json()
    assert 0 < bozhou["total"] < body["total"]
    assert sum(bozhou["by_department"].values()) == bozhou["total"]
    offline = {"online_depth": 2}
    for item in [i for i in items.values() if i.region.startswith("3416")][:3]:
        await service.publish(Principal(), item.model_copy(update=offline))
    short = (await public.get("/catalogue/statistics", params={"region": "341600"})).json()
    assert short["online_share"] < 85
    assert "未超过 90%" in short["warning"]
    old = await public.get("/catalogue/statistics", params={"day": "2018-01-01"})
    assert (old.json()["total"], old.json()["online_goal"]) == (0, 85)
    assert online_goal(date(2017, 1, 1)) == 0
    themes = (await public.get("/catalogue/themes", params={"region": "341600"})).json()["entries"]
    assert {"养老助残", "公用事业"} <= {row["name"] for row in themes}
    places = (await public.get("/catalogue/departments")).json()["entries"]
    assert sum(row["items"] for row in places) == len(items)
    for bad in ({"region": "34"}, {"day": "1066-10-14"}, {"org": "x"}, {"more": "1"}):
        assert (await public.get("/catalogue/statistics", params=bad)).status_code == 422


async def test_views_filings_and_endings_are_counted_by_version(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    for _ in range(3):
        await public.get(f"/items/{item.code}")
    assert await db.value("SELECT count(*) FROM items_use") == 0
    assert await service.keep_views() == 3
    assert await service.keep_views() == 0
    await public.get(f"/items/{item.code}")
    assert await service.keep_views() == 1
    await asyncio.gather(*(service.count(item.code, 1, "filed") for _ in range(5)))
    await service.count(item.code, 1, "finished")
    found = await staff_surface.get(
        f"/items/{item.code}/uses", headers=await bearer(await editor())
    )
    assert found.json()["uses"] == [{"item_version": 1, "viewed": 4, "filed": 5, "finished": 1}]


async def test_experiences_wait_for_a_moderator_and_help_counts_once_a_person(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    item = (await catalogue())[RENTAL]
    path = f"/items/{item.code}/experiences"
    assert (await public.post(path, json={"text": STORY})).status_code == 401
    reader, writer = await resident(), await resident(name="王芳")
    hers = await bearer(writer)
    assert (await public.post(path, json={"text": "短"}, headers=hers)).status_code == 422
    post = (await public.post(path, json={"text": STORY}, headers=hers)).json()["id"]
    assert (await public.get(path)).json()["posts"] == []
    helpful = f"/experiences/{post}/helpful"
    assert (await public.post(helpful, headers=await bearer(reader))).status_code == 404
    other = await bearer(await editor("other", org="11341602MBDM00020N"))
    desk = await bearer(await editor())
    verdict = f"/item-experiences/{post}/moderation"
    assert (await staff_surface.get("/item-experiences", headers=other)).json()["posts"] == []
    refused = await staff_surface.post(verdict, json={"outcome": "shown"}, headers=other)
    assert refused.status_code == 404
    done = await asyncio.gather(
        *(staff_surface.post(verdict, json={"outcome": "shown"}, headers=desk) for _ in range(4))
    )
    assert sorted(r.status_code for r in done) == [204, 409, 409, 409]
    votes = await asyncio.gather(
        *(public.post(helpful, headers=headers) for headers in [await bearer(reader)] * 4)
    )
    assert sorted(r.status_code for r in votes) == [200, 409, 409, 409]
    (told,) = (await public.get(path)).json()["posts"]
    assert (told["text"], told["helpful"]) == (STORY, 1)
    assert set(told) == {"id", "text", "helpful", "at"}


async def test_an_old_address_leads_to_the_item(public: httpx.AsyncClient) -> None:
    item = (await catalogue())[RENTAL]
    url = "http://zjj.example.invalid/gzf/apply.html"
    reply = await public.get("/catalogue/entries", params={"url": url})
    assert (reply.status_code, reply.headers["location"]) == (301, f"/items/{item.code}")
    unknown = await public.get("/catalogue/entries", params={"url": "http://x.invalid/"})
    assert unknown.status_code == 404


async def test_the_registries_are_the_provinces_and_say_what_is_wrong(
    staff_surface: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    item = (await catalogue())[RENTAL]
    city, province = await bearer(await editor()), await bearer(await province_editor())
    material = {"code": "tax-proof", "name": "完税证明", "kind": "report", "source_class": "A"}
    path = "/catalogue/materials"
    body = {"material": material}
    assert (await staff_surface.put(path, json=body, headers=city)).status_code == 403
    kept = await staff_surface.put(path, json=body, headers=province)
    assert kept.json() == {"material_version": 1}
    assert (await staff_surface.put(path, json=body, headers=province)).json() == {
        "material_version": 2
    }
    assert (await staff_surface.put(path, json=body, headers=province)).status_code == 409
    found = (await public.get(path, params={"q": "完税"})).json()["materials"]
    assert [m["code"] for m in found] == ["tax-proof"]
    (agency,) = [
        a
        for a in (await public.get("/catalogue/intermediaries")).json()["agencies"]
        if a["state"] == "valid"
    ]
    stopped = {"agency": agency | {"state": "suspended"}}
    wrong = await staff_surface.put("/catalogue/agencies", json=stopped, headers=province)
    assert wrong.json()["errors"] == [{"field": "reason", "message": "暂停须写明原因"}]
    stopped["agency"]["reason"] = "资质到期"
    done = await staff_surface.put("/catalogue/agencies", json=stopped, headers=province)
    assert done.status_code == 204, done.text
    needs = item.model_copy(update={"intermediaries": ["surveying"]})
    await service.publish(Principal(), needs)
    told = (await public.get(f"/items/{item.code}/intermediaries")).json()
    assert [a["state"] for a in told["agencies"]] == ["suspended"]
    assert told["services"][0]["name"] == "不动产测绘"


def test_static_item_information_flows_one_way() -> None:
    """The portal calls nothing of items that writes (R-ITM-41)."""
    tree = ast.parse(Path(portal.__file__).read_text())
    called = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "items"
    }
    reading = {"in_region", "published", "version", "by_theme", "by_department", "found"}
    assert called
    assert called <= reading


async def test_a_public_enterprise_and_a_village_publish_items_too(
    public: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    water = (await public.get(f"/items/{items['用水报装'].code}")).json()
    assert (water["owner_kind"], water["level_name"]) == ("enterprise", "市级")
    village = (await public.get(f"/items/{items['农村宅基地建房申请代办'].code}")).json()
    assert (village["level_name"], village["village_name"]) == ("村（社区）级", "演示村")
    card = (await public.get(f"/items/{items['社会保障卡注销'].code}")).json()
    assert (card["level_name"], card["former_level_name"]) == ("省级", "市级")


@pytest.mark.parametrize("days", [0, 40])
async def test_the_growth_of_a_list_is_told_for_any_day(public: httpx.AsyncClient, days) -> None:
    await catalogue()
    day = clock.today() + timedelta(days=days)
    query = {"months": 2, "day": day.isoformat()}
    body = (await public.get("/catalogue/lists/no_meeting/growth", params=query)).json()
    assert body["points"][-1]["items"] == 20


async def test_staff_find_published_items_by_words_and_strangers_do_not(
    staff_surface: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    address = "/items"
    assert (await staff_surface.get(address)).status_code == 401
    headers = await bearer(await officer("case_window", login="w", region="341602"))
    found = await staff_surface.get(address, headers=headers, params={"q": "居住证"})
    names = [line["name"] for line in found.json()["items"]]
    assert sorted(names) == sorted(name for name in items if "居住证" in name)
    nothing = await staff_surface.get(address, headers=headers, params={"q": "100%"})
    assert nothing.json()["items"] == []
    here = await staff_surface.get(
        address, headers=headers, params={"region": "341602", "limit": 1}
    )
    first = here.json()
    assert first["next"] == first["items"][0]["code"]
    rest = await staff_surface.get(
        address, headers=headers, params={"region": "341602", "after": first["next"]}
    )
    assert first["next"] not in {line["code"] for line in rest.json()["items"]}
    guide = await staff_surface.get(f"/items/{first['next']}", headers=headers)
    assert guide.json()["code"] == first["next"]
