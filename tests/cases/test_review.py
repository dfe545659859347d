"""The desk: who sees what, accept, correction, fee, decision, and races."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import ApproverNeeded, NoSuchCase, NotInThisState
from app_server.kernel import clock, db
from app_server.kernel.errors import Conflict, Problem
from app_server.kernel.outbox import announce
from app_server.licences import service as licences
from app_server.seals.errors import NoUsableSeal
from payments.events import BillPaid
from tests.builders.cases import (
    approved,
    desk_of,
    passed,
    state_of,
    submitted,
    version_of,
)
from tests.builders.forms import picture
from tests.builders.items import PERMIT_COPY, RENTAL, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer


async def test_a_stranger_sees_no_desk(staff_surface: httpx.AsyncClient) -> None:
    assert (await staff_surface.get("/cases")).status_code == 401


async def test_an_officer_without_the_role_is_refused(staff_surface: httpx.AsyncClient) -> None:
    headers = await bearer(await officer("finance", login="finance"))
    reply = await staff_surface.get("/cases", headers=headers)
    assert reply.json()["code"] == "kernel.not_your_role"


async def test_another_organisation_or_region_finds_nothing(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    for org, region in (("11340500MBDM0005XX", item.region), (item.org, "341600")):
        other = await officer(login=f"other{region}", org=org, region=region)
        headers = await bearer(other)
        assert (await staff_surface.get("/cases", headers=headers)).json()["items"] == []
        reply = await staff_surface.get(f"/cases/{case_no}", headers=headers)
        assert reply.status_code == 404
        with pytest.raises(NoSuchCase):
            await service.accept(other, case_no, 1)


async def test_the_desk_masks_the_name_and_opening_a_case_is_recorded_for_its_owner(
    staff_surface: httpx.AsyncClient,
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    headers = await bearer(await desk_of(item))
    listed = (await staff_surface.get("/cases", headers=headers)).json()["items"]
    assert [(c["case_no"], c["applicant"]) for c in listed] == [(case_no, "李*轩")]
    found = await staff_surface.get("/cases", headers=headers, params={"q": case_no[:18]})
    assert len(found.json()["items"]) == 1
    none = await staff_surface.get("/cases", headers=headers, params={"state": "closed"})
    assert none.json()["items"] == []
    body = (await staff_surface.get(f"/cases/{case_no}", headers=headers)).json()
    assert body["data"]["name"] == "李明轩"
    assert [action["name"] for action in body["actions"]] == [
        "pass-pre-review",
        "return-pre-review",
        "fail-pre-review",
        "receive",
        "request-correction",
        "accept",
        "refuse",
        "return-case",
    ]
    row = await db.row("SELECT owner, purpose FROM kernel_audit WHERE action='cases.read'")
    assert row is not None
    assert (row["owner"], row["purpose"]) == (owner.id, "办件审查")


async def test_accepting_starts_the_clock_in_the_items_own_unit(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    headers = await bearer(await desk_of(item))
    reply = await staff_surface.post(
        f"/cases/{case_no}/accept", headers={**headers, "if-match": '"1"'}
    )
    assert reply.status_code == 200, reply.text
    body = reply.json()
    assert (body["state"], body["days_left"], body["version"]) == ("accepted", 1, 2)
    assert body["steps"][-1]["by"] == item.department
    missing = await staff_surface.post(f"/cases/{case_no}/accept", headers=headers)
    assert missing.status_code == 428
    again = await staff_surface.post(
        f"/cases/{case_no}/accept", headers={**headers, "if-match": '"2"'}
    )
    assert (again.status_code, again.json()["code"]) == (409, "cases.not_in_this_state")


async def test_an_old_version_is_refused(staff_surface: httpx.AsyncClient) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    headers = await bearer(await desk_of(item))
    reply = await staff_surface.post(
        f"/cases/{case_no}/accept", headers={**headers, "if-match": '"9"'}
    )
    assert reply.status_code == 412


async def test_of_fifty_parallel_acceptances_one_succeeds(database: None) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    desk = await desk_of(item)
    results = await asyncio.gather(
        *(service.accept(desk, case_no, 1) for _ in range(50)), return_exceptions=True
    )
    lost = [r for r in results if r is not None]
    assert len(lost) == 49
    assert all(isinstance(r, Conflict) for r in lost)
    assert await version_of(case_no) == 2
    assert await db.value("SELECT count(*) FROM cases_step") == 2
    assert await db.value("SELECT count(*) FROM kernel_event WHERE name='cases.accepted/1'") == 1


async def test_a_fee_is_asked_for_after_the_decision_and_paid_before_the_result(
    database: None, deliver: Any
) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    desk = await desk_of(item)
    case_no = await submitted(owner, item)
    await service.accept(desk, case_no, 1)
    accepted = await service.own_case(owner.subject, case_no)
    assert (accepted.row["state"], accepted.part("bill")) == ("accepted", None)
    assert accepted.days_left == 15
    await approved(desk, case_no, item)
    view = await service.own_case(owner.subject, case_no)
    bill = view.part("bill")
    assert (view.row["state"], view.row["outcome"]) == ("fee_due", "approved")
    assert (bill["amount_fen"], bill["state"]) == (2000, "unpaid")
    await service.fee_paid(case_no, "another bill")
    assert await state_of(case_no) == "fee_due"
    for source in ("elsewhere", "cases"):
        async with db.unit_of_work():
            announce(
                BillPaid(
                    bill_no=bill["bill_no"],
                    person_id=owner.subject,
                    title=item.name,
                    source=source,
                    source_ref=case_no,
                    amount_fen=2000,
                )
            )
        await deliver()
        assert await state_of(case_no) == ("closed" if source == "cases" else "fee_due")
    paid = await service.own_case(owner.subject, case_no)
    assert paid.part("bill")["state"] == "paid"
    version = paid.row["version"]
    await service.fee_paid(case_no, bill["bill_no"])
    assert await version_of(case_no) == version
    told = [s["state_name"] for s in paid.part("timeline")]
    assert told == ["已提交", "受理", "准予", "待缴费", "已缴费", "办结"]


async def test_an_officer_who_is_no_approver_decides_nothing(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    clerk = await officer("case_officer", login="clerk", region=item.region, org=item.org)
    await service.accept(clerk, case_no, 1)
    reply = await staff_surface.post(
        f"/cases/{case_no}/approve",
        headers={**await bearer(clerk), "if-match": '"2"'},
        json={"note": ""},
    )
    assert reply.status_code == 403
    with pytest.raises(ApproverNeeded):
        await service.refuse(clerk, case_no, 2, "条件不符", passed(item))
    assert await state_of(case_no) == "accepted"


async def test_approval_closes_the_case_and_tells_once(database: None) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    await service.accept(desk, case_no, 1)
    await approved(desk, case_no, item)
    view = await service.own_case(owner.subject, case_no)
    assert (view.row["state"], view.row["outcome"]) == ("closed", "approved")
    assert [s["state_name"] for s in view.part("timeline")] == ["已提交", "受理", "准予", "办结"]
    names = await db.rows("SELECT name FROM kernel_event WHERE name LIKE 'cases.%' ORDER BY seq")
    assert [n["name"] for n in names] == [
        "cases.submitted/1",
        "cases.document_due/1",
        "cases.accepted/1",
        "cases.document_due/1",
        "cases.decided/1",
        "cases.closed/1",
    ]
    with pytest.raises(NotInThisState):
        await service.approve(desk, case_no, 4, "")


async def test_what_a_person_decided_is_not_offered_to_be_reopened(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    desk = await desk_of(item)
    await service.accept(desk, case_no, 1)
    await approved(desk, case_no, item)
    shown = (await staff_surface.get(f"/cases/{case_no}", headers=await bearer(desk))).json()
    assert (shown["state"], shown["actions"]) == ("closed", [])


async def test_the_rental_decision_issues_the_licence_in_the_same_transaction(
    database: None,
) -> None:
    owner, item = await resident(tier=2), (await catalogue())[RENTAL]
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    await service.accept(desk, case_no, 1)
    due = await db.value("SELECT due_on FROM cases_case WHERE case_no=$1", case_no)
    assert (due - clock.today()).days == 7
    await approved(desk, case_no, item, "符合条件")
    view = await service.own_case(owner.subject, case_no)
    held = await licences.licences_of(owner.subject)
    assert [licence.id for licence in held] == [view.row["licence_id"]]
    assert held[0].type_name == "公共租赁住房保障资格证"


async def test_a_department_without_a_seal_cannot_decide(database: None) -> None:
    owner, item = await resident(tier=2), (await catalogue())[RENTAL]
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    await service.accept(desk, case_no, 1)
    await db.execute("TRUNCATE seals_seal CASCADE")
    with pytest.raises(NoUsableSeal):
        await approved(desk, case_no, item)
    assert (await state_of(case_no), await version_of(case_no)) == ("accepted", 2)


async def test_a_refusal_before_acceptance_is_not_accepted_and_after_it_refused(
    database: None,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    desk = await desk_of(item)
    first = await submitted(await resident(), item)
    await service.refuse(desk, first, 1, "不属于本机关职权范围")
    assert await state_of(first) == "not_accepted"
    second = await submitted(await resident(name="王芳"), item)
    await service.accept(desk, second, 1)
    await service.refuse(desk, second, 2, "不符合失业登记条件", passed(item))
    outcome = await db.value("SELECT outcome FROM cases_case WHERE case_no=$1", second)
    assert (await state_of(second), outcome) == ("closed", "refused")


async def test_only_what_was_asked_for_may_be_corrected(public: httpx.AsyncClient) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    case_no = await submitted(owner, item)
    desk, headers = await desk_of(item), await bearer(owner)
    address = f"/cases/{case_no}"
    early = await public.put(
        f"{address}/materials/photo",
        headers={**headers, "content-type": "image/jpeg"},
        content=picture(),
    )
    assert early.json()["code"] == "cases.not_in_this_state"
    await service.request_correction(
        desk, case_no, 1, reason="照片不清晰", fields=["present_address"], materials=["photo"]
    )
    body = (await public.get(address, headers=headers)).json()
    assert body["state"] == "correction_asked"
    assert set(body["correction"]) == {"reason", "fields", "materials", "due_on", "items"}
    assert "correct" in body["can"]
    match = {**headers, "if-match": '"2"'}
    changed = {"present_address": "谯城区新地址 2 号", "note": "x"}
    wrong = await public.post(
        f"{address}/corrections", headers=match, json={"data": {"reason": "损毁"}, "note": ""}
    )
    assert wrong.json()["errors"] == [{"field": "reason", "message": "不在补正范围内，不能修改"}]
    good = {"present_address": changed["present_address"]}
    without = await public.post(
        f"{address}/corrections", headers=match, json={"data": good, "note": ""}
    )
    assert without.json()["code"] == "cases.correction_incomplete"
    put = await public.put(
        f"{address}/materials/photo",
        headers={**headers, "content-type": "image/jpeg"},
        content=picture(shade=200),
    )
    assert put.status_code == 200, put.text
    done = await public.post(
        f"{address}/corrections", headers=match, json={"data": good, "note": "已重拍"}
    )
    assert done.status_code == 200, done.text
    after = done.json()
    assert (after["state"], after["correction"]) == ("received", None)
    handed_in = (await public.get(f"{address}/application", headers=match)).json()
    assert handed_in["data"]["present_address"] == good["present_address"]
    assert after["steps"][-1]["state_name"] == "已补正"


async def test_a_correction_of_fields_the_form_does_not_have_is_refused(database: None) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    with pytest.raises(Problem, match="办事指南以外"):
        await service.request_correction(
            await desk_of(item), case_no, 1, reason="缺项", fields=["nothing"], materials=[]
        )


async def test_five_days_of_silence_accept_as_of_the_day_of_receipt(
    database: None, deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    await deliver()
    assert await state_of(case_no) == "submitted"
    received = clock.now()
    real = clock.now
    later = await db.value("SELECT run_at FROM kernel_delivery WHERE handler='cases.silence'")
    monkeypatch.setattr(clock, "_source", lambda: later)
    assert real() == later
    await deliver()
    row = await db.row("SELECT state, accepted_at FROM cases_case WHERE case_no=$1", case_no)
    assert row is not None
    assert row["state"] == "accepted"
    assert abs((row["accepted_at"] - received).total_seconds()) < 60
    view = await service.own_case(owner.subject, case_no)
    assert view.part("timeline")[-1]["state_name"] == "逾期未告知，视为受理"


async def test_an_old_silence_timer_does_nothing_after_the_authority_acted(
    database: None,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    await service.deem_accepted(case_no, "2020-01-01T00:00:00+00:00")
    assert await state_of(case_no) == "submitted"


async def test_steps_are_only_ever_added(database: None) -> None:
    await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    with pytest.raises(asyncpg.PostgresError, match="refused"):
        await db.execute("DELETE FROM cases_step")
