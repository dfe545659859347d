"""Review by city and province: strangers, three people, one decision of many at once."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from miniapps import service
from miniapps.errors import (
    NoSuchVersion,
    NotAReviewer,
    NotInThisState,
    NotYourApp,
    TrialRefused,
    TwoPersonsNeeded,
)
from miniapps.seed import publish_package
from tests.builders.miniapps import desk, files, manifest, team
from tests.builders.people import resident
from tests.builders.staff import officer

APP = "ah341600test"


def package(**changes) -> bytes:
    return service.pack(files(manifest(**changes)))


async def submitted(**changes) -> None:
    by = await team()
    facts = await service.upload(by, package(**changes))
    await service.submit(by, facts.appid, facts.code, "请审核")


async def test_who_is_no_reviewer_decides_nothing(database):
    await submitted()
    for stranger in (Principal(), await resident(tier=2), await team(), await desk("340100")):
        with pytest.raises(NotAReviewer):
            await service.review(stranger, APP, 1, agree=True)
    assert (await service.version_facts(APP, 1)).state == "submitted"


async def test_who_uploaded_neither_reviews_for_the_city_nor_the_province(database):
    both = await officer("city_publisher", "miniapp_reviewer", login="both", region="341600")
    await service.upload(both, package())
    await service.submit(both, APP, 1)
    with pytest.raises(TwoPersonsNeeded):
        await service.review(both, APP, 1, agree=True)
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute("UPDATE miniapps_version SET city_by = uploaded_by")
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute("UPDATE miniapps_version SET approved_by = uploaded_by")


async def test_the_city_first_and_the_province_after_it(database):
    await submitted()
    city, province = await desk("341600"), await desk()
    with pytest.raises(NotInThisState):
        await service.review(province, APP, 1, agree=True)
    assert (await service.review(city, APP, 1, agree=True)).state == "city_approved"
    with pytest.raises(TwoPersonsNeeded):
        await service.review(city, APP, 1, agree=True)
    assert (await service.review(province, APP, 1, agree=True)).state == "approved"
    history = [(s.deed, s.by_name) for s in await service.history_of(APP)]
    assert [deed for deed, _ in history] == [
        "approve", "approve_in_city", "submit", "pass", "upload",
    ]  # fmt: skip


async def test_an_app_of_the_province_has_no_city_above_it(database):
    by = await team("340000")
    changes = {"appid": "ah340000own", "region_codes": ["340000"]}
    await service.upload(by, package(**changes))
    await service.submit(by, "ah340000own", 1)
    decided = await service.review(await desk(), "ah340000own", 1, agree=True)
    assert decided.state == "approved"


async def test_nothing_goes_out_unapproved(database):
    await submitted()
    with pytest.raises(NotInThisState):
        await service.release(await team(), APP, 1)
    with pytest.raises(NotInThisState):
        await service.set_grey(await team(), APP, 1, service.GreyWanted(100))
    with pytest.raises(NoSuchVersion):
        await service.release(await team(), APP, 9)
    assert (await service.listed("341600")).items == []


async def test_a_refusal_ends_the_version_and_says_why(database):
    await submitted()
    await service.review(await desk("341600"), APP, 1, agree=True)
    with pytest.raises(NotAReviewer):
        other = await officer("miniapp_reviewer", login="second", region="341600")
        await service.review(other, APP, 1, agree=False, note="不合适")
    done = await service.review(await desk(), APP, 1, agree=False, note="缺少隐私说明")
    assert done.state == "refused"
    assert (await service.history_of(APP))[0].note == "缺少隐私说明"
    with pytest.raises(NotInThisState):
        await service.submit(await team(), APP, 1)


@pytest.mark.parametrize("agree", [True, False])
async def test_of_twenty_decisions_at_once_one_counts(agree, database):
    await submitted()
    city = await desk("341600")
    tried = await asyncio.gather(
        *(service.review(city, APP, 1, agree=agree) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(t, service.VersionFacts) for t in tried) == 1
    assert {type(t) for t in tried} <= {service.VersionFacts, NotInThisState, TwoPersonsNeeded}


async def test_the_team_takes_a_version_back_until_it_is_out(database):
    await submitted()
    with pytest.raises(NotYourApp):
        await service.withdraw(await team("340100"), APP, 1)
    assert (await service.withdraw(await team(), APP, 1, "还要改")).state == "withdrawn"
    await publish_package(await team(), await desk("341600"), await desk(), package(code=2))
    with pytest.raises(NotInThisState):
        await service.withdraw(await team(), APP, 2)


async def test_a_trial_link_opens_one_version_on_an_origin_of_its_own(database, monkeypatch):
    await service.upload(await team(), package(min_tier=0))
    with pytest.raises(NotYourApp):
        await service.begin_trial(await team("340100"), APP, 1)
    facts, token = await service.begin_trial(await team(), APP, 1)
    assert facts.state == "trial"
    opened = await service.launch(Principal(), APP, service.Opening(trial=token))
    assert opened.trial
    assert f"//{APP}-t1." in opened.origin
    page = await service.serve_origin(
        service.OriginRequest(opened.origin.partition("//")[2], "/v/1/index.html")
    )
    assert page is not None
    assert page.status == 200
    out = await service.serve_origin(
        service.OriginRequest(service.origin_of(APP).partition("//")[2], "/v/1/index.html")
    )
    assert out is not None
    assert out.status == 404
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "_source", lambda: later)
    with pytest.raises(TrialRefused):
        await service.launch(Principal(), APP, service.Opening(trial=token))


@pytest.mark.parametrize(
    "wrong", ["1.9999999999.x", "x", "1..", "2.{until}.{mark}", "1.{until}.{mark}A"]
)
async def test_a_forged_trial_link_opens_nothing(wrong, database):
    await service.upload(await team(), package(min_tier=0))
    _, token = await service.begin_trial(await team(), APP, 1)
    _, until, mark = token.split(".")
    with pytest.raises(TrialRefused):
        await service.launch(
            Principal(), APP, service.Opening(trial=wrong.format(until=until, mark=mark))
        )


async def test_a_version_that_is_out_is_no_longer_on_trial(database):
    await service.upload(await team(), package(min_tier=0))
    _, token = await service.begin_trial(await team(), APP, 1)
    await service.withdraw(await team(), APP, 1)
    with pytest.raises(TrialRefused):
        await service.launch(Principal(), APP, service.Opening(trial=token))
