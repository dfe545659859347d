"""Progress that a department's system reports: a line, never a move."""

import asyncio

import pytest

from app_server.cases import service
from app_server.cases.errors import NoSuchCase, NotInThisState
from app_server.kernel import db
from app_server.kernel.principal import Principal
from tests.builders.cases import desk_of, state_of, submitted, version_of
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import resident

SYSTEM = Principal(kind="client", org="gateway:ah341600test", name="业务系统")
SAID = {"title": "现场核查完成", "note": "三天内出结果"}


async def accepted():
    item = (await catalogue())[UNEMPLOYMENT]
    owner = await resident()
    case_no = await submitted(owner, item)
    await service.accept(await desk_of(item), case_no, 1)
    return owner, item, case_no


async def lines(case_no: str) -> list[str]:
    row = await db.value("SELECT timeline::text FROM cases_case WHERE case_no=$1", case_no)
    return [part for part in str(row).split('"') if part in {SAID["title"], SAID["note"]}]


async def test_another_organisations_or_items_case_is_not_there(database):
    _, item, case_no = await accepted()
    for org, items in (("11340500MBDM0005XX", [item.code]), (item.org, ["other"]), (item.org, [])):
        with pytest.raises(NoSuchCase):
            await service.note_progress(SYSTEM, case_no, org=org, items=items, **SAID)
    assert await lines(case_no) == []


async def test_a_case_that_is_not_accepted_has_no_progress(database):
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    with pytest.raises(NotInThisState):
        await service.note_progress(SYSTEM, case_no, org=item.org, items=[item.code], **SAID)


async def test_the_applicant_reads_and_is_told_how_far_it_is(database, deliver):
    owner, item, case_no = await accepted()
    before = await version_of(case_no)
    await service.note_progress(SYSTEM, case_no, org=item.org, items=[item.code], **SAID)
    assert await state_of(case_no) == "accepted"
    assert await version_of(case_no) == before + 1
    view = await service.own_case(owner.subject, case_no)
    assert SAID["title"] in str(view.row["timeline"])
    await deliver()
    told = "SELECT count(*) FROM notify_message WHERE person_id=$1 AND title='办理有进展'"
    assert await db.value(told, owner.subject) == 1


async def test_the_same_line_many_times_at_once_is_one(database):
    _, item, case_no = await accepted()
    notes = (
        service.note_progress(SYSTEM, case_no, org=item.org, items=[item.code], **SAID)
        for _ in range(20)
    )
    await asyncio.gather(*notes)
    assert sorted(await lines(case_no)) == sorted(SAID.values())
    steps = "SELECT count(*) FROM cases_step WHERE move='progress'"
    assert await db.value(steps) == 1
