"""Grey, release, roll back, floor and taking down: who gets what, and what stops it."""

import asyncio
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import clock, db, live
from app_server.kernel.principal import Principal
from miniapps import rules, service
from miniapps.errors import (
    AppSuspended,
    BelowFloor,
    NoSuchLaunch,
    NoSuchMiniApp,
    NotAReviewer,
    NotInThisState,
    NotYourApp,
)
from tests.builders.miniapps import desk, files, manifest, released_app, team, ticket_in, ticket_of
from tests.builders.people import resident

APP = "ah341600test"
EVERYBODY = service.GreyWanted(1000)


async def approved(code: int, **changes) -> None:
    by = await team()
    archive = service.pack(files(manifest(code=code, min_tier=0, **changes)))
    await service.upload(by, archive)
    await service.submit(by, APP, code)
    await service.review(await desk("341600"), APP, code, agree=True)
    await service.review(await desk(), APP, code, agree=True)


async def opened(device: str = "d", **more) -> int:
    return (await service.launch(Principal(), APP, service.Opening(device, **more))).code


async def fail(times: int, *, of: int) -> None:
    for n in range(of):
        launch = await service.launch(Principal(), APP, service.Opening(f"fail{n}"))
        await service.told_outcome(launch.id, ready=n >= times, ready_ms=500)


@given(st.text(min_size=1), st.text(min_size=1), st.integers(0, 1000), st.integers(0, 1000))
def test_whoever_got_it_at_a_smaller_share_keeps_it_at_a_larger(salt, key, some, more):
    small, large = sorted((some, more))
    visitor = rules.Visitor(key=key)
    if rules.gets(rules.Grey(small, salt), visitor, clock.now()):
        assert rules.gets(rules.Grey(large, salt), visitor, clock.now())
    assert not rules.gets(rules.Grey(0, salt), visitor, clock.now())
    assert rules.gets(rules.Grey(1000, salt), visitor, clock.now())


def test_the_share_is_what_it_says():
    grey = rules.Grey(200, "s")
    got = sum(rules.gets(grey, rules.Visitor(key=f"d{n}"), clock.now()) for n in range(5000))
    assert 0.17 < got / 5000 < 0.23


@pytest.mark.parametrize(
    ("grey", "visitor", "gets"),
    [
        ({"regions": ["341600"]}, {"region": "341602"}, True),
        ({"regions": ["341600"]}, {"region": "340100"}, False),
        ({"regions": ["341600"]}, {}, False),
        ({"systems": ["android"]}, {"system": "android"}, True),
        ({"systems": ["android"]}, {"system": "ios"}, False),
        ({"permille": 0, "openids": ["o1"]}, {"openid": "o1"}, True),
        ({"permille": 0, "openids": ["o1"], "systems": ["ios"]}, {"openid": "o1"}, True),
        ({"permille": 0, "openids": ["o1"]}, {"openid": "o2"}, False),
        ({"starts_at": 1}, {}, False),
        ({"ends_at": 0}, {}, False),
        ({"starts_at": 0, "ends_at": 1}, {}, True),
        ({}, {"key": ""}, False),
    ],
)
def test_rules_name_who_gets_it(grey, visitor, gets):
    now = clock.now()
    for name in ("starts_at", "ends_at"):
        if name in grey:
            grey = grey | {name: now + timedelta(hours=grey[name])}
    rule = rules.Grey(**({"permille": 1000, "salt": "s"} | grey))
    assert rules.gets(rule, rules.Visitor(**({"key": "k"} | visitor)), now) is gets


async def test_strangers_change_nothing_of_what_residents_get(database):
    await released_app(min_tier=0)
    other = await team("340100")
    for deed in (
        service.release(other, APP, 1),
        service.set_grey(other, APP, 1, EVERYBODY),
        service.halt(other, APP, 1, "理由"),
        service.roll_back(other, APP, "理由"),
    ):
        with pytest.raises(NotYourApp):
            await deed
    for deed in (
        service.move_app(await team(), APP, "suspend", "理由"),
        service.raise_floor(await team(), APP, 1, "理由"),
    ):
        with pytest.raises(NotAReviewer):
            await deed
    assert await opened() == 1


