"""Items from end to end: four functions online, no paper, both directions, down to the village."""

from datetime import time, timedelta
from typing import Any

import httpx

from app_server.appointments import service as appointments
from app_server.appointments.rules import Plan
from app_server.cases import service
from app_server.items import service as items
from app_server.kernel import clock, db
from tests.builders.cases import (
    approved,
    desk_of,
    filled_draft,
    state_of,
    submitted,
    version_of,
)
from tests.builders.items import PERMIT_COPY, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

WATER = "用水报装"
VILLAGE = "农村宅基地建房申请代办"


async def test_booking_filing_handling_and_asking_all_go_online_for_an_enterprises_item(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    item, owner = (await catalogue())[WATER], await resident()
    assert set(item.functions.values()) == {True}
    desk, mine = await desk_of(item), await bearer(owner)
    first = clock.today() + timedelta(days=1)
    plan = Plan(first, first + timedelta(days=8), time(9), time(10), 30, 1)
    await appointments.open_slots(desk, item.code, "演示供水营业厅", plan)
    slots = (await public.get("/appointment-slots", params={"item_code": item.code})).json()
    booked = await public.post(
        "/appointments",
        headers={**mine, "idempotency-key": "water-booking-1"},
        json={"slot_id": slots["items"][0]["id"]},
    )
    assert booked.status_code == 201, booked.text
    draft = await filled_draft(owner, item)
    filed = await public.post(
        "/cases", headers={**mine, "idempotency-key": "water-0001"}, json={"draft_id": str(draft)}
    )
    assert filed.status_code == 201, filed.text
    case_no = filed.json()["case_no"]
    office = await bearer(desk)
    accepted = await staff_surface.post(
        f"/cases/{case_no}/accept", headers={**office, "if-match": '"1"'}
    )
    assert accepted.json()["department"] == item.department
    await approved(desk, case_no, item)
    asked = (await public.get(f"/cases/{case_no}", headers=mine)).json()
    assert asked["outcome"] == "approved"


async def test_the_four_functions_are_counted_and_what_is_missing_warns(
    public: httpx.AsyncClient,
) -> None:
    found = (await catalogue()).values()
    figures = (await public.get("/catalogue/statistics")).json()
    whole = sum(all(item.functions.values()) for item in found)
    assert figures["four_functions"] == whole > 0
    offered = sum(sum(item.functions.values()) for item in found)
    assert figures["completeness"] == round(100 * offered / (4 * figures["total"]), 1) < 100


async def test_one_item_goes_from_filing_to_result_without_a_sheet_of_paper(
    public: httpx.AsyncClient, deliver: Any
) -> None:
    item, owner = (await catalogue())[PERMIT_COPY], await resident()
    desk, case_no = await desk_of(item), await submitted(owner, item)
    mine = await bearer(owner)
    chosen = await public.put(
        f"/cases/{case_no}/delivery", headers={**mine, "if-match": '"1"'}, json={"way": "download"}
    )
    assert chosen.status_code == 200, chosen.text
    await service.accept(desk, case_no, 2)
    await approved(desk, case_no, item)
    bill = (await service.own_case(owner.subject, case_no)).part("bill")
    await service.fee_paid(case_no, bill["bill_no"])
    await deliver()
    assert await state_of(case_no) == "closed"
    row = await db.row("SELECT channel, intake_org, outlet_region FROM cases_case")
    assert row is not None
    assert tuple(row) == ("web", "", "")
    steps = (await public.get(f"/cases/{case_no}", headers=mine)).json()["steps"]
    assert {step["channel"] for step in steps} <= {"网上", "部门", ""}
    papers = (await public.get(f"/cases/{case_no}/documents", headers=mine)).json()["items"]
    assert {paper["state"] for paper in papers} == {"ready"}


async def test_what_staff_do_reaches_the_applicant_and_the_answer_reaches_staff_in_order(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient, deliver: Any
) -> None:
    item, owner = (await catalogue())[UNEMPLOYMENT], await resident()
    case_no = await submitted(owner, item)
    office, mine = await bearer(await desk_of(item)), await bearer(owner)
    asked = await staff_surface.post(
        f"/cases/{case_no}/request-correction",
        headers={**office, "if-match": '"1"'},
        json={"reason": "离职原因不清楚", "fields": ["reason"]},
    )
    assert asked.status_code == 200, asked.text
    await deliver()
    told = (await public.get("/me/messages", headers=mine)).json()["items"][0]
    assert (told["title"], told["link"]) == ("请补正材料", f"/cases/{case_no}")
    held = (await public.get(f"/cases/{case_no}/application", headers=mine)).json()
    answered = await public.post(
        f"/cases/{case_no}/corrections",
        headers={**mine, "if-match": f'"{held["version"]}"'},
        json={"data": held["data"] | {"reason": "单位裁员"}, "note": "已写明原因"},
    )
    assert answered.status_code == 200, answered.text
    seen = (await staff_surface.get(f"/cases/{case_no}", headers=office)).json()
    assert (seen["state"], seen["data"]["reason"]) == ("received", "单位裁员")
    both = (await public.get(f"/cases/{case_no}", headers=mine)).json()["steps"]
    assert both == seen["steps"]
    assert [step["by"] for step in both] == ["本人", item.department, "本人"]
    assert both == sorted(both, key=lambda step: step["at"])
    assert both[-1]["note"] == "已写明原因"


async def test_what_a_village_takes_in_now_says_who_did_before_and_is_on_its_officers_desk(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    item = (await catalogue())[VILLAGE]
    guide = (await public.get(f"/items/{item.code}")).json()
    assert (guide["former_level_name"], guide["level_name"]) == ("镇（乡、街道）级", "村（社区）级")
    case_no = await submitted(await resident(), item)
    own = await officer("case_officer", login="village", region=item.region, org=item.org)
    desk = (await staff_surface.get("/cases", headers=await bearer(own))).json()
    assert [line["case_no"] for line in desk["items"]] == [case_no]
    next_door = await officer("case_officer", login="next", region="341602001", org=item.org)
    other = (await staff_surface.get("/cases", headers=await bearer(next_door))).json()
    assert other["items"] == []
    await service.accept(own, case_no, await version_of(case_no))
    assert await state_of(case_no) == "accepted"
    assert (await items.published(item.code)).former_level == "5"
