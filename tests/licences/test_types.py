"""Types are written by keepers, put in force, and taken out of use (R-LIC-03, R-LIC-07, R-LIC-10)."""

import asyncio
from datetime import date

import pytest

from app_server.kernel import db
from app_server.licences import service as licences
from app_server.licences.errors import (
    AlreadyHeld,
    ContentUnfit,
    HolderUnfit,
    TypeDraftThere,
    TypeMoved,
    UnknownType,
)
from app_server.licences.rules.types import TRUST_CLASSES, LicenceTypeSpec
from tests.builders.licences import CODE, TYPE, issued, keeper, type_spec
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer


async def in_force(by, **changes):
    drafted = await licences.draft_type(by, LicenceTypeSpec.model_validate(type_spec(**changes)))
    return await licences.publish_type(by, drafted.id, drafted.edition)


async def test_nobody_but_keepers_sees_or_writes_the_catalogue(staff_surface):
    path = "/licence-types"
    assert (await staff_surface.get(path)).status_code == 401
    other = await bearer(await officer())
    assert (await staff_surface.get(path, headers=other)).status_code == 403
    assert (await staff_surface.post(path, headers=other, json=type_spec())).status_code == 403


@pytest.mark.parametrize("part", ["number", "content", "file", "style", "index"])
async def test_a_type_that_lacks_one_of_the_five_parts_is_refused(staff_surface, part):
    headers = await bearer(await keeper())
    spec = type_spec()
    del spec["directory"][part]
    told = await staff_surface.post("/licence-types", headers=headers, json=spec)
    assert told.status_code == 422
    assert part in told.text
    assert await db.value("SELECT count(*) FROM licences_type WHERE code=$1", CODE) == 0


async def test_a_type_is_drafted_edited_published_counted_and_retired(staff_surface):
    headers = await bearer(await keeper())
    drafted = (await staff_surface.post("/licence-types", headers=headers, json=type_spec())).json()
    path = f"/licence-types/{drafted['id']}"
    assert (drafted["state"], drafted["kind_name"], drafted["version"]) == ("draft", "证照", 1)
    missing = await staff_surface.put(path, headers=headers, json=type_spec())
    assert missing.status_code == 428
    match = headers | {"if-match": '"1"'}
    renamed = type_spec(name="食品许可证")
    saved = await staff_surface.put(path, headers=match, json=renamed)
    assert saved.json()["spec"]["name"] == "食品许可证"
    stale = await staff_surface.put(path, headers=match, json=renamed)
    assert stale.status_code == 412
    match = headers | {"if-match": '"2"'}
    in_use = await staff_surface.post(f"{path}/publication", headers=match)
    assert in_use.json()["state_name"] == "在用"
    counts = (await staff_surface.get("/licence-types/counts", headers=headers)).json()["items"]
    assert {c["kind_name"]: c["types"] for c in counts} == {"证件": 2, "证照": 1, "批文": 0}
    match = headers | {"if-match": '"3"'}
    over = await staff_surface.post(f"{path}/retirement", headers=match)
    assert over.json()["state"] == "retired"
    shown = await staff_surface.get("/licence-types?state=published", headers=headers)
    assert CODE not in {one["spec"]["code"] for one in shown.json()["items"]}


async def test_a_new_version_retires_the_one_before_and_issued_licences_keep_their_name(database):
    by, holder = await keeper(), await resident()
    await in_force(by)
    with pytest.raises(ContentUnfit):
        await issued(holder, by, type_code=CODE, content={})
    with pytest.raises(ContentUnfit):
        await issued(holder, by, type_code=CODE, content={"place": "谯城", "more": "x"})
    made = await issued(holder, by, type_code=CODE, content={"place": "谯城"})
    again = await in_force(by, name="食品经营许可", kind="approval", trust_class="B")
    assert again.version == 2
    assert {(t.version, t.state) for t in await licences.types() if t.spec.code == CODE} == {
        (1, "retired"),
        (2, "published"),
    }
    assert (await licences.licence(holder.subject, made.id)).type_name == "食品经营许可证"


async def test_only_a_type_that_says_so_allows_one_live_licence(database):
    by, holder = await keeper(), await resident()
    await in_force(by)
    for _ in range(2):
        await issued(holder, by, type_code=CODE, content={"place": "谯城"})
    await issued(holder, by)
    with pytest.raises(AlreadyHeld):
        await issued(holder, by)
    assert len(await licences.licences_of(holder.subject)) == 3


async def test_one_representative_looks_after_licences_of_two_organisations(database):
    by, holder = await keeper(), await resident()
    for code in (ORG, "11340000MB0000000M"):
        await issued(holder, by, holder_number=code)
    with pytest.raises(AlreadyHeld):
        await issued(holder, by, holder_number=ORG)


async def test_a_licence_past_its_last_day_does_not_stand_in_the_way_of_a_new_one(
    database, deliver
):
    by, holder = await keeper(), await resident()
    old = await issued(holder, by, valid_until=date(2020, 1, 1))
    await deliver()
    await issued(holder, by)
    assert (await licences.licence(holder.subject, old.id)).state == "expired"


async def test_a_retired_type_and_a_holder_of_another_kind_get_no_licence(database):
    by, holder = await keeper(), await resident()
    facts = await in_force(by, holders=["organisation"])
    with pytest.raises(HolderUnfit):
        await issued(holder, by, type_code=CODE, content={"place": "谯城"})
    await licences.retire_type(by, facts.id, facts.edition)
    with pytest.raises(UnknownType):
        await issued(holder, by, type_code=CODE, content={"place": "谯城"})


async def test_a_provided_type_that_was_retired_stays_retired(database):
    by, holder = await keeper(), await resident()
    facts = await licences.published(TYPE)
    await licences.retire_type(by, facts.id, facts.edition)
    await licences.provide_types()
    with pytest.raises(UnknownType):
        await issued(holder, by)


async def test_of_many_publications_and_drafts_at_once_one_succeeds(database):
    by = await keeper()
    spec = LicenceTypeSpec.model_validate(type_spec())
    told = await asyncio.gather(
        *(licences.draft_type(by, spec) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(t, TypeDraftThere) for t in told) == 7
    drafted = next(t for t in told if not isinstance(t, Exception))
    told = await asyncio.gather(
        *(licences.publish_type(by, drafted.id, 1) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(t, TypeMoved) for t in told) == 7
    assert (await licences.published(CODE)).id == drafted.id


def test_the_classes_have_watermarks_of_their_own_and_only_a_and_b_stand_for_a_paper():
    marks = {c.mark("演示局", date(2027, 1, 2)) for c in TRUST_CLASSES.values()}
    assert len(marks) == 4
    assert "有效期至2027年01月02日" in TRUST_CLASSES["A"].mark("演示局", date(2027, 1, 2))
    assert [code for code, c in TRUST_CLASSES.items() if c.direct] == ["A", "B"]
