"""From package to release: refused strangers, two persons, fixed versions."""

import asyncio

import asyncpg
import pytest

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.regions import NoSuchRegion
from miniapps import seed, service
from miniapps.errors import (
    NotYourApp,
    VersionTaken,
)
from tests.builders.miniapps import files, manifest, released_app, team
from tests.builders.people import resident
from tests.builders.staff import officer

APP = "ah341600test"


def package(**changes) -> bytes:
    return service.pack(files(manifest(**changes)))


async def test_a_stranger_uploads_nothing(database):
    for stranger in (Principal(), await resident(tier=2), await team("340100")):
        with pytest.raises(NotYourApp):
            await service.upload(stranger, package())
    assert await db.value("SELECT count(*) FROM miniapps_version") == 0


async def test_another_organisation_cannot_take_over_an_app(database):
    await service.upload(await team(), package())
    org = "11341600MB0000009Z"
    other = await officer("city_publisher", login="other", region="341600", org=org)
    owner = {"org": org, "name": "另一个单位", "contact": "0558-12345"}
    with pytest.raises(NotYourApp):
        await service.upload(other, package(code=2, owner=owner))


async def test_a_released_app_is_listed_and_announced_with_what_search_needs(database):
    await released_app()
    listed = (await service.listed("341602")).items
    assert [(a.appid, a.region_name, a.min_tier) for a in listed] == [(APP, "亳州市", 1)]
    payload = await db.value("SELECT payload FROM kernel_event WHERE name='miniapps.released/1'")
    assert '"appid":"ah341600test"' in payload.replace(" ", "")
    deeds = await db.rows(
        "SELECT action FROM kernel_audit WHERE action LIKE 'miniapps.%' ORDER BY id"
    )
    assert [d["action"].removeprefix("miniapps.") for d in deeds] == [
        "upload",
        "pass",
        "submit",
        "approve_in_city",
        "approve",
        "release",
    ]


async def test_apps_are_listed_for_their_region_below_it_and_above_it(database):
    await released_app()
    await released_app(appid="ah340100test")
    assert [a.appid for a in (await service.listed("341600")).items] == [APP]
    assert [a.appid for a in (await service.listed("340100")).items] == ["ah340100test"]
    assert (await service.listed("340000")).total == 2
    with pytest.raises(NoSuchRegion):
        await service.listed("990000")


async def test_the_same_package_again_changes_nothing(database):
    await released_app()
    before = await db.value("SELECT count(*) FROM kernel_audit")
    await released_app()
    assert await db.value("SELECT count(*) FROM kernel_audit") == before
    assert await db.value("SELECT count(*) FROM miniapps_file") == 4


async def test_a_version_number_stands_for_one_content_only(database):
    await released_app()
    changed = service.pack(files(manifest(), **{"js/app.js": b"changed"}))
    with pytest.raises(VersionTaken):
        await service.upload(await team(), changed)


async def test_an_older_number_than_the_newest_is_refused(database):
    await released_app(code=5)
    with pytest.raises(VersionTaken):
        await service.upload(await team(), package(code=4))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE miniapps_version SET manifest = '{}'",
        "UPDATE miniapps_version SET digest = 'x'",
        "DELETE FROM miniapps_version",
        "UPDATE miniapps_version SET findings = '[1]'",
        "UPDATE miniapps_step SET note = 'x'",
        "DELETE FROM miniapps_step",
        "UPDATE miniapps_file SET sha256 = 'x'",
        "DELETE FROM miniapps_file",
    ],
)
async def test_the_database_itself_keeps_a_version_as_it_was(statement, database):
    await released_app()
    with pytest.raises(asyncpg.RaiseError):
        await db.execute(statement)


async def test_twenty_uploads_at_once_make_one_version(database):
    uploader = await team()
    found = await asyncio.gather(*(service.upload(uploader, package()) for _ in range(20)))
    assert {facts.state for facts in found} <= {"uploaded", "checked"}
    assert await db.value("SELECT count(*) FROM miniapps_version") == 1
    assert await db.value("SELECT count(*) FROM miniapps_file") == 4
    assert await db.value("SELECT count(*) FROM kernel_audit WHERE action='miniapps.upload'") == 1


async def test_an_upload_that_broke_off_is_taken_up_again(database, monkeypatch):
    uploader = await team()

    async def broken(package: object) -> None:
        raise OSError("the store went away")

    with monkeypatch.context() as patch:
        patch.setattr("miniapps.service.publishing._store", broken)
        with pytest.raises(OSError, match="went away"):
            await service.upload(uploader, package())
    assert (await service.version_facts(APP, 1)).state == "draft"
    assert (await service.upload(uploader, package())).state == "checked"


async def test_the_demo_is_seeded_and_a_second_time_changes_nothing(database):
    await seed.seed()
    seeded = [a.appid for a in (await service.listed("340000")).items]
    assert {"ah340100ride", "ah341600housing"} < set(seeded)
    before = await db.value("SELECT count(*) FROM kernel_audit")
    await seed.seed()
    assert await db.value("SELECT count(*) FROM kernel_audit") == before
    assert (
        await db.value("SELECT count(*) FROM miniapps_version")
        == len(seeded)
        == len(seed.demo_names())
    )


async def test_a_county_publishes_itself_under_its_citys_name_and_nothing_else(database):
    """R-POR-18."""
    county = await team("341602")
    codes = ["341600", "341602"]
    facts = await service.upload(county, package(region_codes=codes))
    assert (facts.appid, facts.state) == (APP, "checked")
    for appid, regions in (("ah340100other", ["340100"]), ("ah341600wide", ["341600", "341623"])):
        with pytest.raises(NotYourApp):
            await service.upload(county, package(appid=appid, region_codes=regions))
    assert await db.value("SELECT count(*) FROM miniapps_app") == 1
