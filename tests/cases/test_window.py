"""Windows, outlets, sub-tasks and machines: who takes in, who contributes, who hands out."""

import asyncio
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import (
    ApplicantUnknown,
    NoSuchSubtask,
    NotReopened,
    NotTakenHere,
    NotTheReceiver,
    SubtaskOpen,
)
from app_server.cases.rules import ENDED
from app_server.kernel import db
from app_server.kernel.errors import Conflict
from app_server.kernel.principal import Principal
from auth.people import service as people
from tests.builders.cases import (
    ANSWERS,
    approved,
    desk_of,
    state_of,
    submitted,
    version_of,
)
from tests.builders.cases_tailored import POINT, tailored
from tests.builders.forms import picture
from tests.builders.items import PERMIT_COPY, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

HALL = "11341602MB0000000X"
OTHER = "11340500MBDM0005XX"


async def card_of(owner: Principal) -> dict[str, str]:
    facts = await people.person(owner.subject)
    return {"name": facts.name, "id_number": facts.id_number}


async def window(region: str, login: str = "window") -> Principal:
    return await officer("case_window", login=login, region=region, org=HALL)


async def test_a_window_of_another_department_files_and_the_items_department_decides(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    here = await window("340722")
    headers, card = await bearer(here), await card_of(owner)
    wanted = {"item_code": item.code, "consent": True, **card}
    assert (await staff_surface.post("/window/drafts", json=wanted)).status_code == 401
    clerk = await bearer(await desk_of(item))
    refused = await staff_surface.post("/window/drafts", headers=clerk, json=wanted)
    assert refused.json()["code"] == "kernel.not_your_role"
    unasked = await staff_surface.post(
        "/window/drafts", headers=headers, json=wanted | {"consent": False}
    )
    assert unasked.status_code == 422
    stranger = await staff_surface.post(
        "/window/drafts", headers=headers, json=wanted | {"name": "别人"}
    )
    assert stranger.json()["code"] == "cases.applicant_unknown"
    opened = await staff_surface.post("/window/drafts", headers=headers, json=wanted)
    assert opened.status_code == 201, opened.text
    draft = opened.json()
    own = {k: v for k, v in ANSWERS[item.form_code].items() if k not in draft["data"]}
    saved = await staff_surface.put(
        f"/window/drafts/{draft['id']}",
        headers={**headers, "if-match": f'"{draft["version"]}"'},
        json={"data": draft["data"] | own},
    )
    assert saved.status_code == 200, saved.text
    for material in draft["materials"]:
        scanned = await staff_surface.put(
            f"/window/drafts/{draft['id']}/materials/{material['code']}",
            headers={**headers, "content-type": "image/jpeg"},
            content=picture(),
        )
        assert scanned.status_code == 200, scanned.text
    elsewhere = await bearer(await window("340722", "colleague"))
    address = f"/window/drafts/{draft['id']}"
    assert (await staff_surface.get(address, headers=elsewhere)).status_code == 404
    filed = await staff_surface.post(
        "/window/cases",
        headers={**headers, "idempotency-key": "window-0001"},
        json={"draft_id": draft["id"]},
    )
    assert (filed.status_code, filed.json()["state"]) == (201, "received"), filed.text
    case_no = filed.json()["case_no"]
    row = await db.row("SELECT channel, intake_org, intake_region, org FROM cases_case")
    assert row is not None
    assert tuple(row) == ("window", HALL, "340722", item.org)
    # The window reads what it filed and no more; it decides nothing.
    seen = await staff_surface.get(f"/cases/{case_no}", headers=headers)
    assert seen.json()["actions"] == [], seen.text
    barred = await staff_surface.post(
        f"/cases/{case_no}/accept", headers={**headers, "if-match": '"2"'}
    )
    assert barred.status_code == 403
    assert (await staff_surface.get(f"/cases/{case_no}", headers=elsewhere)).status_code == 404
    timeline = (await public.get(f"/cases/{case_no}", headers=await bearer(owner))).json()["steps"]
    assert [s["channel"] for s in timeline][-1] == "窗口"
    assert await db.value("SELECT consent FROM cases_intake") == "window-intake/1"


async def test_a_window_takes_in_what_lies_in_its_region_or_says_it_may_be_taken_there(
    database: None,
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    far = await window("341602")
    card = service.Card(**await card_of(owner))
    with pytest.raises(NotTakenHere):
        await service.open_at_window(far, item.code, card, "present")
    with pytest.raises(ApplicantUnknown):
        near = await window("340722", "near")
        await service.open_at_window(
            near, item.code, service.Card("李明轩", "341602190001010017"), "present"
        )
    everywhere = await tailored(handle_areas=["341600"])
    draft = await service.open_at_window(far, everywhere.code, card, "agent")
    assert draft.data["name"] == "李明轩"


async def test_a_window_reads_a_case_of_elsewhere_only_while_its_applicant_stands_there(
    staff_surface: httpx.AsyncClient,
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    reason = {"reason": "日期有误", "fields": ["left_on"]}
    await service.request_correction(await desk_of(item), case_no, 1, **reason)
    hall = await bearer(await window("341602", "hall"))
    address = f"/window/cases/{case_no}"
    assert (await staff_surface.get(address, headers=hall)).status_code == 404
    card = await card_of(owner) | {"consent": True}
    assert (await staff_surface.post(f"{address}/presence", headers=hall, json=card)).is_success
    seen = (await staff_surface.get(address, headers=hall)).json()
    assert (seen["state"], seen["correction"]["fields"]) == ("correction_asked", ["left_on"])
    held = (await staff_surface.get(f"{address}/application", headers=hall)).json()
    assert held["data"]["left_on"] == "2026-10-01"
    other = await bearer(await window("341602", "colleague"))
    assert (await staff_surface.get(address, headers=other)).status_code == 404


async def test_begun_online_corrected_at_a_window_fetched_in_a_township_is_one_case(
    staff_surface: httpx.AsyncClient, public: httpx.AsyncClient, deliver: Any
) -> None:
    owner = await resident()
    item = await tailored(delivery=["download", "window"])
    desk = await desk_of(item)
    case_no = await submitted(owner, item)
    mine = await bearer(owner)
    chosen = await public.put(
        f"/cases/{case_no}/delivery",
        headers={**mine, "if-match": '"1"'},
        json={"way": "window", "outlet_region": "340722"},
    )
    assert chosen.status_code == 200, chosen.text
    await service.request_correction(desk, case_no, 2, reason="日期有误", fields=["left_on"])
    at_hall = await bearer(await window("341602", "hall"))
    card = await card_of(owner)
    given = {"data": {"left_on": "2026-10-03"}}
    absent = await staff_surface.post(
        f"/window/cases/{case_no}/corrections",
        headers={**at_hall, "if-match": '"3"'},
        json=given,
    )
    assert absent.status_code == 404, "nobody was there"
    other = await card_of(await resident(name="王芳"))
    presence = f"/window/cases/{case_no}/presence"
    wrong = await staff_surface.post(presence, headers=at_hall, json=other | {"consent": True})
    assert wrong.json()["code"] == "cases.not_the_receiver"
    there = await staff_surface.post(presence, headers=at_hall, json=card | {"consent": True})
    assert there.status_code == 204, there.text
    done = await staff_surface.post(
        f"/window/cases/{case_no}/corrections",
        headers={**at_hall, "if-match": '"3"'},
        json=given,
    )
    assert done.status_code == 200, done.text
    await service.accept(desk, case_no, 4)
    await approved(desk, case_no, item)
    assert await state_of(case_no) == "making"
    await service.hand_over(desk, case_no, await version_of(case_no))
    outlet = await window("340722", "outlet")
    version = await version_of(case_no)
    far = await staff_surface.post(
        f"/cases/{case_no}/deliver",
        headers={**at_hall, "if-match": f'"{version}"'},
        json={"id_number": card["id_number"]},
    )
    assert far.status_code == 404, "it waits at another window"
    with pytest.raises(NotTheReceiver):
        await service.deliver(outlet, case_no, version, id_number=other["id_number"])
    await service.deliver(outlet, case_no, version, id_number=card["id_number"])
    course = (await public.get(f"/cases/{case_no}/course", headers=mine)).json()
    assert [place["region"] for place in course["chain"]] == ["", "340700", "340722"]
    steps = (await public.get(f"/cases/{case_no}", headers=mine)).json()["steps"]
    assert {"网上", "窗口", "部门"} <= {s.get("channel") for s in steps}
    await deliver()
    receipt = await db.value("SELECT state FROM cases_document WHERE kind='delivery'")
    assert receipt == "ready"


async def test_another_organisation_answers_its_subtask_and_the_decision_waits_for_it(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    desk = await desk_of(item)
    case_no = await submitted(await resident(), item)
    await service.accept(desk, case_no, 1)
    helper = await officer(login="helper", region="340500", org=OTHER)
    asked = await staff_surface.post(
        f"/cases/{case_no}/subtasks",
        headers=await bearer(desk),
        json={
            "org": OTHER,
            "org_name": "演示社会保险中心",
            "region": "340500",
            "title": "核实参保记录",
            "question": "请核实最近一次参保单位",
            "days": 3,
        },
    )
    assert asked.status_code == 201, asked.text
    task = asked.json()["items"][0]
    with pytest.raises(SubtaskOpen):
        await approved(desk, case_no, item)
    theirs = await bearer(helper)
    listed = (await staff_surface.get("/subtasks", headers=theirs)).json()["items"]
    assert [t["id"] for t in listed] == [task["id"]]
    seen = await staff_surface.get(f"/cases/{case_no}", headers=theirs)
    assert seen.status_code == 200, seen.text
    barred = await staff_surface.post(
        f"/cases/{case_no}/begin-review", headers={**theirs, "if-match": '"2"'}
    )
    assert barred.status_code == 404
    with pytest.raises(NoSuchSubtask):
        await service.return_subtask(desk, task["id"], outcome="agreed", opinion="情况属实")
    done = await asyncio.gather(
        *(
            service.return_subtask(helper, task["id"], outcome="agreed", opinion="情况属实")
            for _ in range(5)
        ),
        return_exceptions=True,
    )
    assert sum(result is None for result in done) == 1
    assert all(result is None or isinstance(result, Conflict) for result in done)
    await approved(desk, case_no, item)
    assert await state_of(case_no) == "closed"


async def test_a_machine_approves_what_it_knows_and_leaves_the_rest_to_a_person(
    database: None, deliver: Any
) -> None:
    item = await tailored(auto_accept=True, auto_decide=True, review_points=[POINT])
    owner = await resident()
    case_no = await submitted(owner, item)
    await deliver()
    row = await db.row("SELECT state, handling FROM cases_case WHERE case_no=$1", case_no)
    assert row is not None
    assert row["state"] == "closed"
    assert '"answer": "yes"' in row["handling"]
    clerk = await officer("case_officer", login="clerk", region=item.region, org=item.org)
    with pytest.raises(Exception, match="审批负责人"):
        await service.reopen(clerk, case_no, await version_of(case_no), "复核")
    desk = await desk_of(item)
    await service.reopen(desk, case_no, await version_of(case_no), "抽查发现需要复核")
    assert await state_of(case_no) == "in_review"
    await approved(desk, case_no, item)
    assert await state_of(case_no) in ENDED


@pytest.mark.parametrize("rule", ["form.name == 'nobody'", "source.left_on == 1", ""])
async def test_no_and_unknown_go_to_a_person(rule: str, database: None, deliver: Any) -> None:
    point = POINT | {"rule": rule}
    item = await tailored(review_points=[point])
    desk = await desk_of(item)
    case_no = await submitted(await resident(), item)
    # The gate of items would not let such an item be automatic: the machine itself must not, too.
    from app_server.items.service import reading

    reading._versions[(item.code, item.version)] = item.model_copy(
        update={"auto_accept": True, "auto_decide": True}
    )
    await deliver()
    row = await db.row("SELECT state, handling FROM cases_case WHERE case_no=$1", case_no)
    assert row is not None
    assert row["state"] == "submitted"
    assert '"passed": false' in row["handling"]
    await service.accept(desk, case_no, await version_of(case_no))
    await approved(desk, case_no, item)
    with pytest.raises(NotReopened):
        await service.reopen(desk, case_no, await version_of(case_no), "再看一次")


async def test_a_paid_or_posted_case_of_a_fee_item_waits_for_its_owner(database: None) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    desk = await desk_of(item)
    case_no = await submitted(owner, item)
    await service.choose_delivery(owner, case_no, 1, "window", "341602")
    await service.accept(desk, case_no, 2)
    await approved(desk, case_no, item)
    bill = (await service.own_case(owner.subject, case_no)).part("bill")
    await service.fee_paid(case_no, bill["bill_no"])
    assert await state_of(case_no) == "making"
    await service.hand_over(desk, case_no, await version_of(case_no))
    assert await state_of(case_no) == "delivering"
    assert await db.value("SELECT outlet_region FROM cases_case") == "341602"
