"""A resident's own apps, and what they report of one."""

import asyncio

import pytest

from app_server.kernel import db
from miniapps import rules, service
from miniapps.errors import NoSuchMiniApp, TooManyFavourites
from tests.builders.miniapps import desk, released_app
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

OPEN = {"min_tier": 0, "permissions": [], "token_scopes": []}


async def test_what_i_opened_last_stands_first_and_once(public):
    person = await resident()
    for appid in ("ah341600one", "ah341600two"):
        await released_app(appid=appid, **OPEN)
    for appid in ("ah341600one", "ah341600two", "ah341600one"):
        await service.launch(person, appid)
    await service.launch(await resident(), "ah341600two")
    told = (await public.get("/me/miniapps", headers=await bearer(person))).json()
    assert [app["appid"] for app in told["recent"]] == ["ah341600one", "ah341600two"]
    assert told["favourites"] == []


async def test_a_favourite_is_kept_once_and_let_go(public):
    person, appid = await resident(), await released_app(**OPEN)
    headers = await bearer(person)
    path = f"/me/miniapps/favourites/{appid}"
    replies = await asyncio.gather(*(public.put(path, headers=headers) for _ in range(10)))
    assert {reply.status_code for reply in replies} == {204}
    kept = (await public.get("/me/miniapps", headers=headers)).json()["favourites"]
    assert [app["appid"] for app in kept] == [appid]
    assert (await public.delete(path, headers=headers)).status_code == 204
    assert (await public.get("/me/miniapps", headers=headers)).json()["favourites"] == []


async def test_an_app_that_is_not_out_is_no_favourite_and_is_shown_nowhere(database):
    person, appid = await resident(), await released_app(**OPEN)
    with pytest.raises(NoSuchMiniApp):
        await service.favour(person.subject, "ah341600none")
    await service.favour(person.subject, appid)
    await service.move_app(await desk(), appid, "suspend", "正在核查")
    assert await service.favourites(person.subject) == []


async def test_the_shelf_is_not_endless(database, monkeypatch):
    monkeypatch.setattr(rules, "MOST_FAVOURITES", 1)
    person = await resident()
    for appid in ("ah341600one", "ah341600two"):
        await released_app(appid=appid, **OPEN)
    await service.favour(person.subject, "ah341600one")
    with pytest.raises(TooManyFavourites):
        await service.favour(person.subject, "ah341600two")


async def test_a_report_reaches_the_reviewers_without_a_name(public, staff_surface):
    appid = await released_app(**OPEN)
    told = {"reason": "misleading", "note": "页面说免费，最后要收费"}
    reply = await public.post(f"/miniapps/{appid}/reports", json=told)
    assert reply.status_code == 201
    person = await resident()
    headers = await bearer(person)
    await public.post(f"/miniapps/{appid}/reports", json={"reason": "broken"}, headers=headers)
    path = f"/miniapps/{appid}/reports"
    assert (await staff_surface.get(path)).status_code == 401
    clerk = await bearer(await officer("case_officer"))
    assert (await staff_surface.get(path, headers=clerk)).status_code == 403
    seen = await staff_surface.get(path, headers=await bearer(await desk()))
    assert [(r["reason"], r["note"]) for r in seen.json()["items"]] == [
        ("broken", ""),
        ("misleading", "页面说免费，最后要收费"),
    ]
    assert str(person.subject) not in seen.text


async def test_nobody_reports_an_app_that_never_was(public):
    reply = await public.post("/miniapps/ah341600none/reports", json={"reason": "other"})
    assert reply.status_code == 404
    assert await db.value("SELECT count(*) FROM miniapps_report") == 0
