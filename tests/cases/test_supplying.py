"""A case that was filed while a registry was silent waits, and is completed (R-CAS-24)."""

import httpx
import orjson
import pytest

from app_server.cases import service
from app_server.cases.models import Case
from app_server.cases.service import supplying
from app_server.forms import service as forms
from app_server.forms.models import Precheck
from app_server.items.service import ItemFacts
from app_server.kernel import db
from tests.builders.cases import ANSWERS, desk_of, state_of, version_of
from tests.builders.forms import picture
from tests.builders.items import RENTAL, catalogue
from tests.builders.people import bearer, resident

NUMBER = "341602199003074511"


@pytest.fixture
async def rental(database, simulators) -> ItemFacts:
    return (await catalogue())[RENTAL]


def ill(simulators, mode: str) -> None:
    told = {"service": "household.members", "mode": mode}
    httpx.post(f"{simulators['exchange']}/__ill", json=told, trust_env=False).raise_for_status()


async def filed_in_silence(item: ItemFacts, simulators, **written: object):
    """A case filed while the household registry was away: its owner and number."""
    person = await resident(tier=2, number=NUMBER)
    ill(simulators, "broken")
    try:
        draft = await service.open_draft(person, item.code)
        own = {k: v for k, v in ANSWERS[item.form_code].items() if k not in draft.data}
        draft = await forms.save(
            person.subject, draft.id, draft.version, {**draft.data, **own, **written}
        )
        for material in draft.materials:
            await forms.put_material(person.subject, draft.id, material["code"], picture(), "a.jpg")
        standing = await service.submit(person, draft.id)
    finally:
        ill(simulators, "well")
    return person, standing.row["case_no"]


async def test_a_case_files_without_a_registry_and_is_completed_when_it_answers(
    rental, simulators, deliver, staff_surface
) -> None:
    person, case_no = await filed_in_silence(rental, simulators)
    case = await Case.get(case_no=case_no)
    assert set(case.handling["missing"]) >= {"household_no", "household_size"}
    desk = await desk_of(rental)
    seen = await staff_surface.get(f"/cases/{case_no}", headers=await bearer(desk))
    assert seen.json()["handling"]["missing"]["household_no"] == "户籍信息"
    await db.execute("UPDATE kernel_delivery SET run_at=now() WHERE handler=$1", supplying.TIMER)
    await deliver()
    case = await Case.get(case_no=case_no)
    assert case.handling["missing"] == {}
    source = case.sources["household_no"]
    assert (source["source_name"], source["after_filing"]) == ("户籍库", True)
    # What the applicant wrote stays, and that the registry says otherwise is told.
    assert orjson.loads(case.data)["household_no"] == ANSWERS[rental.form_code]["household_no"]
    assert source["agrees"] is False
    steps = (await service.own_case(person.subject, case_no)).part("timeline")
    told = next(step for step in steps if step["state_name"] == "共享数据已返回")
    assert "不一致" in told["note"]
    version = await version_of(case_no)
    await service.supply(case_no, 1)
    assert await version_of(case_no) == version


async def test_a_registry_that_stays_silent_is_asked_again_later_and_nothing_changes(
    rental, simulators
) -> None:
    _, case_no = await filed_in_silence(rental, simulators)
    version = await version_of(case_no)
    ill(simulators, "broken")
    try:
        await service.supply(case_no, 3)
        await service.supply(case_no, supplying.MOST_TURNS)
    finally:
        ill(simulators, "well")
    assert await version_of(case_no) == version
    turns = await db.rows(
        "SELECT payload->>'turn' AS turn FROM kernel_delivery WHERE handler=$1 ORDER BY run_at",
        supplying.TIMER,
    )
    assert [row["turn"] for row in turns] == ["0", "4"]


async def test_a_case_that_is_over_is_asked_about_nowhere(rental, simulators) -> None:
    person, case_no = await filed_in_silence(rental, simulators)
    await service.withdraw(person, case_no, await version_of(case_no))
    await service.supply(case_no, 0)
    assert await state_of(case_no) == "withdrawn"
    assert (await Case.get(case_no=case_no)).handling["missing"]


async def test_what_a_machine_reads_after_the_filing_reaches_the_case(
    rental, simulators, deliver
) -> None:
    _, case_no = await filed_in_silence(rental, simulators)
    case = await Case.get(case_no=case_no)
    asked = {m["code"] for m in case.materials if m.get("ocr")}
    assert {m["check"]["state"] for m in case.materials if m["code"] in asked} == {"waiting"}
    await deliver()
    assert await Precheck.filter(draft_id=case.draft_id, state="waiting").count() == len(asked)
    # The reader cannot read what is not there: it says so after its tries.
    await Precheck.filter(draft_id=case.draft_id).update(key="forms/none", attempts=59)
    for _ in asked:
        assert await forms.read_one()
    await deliver()
    case = await Case.get(case_no=case_no)
    assert {m["check"]["state"] for m in case.materials if m["code"] in asked} == {"failed"}
    assert await version_of(case_no) == case.version
