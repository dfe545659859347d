"""Where somebody is signed in: seen by themselves alone, ended everywhere within a second."""

import asyncio
import time
from datetime import timedelta

import httpx
import pytest

from app_server.kernel import clock, db
from auth.edge import service as edge
from auth.grants import service as grants
from auth.grants.errors import SessionOver
from auth.grants.rules import IDLE, LIFE, device_name
from tests.builders.grants import Receiver
from tests.builders.people import bearer, resident, set_password
from tests.builders.staff import officer

PASSWORD = "花戏楼前的石狮子8"
AGENT = (
    "Mozilla/5.0 (Linux; Android 14; ALN-AL00) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Mobile Safari/537.36"
)


def _bearer(granted: grants.Granted) -> dict[str, str]:
    return {"authorization": f"Bearer {granted.access_token}"}


async def opened(person, agent: str = AGENT) -> grants.Granted:
    place = grants.Place("203.0.113.7", agent)
    return await grants.open_session("person", person.subject, "web", place=place)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (AGENT, "安卓 · Chrome"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0", "iPhone · 微信"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120 Safari/537 Edg/120", "Windows · Edge 浏览器"),
        ("Mozilla/5.0 (X11; Linux x86_64; UOS) Firefox/120.0", "统信 · Firefox"),
        ("curl/8", "未知设备"),
        ("<script>alert(1)</script>", "未知设备"),
    ],
)  # fmt: skip
def test_a_device_is_called_by_what_people_call_it_and_never_by_its_own_words(agent, name):
    assert device_name(agent) == name


async def test_a_stranger_sees_and_ends_nothing(public):
    mine = await opened(await resident())
    for method, path in (("GET", ""), ("DELETE", ""), ("DELETE", f"/{mine.principal.session}")):
        assert (await public.request(method, f"/me/sessions{path}")).status_code == 401
    other = await bearer(await resident(name="王芳"))
    gone = await public.delete(f"/me/sessions/{mine.principal.session}", headers=other)
    assert (gone.status_code, gone.json()["code"]) == (404, "grants.no_such_session")
    assert (await public.delete("/me/sessions", headers=other)).json() == {"ended": 0}
    assert await grants.alive(mine.principal.session)


async def test_my_devices_are_listed_with_name_channel_and_which_one_this_is(public):
    person = await resident()
    first, second = await opened(person), await opened(person, "")
    reply = await public.get("/me/sessions", headers=_bearer(second))
    items = reply.json()["items"]
    assert [(i["id"], i["device"], i["channel_name"], i["current"]) for i in items] == [
        (str(second.principal.session), "未知设备", "网页", True),
        (str(first.principal.session), "安卓 · Chrome", "网页", False),
    ]
    kept = await db.rows("SELECT * FROM grants_session")
    assert "203.0.113.7" not in str([dict(row) for row in kept])


async def test_ended_and_over_and_idle_sessions_are_not_listed(public):
    person = await resident()
    now = await opened(person)
    for change in (
        "revoked_at = now()",
        "expires_at = now()",
        "used_at = now() - interval '31 days'",
    ):
        old = await opened(person)
        await db.execute(f"UPDATE grants_session SET {change} WHERE id=$1", old.principal.session)
    reply = await public.get("/me/sessions", headers=_bearer(now))
    assert [i["id"] for i in reply.json()["items"]] == [str(now.principal.session)]


async def _until_refused(client: httpx.AsyncClient, url: str, headers) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < 5:
        if (await client.get(f"{url}/me/sessions", headers=headers)).status_code == 401:
            return time.perf_counter() - began
        await asyncio.sleep(0.01)
    raise AssertionError("still in after five seconds")


@pytest.mark.parametrize("how", ["one", "others", "all"])
async def test_what_one_process_ends_is_over_on_another_within_a_second(
    how, database, two_processes
):
    here, there = two_processes
    person = await resident()
    mine, stolen = await opened(person), await opened(person)
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        for url in two_processes:  # both processes know both tokens
            for granted in (mine, stolen):
                reply = await client.get(f"{url}/me/sessions", headers=_bearer(granted))
                assert reply.status_code == 200, reply.text
        path = {"one": f"/{stolen.principal.session}", "others": "", "all": "?which=all"}[how]
        done = await client.delete(f"{here}/me/sessions{path}", headers=_bearer(mine))
        assert done.status_code in {200, 204}, done.text
        waited = await _until_refused(client, there, _bearer(stolen))
        assert waited <= 1.0
        still = await client.get(f"{there}/me/sessions", headers=_bearer(mine))
        assert still.status_code == (401 if how == "all" else 200)
    print(f"ended elsewhere after {waited * 1000:.0f} ms ({how})")


