"""Launches and tickets: who may open, and who learns who it was, exactly once."""

import asyncio
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from miniapps import service
from miniapps.errors import AppTierTooLow, NoSuchLaunch, NoSuchMiniApp, TicketRefused
from miniapps.service import launching
from tests.builders.miniapps import (
    back_end,
    client_headers,
    manifest,
    released_app,
    ticket_in,
    ticket_of,
)
from tests.builders.people import bearer, resident

OPEN = {"min_tier": 0, "permissions": [], "token_scopes": []}


async def unused() -> int:
    found = await db.value("SELECT count(*) FROM miniapps_ticket WHERE used_at IS NULL")
    assert isinstance(found, int)
    return found


async def test_a_stranger_learns_what_tier_an_app_takes(public):
    appid = await released_app()
    reply = await public.post(f"/miniapps/{appid}/launches", json={})
    assert (reply.status_code, reply.json()["code"]) == (401, "kernel.tier_required")
    assert reply.json()["required_tier"] == 1


async def test_a_stranger_gets_no_ticket(public):
    asked = [{"scope": "auth.ticket", "reason": "登录后显示进度", "required": True}]
    appid = await released_app(min_tier=0, permissions=asked)
    opened = (await public.post(f"/miniapps/{appid}/launches", json={})).json()
    call = {"token": opened["token"], "origin": opened["origin"], "method": "ah.auth.getTicket"}
    reply = await public.post(f"/launches/{opened['launch_id']}/calls", json=call)
    assert reply.status_code == 401


async def test_a_stranger_exchanges_nothing(partner):
    reply = await partner.post("/tickets/exchange", json={"ticket": "x" * 43})
    assert reply.status_code == 401


async def test_an_app_that_is_not_released_cannot_be_opened(database):
    with pytest.raises(NoSuchMiniApp):
        await service.launch(await resident(), "ah341600none")


async def test_a_tier_that_is_too_low_opens_nothing(database):
    appid = await released_app(min_tier=2)
    with pytest.raises(AppTierTooLow):
        await service.launch(await resident(tier=1), appid)


async def test_an_open_app_is_launched_without_an_account(public):
    appid = await released_app(**OPEN)
    told = (await public.post(f"/miniapps/{appid}/launches", json={})).json()
    assert told["url"].startswith(told["origin"] + "/v/1/")
    assert told["origin"].startswith(f"http://{appid}.miniapp.localhost:")
    assert told["sandbox"] == "allow-scripts allow-same-origin allow-forms"
    assert told["allow"] == ""
    assert told["app"]["name"] == manifest()["name"]


async def test_a_device_permission_that_was_reviewed_reaches_the_frame(database):
    asked = [{"scope": "device.geolocation", "reason": "查找附近站点", "required": False}]
    appid = await released_app(min_tier=0, permissions=asked, token_scopes=[])
    assert (await service.launch(await resident(), appid)).allow == "geolocation"


async def test_the_whole_way_from_launch_to_openid(public, partner):
    appid = await released_app()
    person = await resident(tier=2)
    headers = await bearer(person)
    opened = (await public.post(f"/miniapps/{appid}/launches", json={}, headers=headers)).json()
    asked = {"scope": "auth.ticket", "title": "知道是您在使用", "reason": "登录后显示进度"}
    states = {"required": True, "approved": True, "granted": "no"}
    assert opened["permissions"] == [asked | states]
    assert [field["key"] for field in opened["ticket_fields"]] == ["openid", "tier", "region"]
    launch, token = f"/launches/{opened['launch_id']}", {"token": opened["token"]}
    yes = token | {"scope": "auth.ticket", "allow": True, "remember": False}
    assert (await public.put(f"{launch}/consents", json=yes, headers=headers)).status_code == 204
    call = token | {"origin": opened["origin"], "method": "ah.auth.getTicket"}
    issued = await public.post(f"{launch}/calls", json=call, headers=headers)
    assert (issued.status_code, issued.json()["done"]) == (200, True), issued.text
    assert issued.json()["value"]["expires_in_s"] == 60
    ticket = issued.json()["value"]["ticket"]
    assert len(ticket) == 43
    client = await client_headers(appid)
    told = await partner.post("/tickets/exchange", json={"ticket": ticket}, headers=client)
    assert told.status_code == 200, told.text
    assert told.json() == {
        "openid": service.openid_of(appid, person.subject),
        "tier": 2,
        "acr": "urn:wanshi:acr:t2",
        "region": "341600",
        "name": None,
        "phone": None,
        "id_number": None,
        "proved_at": None,
    }
    assert str(person.subject) not in told.text
    seen = (await public.get("/me/accesses", headers=headers)).json()["items"]
    assert [row["purpose"] for row in seen] == ["测试应用登录"]