async def test_a_grey_version_goes_to_its_share_and_then_to_all(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.set_grey(await team(), APP, 2, service.GreyWanted(300))
    first = {n: await opened(f"d{n}") for n in range(60)}
    assert set(first.values()) == {1, 2}
    await service.set_grey(await team(), APP, 2, service.GreyWanted(700))
    second = {n: await opened(f"d{n}") for n in range(60)}
    assert all(second[n] == 2 for n in first if first[n] == 2)
    await service.release(await team(), APP, 2)
    assert {await opened(f"d{n}") for n in range(10)} == {2}
    assert (await service.version_facts(APP, 1)).state == "superseded"


async def test_a_person_gets_the_same_on_every_device(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.set_grey(await team(), APP, 2, service.GreyWanted(500))
    for _ in range(6):
        person = await resident()
        codes = {
            (await service.launch(person, APP, service.Opening(device=str(uuid4())))).code
            for _ in range(5)
        }
        assert len(codes) == 1


async def test_only_one_version_is_grey_at_a_time_and_none_older_than_what_is_out(database):
    await released_app(min_tier=0)
    await approved(2)
    await approved(3)
    await service.set_grey(await team(), APP, 2, service.GreyWanted(10))
    with pytest.raises(NotInThisState):
        await service.set_grey(await team(), APP, 3, service.GreyWanted(10))
    await service.release(await team(), APP, 3)
    with pytest.raises(NotInThisState):
        await service.release(await team(), APP, 2)


async def test_too_many_failures_halt_what_is_grey_and_nobody_new_gets_it(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.set_grey(await team(), APP, 2, EVERYBODY)
    await fail(1, of=20)
    assert (await service.version_facts(APP, 2)).state == "grey"
    await fail(4, of=20)
    assert (await service.version_facts(APP, 2)).state == "halted"
    assert await opened() == 1
    last = (await service.history_of(APP))[0]
    assert (last.deed, last.by_name) == ("halt", "平台自动")
    await service.resume(await team(), APP, 2)
    # What failed before counts no longer.
    await fail(1, of=1)
    assert (await service.version_facts(APP, 2)).state == "grey"


async def test_a_few_failures_of_what_is_out_change_nothing(database):
    await released_app(min_tier=0)
    await fail(20, of=20)
    assert (await service.version_facts(APP, 1)).state == "released"


async def test_forty_failures_at_once_halt_it_once(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.set_grey(await team(), APP, 2, EVERYBODY)
    launches = [
        (await service.launch(Principal(), APP, service.Opening(f"d{n}"))).id for n in range(40)
    ]
    await asyncio.gather(*(service.told_outcome(one, ready=False, ready_ms=0) for one in launches))
    deeds = [s.deed for s in await service.history_of(APP)]
    assert deeds.count("halt") == 1


async def test_an_outcome_is_told_once(database):
    await released_app(min_tier=0)
    launch = await service.launch(Principal(), APP)
    await service.told_outcome(launch.id, ready=True, ready_ms=800)
    with pytest.raises(NoSuchLaunch):
        await service.told_outcome(launch.id, ready=False, ready_ms=0)
    assert (await service.usage_of(APP))[0]["failed"] == 0


async def test_rolling_back_moves_a_pointer_and_forward_again_needs_a_new_number(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.release(await team(), APP, 2)
    files_before = await db.value("SELECT count(*) FROM miniapps_file")
    back = await service.roll_back(await team(), APP, "页面打不开")
    assert (back.code, back.state) == (1, "released")
    assert await opened() == 1
    assert (await service.version_facts(APP, 2)).state == "rolled_back"
    assert await db.value("SELECT count(*) FROM miniapps_file") == files_before
    with pytest.raises(NotInThisState):
        await service.release(await team(), APP, 2)
    with pytest.raises(NotInThisState):
        await service.roll_back(await team(), APP, "再退")


async def test_rolling_back_a_grey_version_leaves_the_one_that_is_out(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.set_grey(await team(), APP, 2, EVERYBODY)
    await service.roll_back(await team(), APP, "有问题")
    assert await opened() == 1
    assert (await service.version_facts(APP, 2)).state == "rolled_back"


async def test_of_ten_roll_backs_at_once_one_counts(database):
    await released_app(min_tier=0)
    for code in (2, 3):
        await approved(code)
        await service.release(await team(), APP, code)
    by = await team()
    tried = await asyncio.gather(
        *(service.roll_back(by, APP, "理由", to=2) for _ in range(10)), return_exceptions=True
    )
    assert sum(isinstance(t, service.VersionFacts) for t in tried) == 1
    assert await opened() == 2


async def test_nobody_goes_below_the_floor(database):
    await released_app(min_tier=0)
    await approved(2)
    await service.release(await team(), APP, 2)
    old = await service.launch(Principal(), APP, service.Opening("d"))
    province = await desk()
    for wrong in (0, 3):
        with pytest.raises(NotInThisState):
            await service.raise_floor(province, APP, wrong, "有漏洞")
    await service.raise_floor(province, APP, 2, "旧版有漏洞")
    with pytest.raises(BelowFloor):
        await service.roll_back(await team(), APP, "理由", to=1)
    host = service.origin_of(APP).partition("//")[2]
    reply = await service.serve_origin(service.OriginRequest(host, "/v/1/index.html"))
    assert reply is not None
    assert reply.status == 404
    assert old.code == 2


async def test_an_app_that_is_taken_down_is_gone_at_once_everywhere(database, deliver):
    await released_app(min_tier=1)
    person = await resident()
    launch = await service.launch(person, APP)
    found = "SELECT count(*) FROM search_document WHERE kind='mini_app'"
    await deliver()
    assert await db.value(found) == 1
    await service.move_app(await desk(), APP, "suspend", "正在核查信息泄露")
    await deliver()
    assert await db.value(found) == 0
    with pytest.raises(AppSuspended) as told:
        await service.launch(person, APP)
    assert told.value.facts["reason"] == "正在核查信息泄露"
    with pytest.raises(AppSuspended):
        await ticket_in(person, launch)
    host = service.origin_of(APP).partition("//")[2]
    reply = await service.serve_origin(service.OriginRequest(host, "/v/1/index.html"))
    assert reply is not None
    assert reply.status == 404
    assert (await service.listed("341600")).items == []
    await service.move_app(await desk(), APP, "reopen", "已核查")
    await deliver()
    assert await db.value(found) == 1
    assert await ticket_of(person, APP)
    await service.move_app(await desk(), APP, "retire", "业务结束")
    with pytest.raises(NotInThisState):
        await service.move_app(await desk(), APP, "reopen", "反悔")
    with pytest.raises(NotYourApp):
        await service.upload(await team(), service.pack(files(manifest(code=9))))


async def test_open_shells_are_told_within_five_seconds(database):
    await released_app(min_tier=0)
    launch = await service.launch(Principal(), APP)
    hearing = asyncio.create_task(live.hear())
    try:
        stream = await service.watched(launch.id)
        assert await anext(stream) == "hello"
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await service.move_app(await desk(), APP, "suspend", "紧急下架")
        word = await asyncio.wait_for(anext(stream), 5)
        assert (word, time.monotonic() - began < 5) == ("suspended", True)
        await stream.aclose()
    finally:
        hearing.cancel()
    with pytest.raises(NoSuchLaunch):
        await service.watched(uuid4())


async def test_an_app_that_is_only_grey_is_nobody_elses(database):
    await approved(1)
    await service.set_grey(await team(), APP, 1, service.GreyWanted(0))
    with pytest.raises(NoSuchMiniApp):
        await opened()