async def test_relying_parties_are_told_of_a_device_that_was_ended(register, issuer, deliver, web):
    from tests.builders.grants import claims_of, signed_in

    person = await resident()
    async with Receiver() as receiver:
        party = await register(backchannel_logout_uri=receiver.url)
        browser = await signed_in(person)
        await party.tokens(browser)
        mine = await opened(person)
        path = f"{issuer}/api/v1/me/sessions/{browser.session}"
        assert (await web.delete(path, headers=_bearer(mine))).status_code == 204
        await deliver()
        assert len(receiver.tokens) == 1
        assert claims_of(receiver.tokens[0])["aud"] == party.client_id


async def test_officers_see_and_end_their_own_on_their_surface(staff_surface):
    who = await officer()
    first = await grants.open_session("staff", who.id, "console")
    second = await grants.open_session("staff", who.id, "console")
    reply = await staff_surface.get("/my/sessions", headers=_bearer(second))
    assert len(reply.json()["items"]) == 2
    assert reply.json()["items"][0]["channel_name"] == "工作台"
    ended = await staff_surface.delete("/my/sessions", headers=_bearer(second))
    assert ended.json() == {"ended": 1}
    with pytest.raises(SessionOver):
        await grants.refresh(first.refresh_token, "staff")


def _at(monkeypatch, moment) -> None:
    monkeypatch.setattr(clock, "_source", lambda: moment)


@pytest.mark.parametrize("kind", ["person", "staff"])
async def test_idle_too_long_it_is_over_for_the_token_and_for_the_refresh(
    kind, database, monkeypatch
):
    who = await resident() if kind == "person" else await officer()
    now = clock.now()
    granted = await grants.open_session(kind, who.subject, "web")
    session = granted.principal.session
    _at(monkeypatch, now + IDLE[kind] - timedelta(seconds=5))
    assert await grants.seen(session)  # a use, which is noted
    _at(monkeypatch, now + IDLE[kind] + timedelta(seconds=5))
    assert await grants.seen(session)
    _at(monkeypatch, now + 2 * IDLE[kind] + timedelta(seconds=10))
    assert not await grants.seen(session)
    with pytest.raises(SessionOver):
        await grants.refresh(granted.refresh_token, kind)


async def test_officers_work_no_longer_than_twelve_hours_on_one_sign_in(database, monkeypatch):
    assert LIFE["staff"] == timedelta(hours=12)
    assert IDLE["staff"] == timedelta(minutes=15)
    who = await officer()
    now = clock.now()
    granted = await grants.open_session("staff", who.subject, "console")
    for minutes in range(10, 12 * 60, 10):
        _at(monkeypatch, now + timedelta(minutes=minutes))
        granted = await grants.refresh(granted.refresh_token, "staff")
    _at(monkeypatch, now + timedelta(hours=12, seconds=1))
    assert not await grants.seen(granted.principal.session)
    with pytest.raises(SessionOver):
        await grants.refresh(granted.refresh_token, "staff")


async def test_use_is_noted_once_a_minute_and_does_not_prolong_an_old_refresh_token(
    database, monkeypatch
):
    person = await resident()
    granted = await opened(person)
    now = clock.now()
    await grants.refresh(granted.refresh_token, "person")
    _at(monkeypatch, now + timedelta(seconds=70))
    assert await edge.authenticate("public", _bearer(granted))
    used = await db.value("SELECT used_at FROM grants_session")
    assert used == now + timedelta(seconds=70)
    # The token before was replaced a minute ago: showing it now is theft, in use or not.
    with pytest.raises(SessionOver):
        await grants.refresh(granted.refresh_token, "person")
    assert await db.value("SELECT revoked_for FROM grants_session") == "refresh_reuse"


async def test_ending_all_takes_the_cookies_along(public):
    person = await resident()
    await set_password(person.id, PASSWORD)
    granted = await opened(person)
    reply = await public.delete("/me/sessions", params={"which": "all"}, headers=_bearer(granted))
    removed = reply.headers.get_list("set-cookie")
    assert reply.json() == {"ended": 1}
    assert len(removed) == 2
    assert all("Max-Age=0" in cookie for cookie in removed)
