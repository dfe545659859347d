"""An open screen is told at once, by whichever process the news arose in."""

import asyncio

import httpx

from app_server.kernel import db
from notify import service as notify
from notify.service import Template
from tests.builders.people import bearer, resident

NEWS = Template("test.news", "有新消息", "内容")


async def send(person, dedupe: str) -> None:
    async with db.unit_of_work():
        await notify.send(person_id=person.id, template=NEWS, params={}, dedupe=dedupe)


async def events(listeners, headers, wanted: int, heard: list[str]) -> None:
    url = f"{listeners['public']}/api/v1/me/live"
    async with (
        httpx.AsyncClient(trust_env=False, timeout=15) as client,
        client.stream("GET", url, headers=headers) as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                heard.append(line.removeprefix("event: "))
            if len(heard) >= wanted:
                return


async def test_a_stranger_hears_nothing(public):
    assert (await public.get("/me/live")).status_code == 401


async def test_a_message_nudges_its_owners_screen_and_nobody_elses(database, listeners):
    owner, other = await resident(), await resident()
    mine: list[str] = []
    theirs: list[str] = []
    hearing = asyncio.create_task(events(listeners, await bearer(owner), 2, mine))
    deaf = asyncio.create_task(events(listeners, await bearer(other), 2, theirs))
    while not (mine and theirs):
        await asyncio.sleep(0.05)
    await send(owner, "nudge")
    await asyncio.wait_for(hearing, 5)
    assert mine == ["hello", "message"]
    assert theirs == ["hello"]
    deaf.cancel()


async def test_the_sixth_screen_of_a_person_is_refused(database, listeners):
    person = await resident()
    headers = await bearer(person)
    open_ones = [[] for _ in range(5)]
    tasks = [asyncio.create_task(events(listeners, headers, 9, heard)) for heard in open_ones]
    while not all(open_ones):
        await asyncio.sleep(0.05)
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        reply = await client.get(f"{listeners['public']}/api/v1/me/live", headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (429, "notify.too_many_screens")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
