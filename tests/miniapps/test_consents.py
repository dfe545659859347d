"""Permissions people give apps: for once or until taken back, and never behind their back."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from app_server.kernel import clock, db
from miniapps import service
from miniapps.errors import ConsentNeeded, TicketRefused
from tests.builders.miniapps import (
    agree,
    back_end,
    called,
    released_app,
    team,
    ticket_in,
    ticket_of,
)
from tests.builders.people import bearer, resident

WHERE = {"scope": "device.geolocation", "reason": "查找附近站点", "required": False}
RAW = {
    "permissions": [
        {"scope": "auth.ticket", "reason": "登录后显示进度", "required": True},
        {"scope": "auth.user", "reason": "填写申请人", "required": False},
        {"scope": "auth.id_number", "reason": "核对不动产登记", "required": False},
    ],
    "token_scopes": ["openid", "name", "phone", "id_number"],
}


async def granted(person, appid):
    opened = await service.launch(person, appid)
    return {scope: held for scope, held in opened.held.items() if held != "no"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me/miniapps"),
        ("GET", "/me/miniapps/permissions"),
        ("GET", "/me/miniapps/uses"),
        ("DELETE", "/me/miniapps/permissions/ah341600test"),
        ("PUT", "/me/miniapps/favourites/ah341600test"),
        ("DELETE", "/me/miniapps/favourites/ah341600test"),
    ],
)
async def test_a_stranger_has_nothing_of_their_own(public, method, path):
    assert (await public.request(method, path)).status_code == 401


async def test_a_yes_for_this_time_is_over_with_the_opening(database):
    person, appid = await resident(), await released_app(permissions=[WHERE], token_scopes=[])
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation")
    await called(person, opened, "ah.device.getLocation")
    assert await granted(person, appid) == {}
    again = await service.launch(person, appid)
    with pytest.raises(ConsentNeeded):
        await called(person, again, "ah.device.getLocation")


async def test_a_remembered_yes_holds_until_it_is_taken_back_also_in_open_shells(public):
    person, appid = await resident(), await released_app(permissions=[WHERE], token_scopes=[])
    headers = await bearer(person)
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation", keep=True)
    assert await granted(person, appid) == {"device.geolocation": "always"}
    second = await service.launch(person, appid)
    await called(person, second, "ah.device.getLocation")
    (told,) = (await public.get("/me/miniapps/permissions", headers=headers)).json()
    (scope,) = told["scopes"]
    assert (told["appid"], scope["scope"], scope["reason"]) == (
        appid,
        "device.geolocation",
        "查找附近站点",
    )
    assert scope["last_used_at"] is not None
    gone = await public.delete(f"/me/miniapps/permissions/{appid}", headers=headers)
    assert gone.status_code == 204
    assert (await public.get("/me/miniapps/permissions", headers=headers)).json() == []
    for shell in (opened, second):
        with pytest.raises(ConsentNeeded):
            await called(person, shell, "ah.device.getLocation")


async def test_another_persons_yes_counts_for_nobody_else(database):
    appid = await released_app(permissions=[WHERE], token_scopes=[])
    first = await resident()
    await agree(first, await service.launch(first, appid), "device.geolocation", keep=True)
    assert await granted(await resident(), appid) == {}


async def test_another_reason_is_asked_again(database):
    person, appid = await resident(), await released_app(permissions=[WHERE], token_scopes=[])
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation", keep=True)
    await released_app(
        permissions=[WHERE | {"reason": "推荐附近的商家"}],
        token_scopes=[],
        version={"name": "1.0.2", "code": 2},
    )
    assert await granted(person, appid) == {}
    await agree(person, await service.launch(person, appid), "device.geolocation", keep=True)
    assert await granted(person, appid) == {"device.geolocation": "always"}
    reasons = "SELECT reason FROM miniapps_consent ORDER BY granted_at"
    assert [row["reason"] for row in await db.rows(reasons)] == ["查找附近站点", "推荐附近的商家"]


async def test_twenty_yeses_at_once_are_one_consent(database):
    person, appid = await resident(), await released_app(permissions=[WHERE], token_scopes=[])
    opened = await service.launch(person, appid)
    await asyncio.gather(
        *(agree(person, opened, "device.geolocation", keep=True) for _ in range(20))
    )
    assert await db.value("SELECT count(*) FROM miniapps_consent") == 1


async def test_a_consent_and_a_use_cannot_be_rewritten(database):
    person, appid = await resident(), await released_app(permissions=[WHERE], token_scopes=[])
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation", keep=True)
    await called(person, opened, "ah.device.getLocation")
    for statement in (
        "UPDATE miniapps_consent SET reason = '别的理由'",
        "UPDATE miniapps_use SET outcome = 'refused'",
    ):
        with pytest.raises(asyncpg.RaiseError):
            await db.execute(statement)


async def test_a_trial_remembers_nothing(database):
    person, uploader = await resident(), await team("341600")
    appid = await released_app(permissions=[WHERE], token_scopes=[])
    from tests.builders.miniapps import files, manifest

    changed = {"permissions": [WHERE], "token_scopes": []}
    package = service.pack(files(manifest(code=2, **changed)))
    await service.upload(uploader, package)
    _, token = await service.begin_trial(uploader, appid, 2)
    opened = await service.launch(person, appid, service.Opening(trial=token))
    await agree(person, opened, "device.geolocation", keep=True)
    await called(person, opened, "ah.device.getLocation")
    assert await granted(person, appid) == {}


async def test_name_phone_and_number_go_only_with_their_own_yes(database):
    appid, person = await released_app(**RAW), await resident()
    client = await back_end(appid)
    opened = await service.launch(person, appid)
    told = await service.exchange(client, await ticket_in(person, opened))
    assert (told.name, told.phone, told.id_number) == (None, None, None)
    await agree(person, opened, "auth.user")
    told = await service.exchange(client, await ticket_in(person, opened))
    assert told.name == "李明轩"
    assert told.phone is not None
    assert told.id_number is None
    await agree(person, opened, "auth.id_number")
    told = await service.exchange(client, await ticket_in(person, opened))
    assert told.id_number is not None
    assert len(told.id_number) == 18


async def test_who_was_given_the_number_and_why_is_what_its_owner_sees(public):
    appid, person = await released_app(**RAW), await resident()
    opened = await service.launch(person, appid)
    await agree(person, opened, "auth.user", "auth.id_number")
    await service.exchange(await back_end(appid), await ticket_in(person, opened))
    reply = await public.get("/me/accesses", headers=await bearer(person))
    assert {row["purpose"] for row in reply.json()["items"]} == {
        "测试应用获取您的姓名：填写申请人",
        "测试应用获取您的手机号码：填写申请人",
        "测试应用获取您的身份证号码：核对不动产登记",
        "测试应用登录",
    }
    facts = await db.rows("SELECT facts::text FROM kernel_audit")
    assert "李明轩" not in str(facts)


async def test_a_yes_taken_back_before_the_exchange_counts_no_longer(database):
    appid, person = await released_app(**RAW), await resident()
    ticket = await ticket_of(person, appid)
    await service.revoke(person, appid)
    with pytest.raises(TicketRefused):
        await service.exchange(await back_end(appid), ticket)


async def test_my_uses_are_mine_and_go_on_where_the_page_ends(public):
    appid = await released_app(permissions=[WHERE], token_scopes=[])
    person, other = await resident(), await resident()
    for who, times in ((person, 23), (other, 1)):
        opened = await service.launch(who, appid)
        await agree(who, opened, "device.geolocation")
        for _ in range(times):
            await called(who, opened, "ah.device.getLocation")
    headers = await bearer(person)
    first = (await public.get("/me/miniapps/uses?appid=&before=", headers=headers)).json()
    assert len(first["items"]) == 20
    assert first["items"][0] | {"at": ""} == {
        "at": "",
        "appid": appid,
        "app_name": "测试应用",
        "method": "ah.device.getLocation",
        "scope": "device.geolocation",
        "title": "获取您的位置",
        "what": "获取您的位置",
        "outcome": "passed",
    }
    rest = await public.get(f"/me/miniapps/uses?before={first['next']}", headers=headers)
    assert (len(rest.json()["items"]), rest.json()["next"]) == (3, None)


async def test_uses_are_forgotten_after_half_a_year(database, monkeypatch):
    person, appid = await resident(), await released_app(permissions=[WHERE], token_scopes=[])
    opened = await service.launch(person, appid)
    await agree(person, opened, "device.geolocation")
    await called(person, opened, "ah.device.getLocation")
    await service.forget_uses()
    assert await db.value("SELECT count(*) FROM miniapps_use") == 1
    late = clock.now() + timedelta(days=181)
    monkeypatch.setattr(clock, "now", lambda: late)
    await service.forget_uses()
    assert await db.value("SELECT count(*) FROM miniapps_use") == 0
