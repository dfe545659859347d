"""From package to release: refused strangers, two persons, fixed versions."""

import asyncio

import asyncpg
import pytest

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.regions import NoSuchRegion
from miniapps import seed, service
from miniapps.errors import (
    NoSuchVersion,
    NotAReviewer,
    NotInThisState,
    NotYourApp,
    TwoPersonsNeeded,
    VersionTaken,
)
from tests.builders.miniapps import desk, files, manifest, released_app, team
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
    other = await officer("operator", login="other", region="341600", org=org)
    owner = {"org": org, "name": "另一个单位", "contact": "0558-12345"}
    with pytest.raises(NotYourApp):
        await service.upload(other, package(code=2, owner=owner))


async def test_who_is_no_reviewer_approves_nothing(database):
    await service.upload(await team(), package())
    for stranger in (Principal(), await resident(tier=2), await team(), await desk("340100")):
        with pytest.raises(NotAReviewer):
            await service.approve(stranger, APP, 1)
    assert (await service.version_facts(APP, 1)).state == "uploaded"


async def test_who_uploaded_cannot_approve(database):
    both = await officer("operator", "miniapp_reviewer", login="both", region="341600")
    await service.upload(both, package())
    with pytest.raises(TwoPersonsNeeded):
        await service.approve(both, APP, 1)
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute("UPDATE miniapps_version SET approved_by = uploaded_by")


async def test_nothing_is_released_unapproved(database):
    await service.upload(await team(), package())
    reviewer = await desk()
    with pytest.raises(NotInThisState):
        await service.release(reviewer, APP, 1)
    with pytest.raises(NoSuchVersion):
        await service.release(reviewer, APP, 9)
    assert await service.listed("341600") == []


async def test_a_released_app_is_listed_and_announced_with_what_search_needs(database):
    await released_app()
    listed = await service.listed("341602")
    assert [(a.appid, a.region_name, a.min_tier) for a in listed] == [(APP, "亳州市", 1)]
    payload = await db.value("SELECT payload FROM kernel_event WHERE name='miniapps.released/1'")
    assert '"appid":"ah341600test"' in payload.replace(" ", "")
    deeds = await db.rows("SELECT action FROM kernel_audit WHERE action LIKE 'miniapps.%'")
    assert sorted(d["action"] for d in deeds) == [
        "miniapps.approved",
        "miniapps.released",
        "miniapps.uploaded",
    ]


async def test_apps_are_listed_for_their_region_below_it_and_above_it(database):
    await released_app()
    await released_app(appid="ah340100test")
    assert [a.appid for a in await service.listed("341600")] == [APP]
    assert [a.appid for a in await service.listed("340100")] == ["ah340100test"]
    assert len(await service.listed("340000")) == 2
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
    assert {facts.state for facts in found} == {"uploaded"}
    assert await db.value("SELECT count(*) FROM miniapps_version") == 1
    assert await db.value("SELECT count(*) FROM miniapps_file") == 4
    assert await db.value("SELECT count(*) FROM kernel_audit WHERE action='miniapps.uploaded'") == 1


async def test_twenty_approvals_at_once_give_one_success(database):
    await service.upload(await team(), package())
    reviewer = await desk()
    tried = await asyncio.gather(
        *(service.approve(reviewer, APP, 1) for _ in range(20)), return_exceptions=True
    )
    assert sum(isinstance(t, service.VersionFacts) for t in tried) == 1
    assert sum(isinstance(t, NotInThisState) for t in tried) == 19


async def test_an_upload_that_broke_off_is_taken_up_again(database, monkeypatch):
    uploader = await team()

    async def broken(package: object) -> None:
        raise OSError("the store went away")

    with monkeypatch.context() as patch:
        patch.setattr("miniapps.service.publishing._store", broken)
        with pytest.raises(OSError, match="went away"):
            await service.upload(uploader, package())
    assert (await service.version_facts(APP, 1)).state == "draft"
    assert (await service.upload(uploader, package())).state == "uploaded"


async def test_the_demo_is_seeded_and_a_second_time_changes_nothing(database):
    await seed.seed()
    assert [a.appid for a in await service.listed("340000")] == ["ah340100ride", "ah341600housing"]
    before = await db.value("SELECT count(*) FROM kernel_audit")
    await seed.seed()
    assert await db.value("SELECT count(*) FROM kernel_audit") == before
    assert await db.value("SELECT count(*) FROM miniapps_version") == 2