async def test_the_ticket_itself_is_not_kept(database):
    appid = await released_app()
    ticket = await ticket_of(await resident(), appid)
    assert ticket not in str(await db.rows("SELECT * FROM miniapps_ticket"))


async def test_what_the_manifest_does_not_ask_for_is_not_told(database):
    appid = await released_app(token_scopes=["openid"])
    told = await service.exchange(await back_end(appid), await ticket_of(await resident(), appid))
    assert (told.tier, told.region) == (None, None)


async def test_one_person_has_another_number_in_every_app(database):
    person = await resident()
    numbers = set()
    for appid in ("ah341600test", "ah340100test"):
        await released_app(appid=appid)
        ticket = await ticket_of(person, appid)
        numbers.add((await service.exchange(await back_end(appid), ticket)).openid)
    assert len(numbers) == 2


async def test_somebody_elses_launch_gives_no_ticket(database):
    appid = await released_app()
    opened = await service.launch(await resident(), appid)
    with pytest.raises(NoSuchLaunch):
        await ticket_in(await resident(), opened)
    assert await unused() == 0


async def test_a_launch_that_is_over_gives_no_ticket(database):
    appid, person = await released_app(), await resident()
    opened = await service.launch(person, appid)
    await db.execute("UPDATE miniapps_launch SET expires_at = now() - interval '1 second'")
    with pytest.raises(NoSuchLaunch):
        await ticket_in(person, opened)


async def test_another_apps_back_end_gets_nothing_and_spoils_nothing(database):
    appid = await released_app()
    other = await back_end(await released_app(appid="ah340100test"))
    ticket = await ticket_of(await resident(), appid)
    with pytest.raises(TicketRefused):
        await service.exchange(other, ticket)
    assert await unused() == 1
    assert (await service.exchange(await back_end(appid), ticket)).tier == 1


async def test_a_ticket_is_no_good_a_second_time(database):
    appid = await released_app()
    client = await back_end(appid)
    ticket = await ticket_of(await resident(), appid)
    await service.exchange(client, ticket)
    with pytest.raises(TicketRefused):
        await service.exchange(client, ticket)
    deeds = "SELECT count(*) FROM kernel_audit WHERE action='miniapps.ticket_exchanged'"
    assert await db.value(deeds) == 1


async def test_a_ticket_is_no_good_after_a_minute(database, monkeypatch):
    appid = await released_app()
    client = await back_end(appid)
    ticket = await ticket_of(await resident(), appid)
    late = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(launching.clock, "now", lambda: late)
    with pytest.raises(TicketRefused):
        await service.exchange(client, ticket)
    assert await unused() == 1


async def test_fifty_exchanges_at_once_give_one_success(database):
    appid = await released_app()
    client = await back_end(appid)
    ticket = await ticket_of(await resident(), appid)
    tried = await asyncio.gather(
        *(service.exchange(client, ticket) for _ in range(50)), return_exceptions=True
    )
    assert sum(isinstance(t, service.Visitor) for t in tried) == 1
    assert sum(isinstance(t, TicketRefused) for t in tried) == 49
    deeds = "SELECT count(*) FROM kernel_audit WHERE action='miniapps.ticket_exchanged'"
    assert await db.value(deeds) == 1


async def test_a_tier_lost_since_the_ticket_was_made_counts(database):
    appid = await released_app()
    person = await resident(tier=2)
    ticket = await ticket_of(person, appid)
    await db.execute(
        "UPDATE identity_evidence SET expires_at = now() - interval '1 day' "
        "WHERE source = 'face_and_code'"
    )
    assert (await service.exchange(await back_end(appid), ticket)).tier == 1


async def test_what_is_long_over_is_forgotten(database):
    appid = await released_app()
    await ticket_of(await resident(), appid)
    await service.forget_old()
    assert await db.value("SELECT count(*) FROM miniapps_launch") == 1
    await db.execute("UPDATE miniapps_launch SET expires_at = now() - interval '40 days'")
    await db.execute("UPDATE miniapps_ticket SET expires_at = now() - interval '40 days'")
    await service.forget_old()
    assert await db.value("SELECT count(*) FROM miniapps_launch") == 0
    assert await db.value("SELECT count(*) FROM miniapps_ticket") == 0
