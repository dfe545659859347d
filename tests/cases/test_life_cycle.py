"""A case on its way: pre-review, notices told once, clocks, the way up, charging, delivery."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import (
    BeyondTheGuide,
    ForwardFirst,
    PointsFailed,
    PointsUnmarked,
)
from app_server.kernel import clock, db
from app_server.kernel.errors import Conflict
from tests.builders.cases import approved, desk_of, passed, state_of, submitted, version_of
from tests.builders.cases_tailored import tailored
from tests.builders.forms import picture
from tests.builders.items import PERMIT_COPY, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

HIGHER = "11340000MB0000000M"
EXPERT = {"code": "expert", "name": "专家评审", "days": 10}


async def titles(person: Any) -> list[str]:
    rows = await db.rows(
        "SELECT title FROM notify_message WHERE person_id=$1 ORDER BY id", person.subject
    )
    return [row["title"] for row in rows]


async def events(name: str) -> int:
    return await db.value("SELECT count(*) FROM kernel_event WHERE name=$1", name)


def at(monkeypatch: pytest.MonkeyPatch, moment: Any) -> None:
    """Let it be another time for everything that asks the clock."""
    monkeypatch.setattr(clock, "_source", lambda: moment)


async def test_pre_review_is_no_acceptance_and_tells_each_time(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient, deliver: Any
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    desk, mine = await bearer(await desk_of(item)), await bearer(owner)

    async def deed(name: str, version: int, **body: Any) -> httpx.Response:
        return await staff_surface.post(
            f"/cases/{case_no}/{name}", headers={**desk, "if-match": f'"{version}"'}, json=body
        )

    back = await deed("return-pre-review", 1, reason="请填写离职原因的具体日期")
    assert back.status_code == 200, back.text
    assert (back.json()["state"], back.json()["accepted_at"]) == ("pre_review_returned", None)
    early = await deed("accept", 2)
    assert (early.status_code, early.json()["code"]) == (409, "cases.not_in_this_state")
    view = (await public.get(f"/cases/{case_no}", headers=mine)).json()
    assert view["can"] == ["withdraw", "resubmit", "choose_delivery"]
    forged = await public.post(
        f"/cases/{case_no}/resubmit",
        headers={**mine, "if-match": '"2"'},
        json={"data": {"name": "别人"}},
    )
    assert forged.status_code == 422
    again = await public.post(
        f"/cases/{case_no}/resubmit",
        headers={**mine, "if-match": '"2"'},
        json={"data": {"left_on": "2026-10-02"}, "note": "已补充"},
    )
    assert again.json()["state"] == "submitted", again.text
    passes = await deed("pass-pre-review", 3, note="")
    assert (passes.json()["state"], passes.json()["accepted_at"]) == ("received", None)
    await deliver()
    assert {"预审退回补充", "已收件"} <= set(await titles(owner))
    second = await submitted(await resident(name="王芳"), item)
    await service.fail_pre_review(await desk_of(item, "other"), second, 1, "不属于本市办理")
    assert await state_of(second) == "pre_review_failed"


async def test_pre_review_that_nobody_makes_ends_by_itself_and_does_not_move_the_five_days(
    database: None, deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    await deliver()
    silence = await db.value("SELECT run_at FROM kernel_delivery WHERE handler='cases.silence'")
    review = await db.value("SELECT run_at FROM kernel_delivery WHERE handler='cases.pre_review'")
    assert review < silence
    at(monkeypatch, review)
    await deliver()
    assert await state_of(case_no) == "received"
    at(monkeypatch, silence)
    await deliver()
    row = await db.row("SELECT state, accepted_at, submitted_at FROM cases_case")
    assert row is not None
    assert row["state"] == "accepted"
    assert row["accepted_at"] == row["submitted_at"]


async def test_a_notice_tells_everything_once_and_a_late_demand_is_refused_and_reported(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    case_no = await submitted(owner, item)
    desk = await desk_of(item)
    headers = await bearer(desk)
    photo = {
        "kind": "material",
        "code": "photo",
        "ground": "form",
        "explanation": "照片不清晰",
        "how": "在光线充足处重拍",
    }
    asked = await staff_surface.post(
        f"/cases/{case_no}/request-correction",
        headers={**headers, "if-match": '"1"'},
        json={"reason": "照片须重拍", "items": [photo]},
    )
    assert asked.json()["correction"]["items"] == [photo], asked.text
    mine = await bearer(owner)
    with pytest.raises(BeyondTheGuide):
        other = await submitted(await resident(name="王芳"), item)
        await service.request_correction(desk, other, 1, reason="另交证明", materials=["police"])
    put = await public.put(
        f"/cases/{case_no}/materials/photo",
        headers={**mine, "content-type": "image/jpeg"},
        content=picture(shade=10),
    )
    assert put.status_code == 200, put.text
    done = await public.post(
        f"/cases/{case_no}/corrections", headers={**mine, "if-match": '"2"'}, json={"data": {}}
    )
    assert done.json()["state"] == "received", done.text
    late = await staff_surface.post(
        f"/cases/{case_no}/request-correction",
        headers={**headers, "if-match": '"3"'},
        json={"reason": "地址也不对", "fields": ["present_address"], "materials": ["photo"]},
    )
    assert (late.status_code, late.json()["code"]) == (409, "cases.late_demand")
    assert late.json()["named"] == ["field:present_address"]
    assert await events("cases.late_demand_refused/1") == 1
    assert (await state_of(case_no), await version_of(case_no)) == ("received", 3)
    # The new picture is no better: what was named, or is new, may be named again.
    await service.request_correction(desk, case_no, 3, reason="仍不清晰", materials=["photo"])
    assert await state_of(case_no) == "correction_asked"


async def test_an_uncorrected_case_is_reminded_and_then_returned(
    database: None, deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    await service.request_correction(
        await desk_of(item), case_no, 1, reason="日期有误", fields=["left_on"]
    )
    later = {
        row["handler"]: row["run_at"]
        for row in await db.rows("SELECT handler, run_at FROM kernel_delivery")
    }
    at(monkeypatch, later["cases.correction_due"])
    await deliver()
    assert (await state_of(case_no), "补正期限已到" in await titles(owner)) == (
        "correction_asked",
        True,
    )
    at(monkeypatch, later["cases.correction_over"])
    await deliver()
    assert await state_of(case_no) == "returned"
    assert "申请材料已退回" in await titles(owner)


async def test_what_a_higher_authority_decides_is_decided_as_it_says(
    staff_surface: httpx.AsyncClient,
) -> None:
    item = await tailored(forward_to=HIGHER)
    desk = await desk_of(item)
    above = await officer(login="above", region="340000", org=HIGHER)
    case_no = await submitted(await resident(), item)
    await service.accept(desk, case_no, 1)
    with pytest.raises(ForwardFirst):
        await approved(desk, case_no, item)
    hidden = await staff_surface.get(f"/cases/{case_no}", headers=await bearer(above))
    assert hidden.status_code == 404
    await service.forward(desk, case_no, 2, "请审批")
    seen = await staff_surface.get(f"/cases/{case_no}", headers=await bearer(above))
    assert seen.status_code == 200, seen.text
    assert seen.json()["days_left"] is not None, "the clock goes on"
    await service.report_back(above, case_no, 3, outcome="refuse", reason="不符合全省计划")
    with pytest.raises(ForwardFirst):
        await approved(desk, case_no, item)
    await service.refuse(desk, case_no, 4, "上级机关不予批准", passed(item))
    assert await state_of(case_no) == "closed"


async def test_a_decision_needs_every_point_and_no_approval_passes_a_failed_one(
    database: None,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    assert item.review_points, "the demo item has its checklist"
    desk = await desk_of(item)
    case_no = await submitted(await resident(), item)
    await service.accept(desk, case_no, 1)
    with pytest.raises(PointsUnmarked):
        await service.approve(desk, case_no, 2, "同意")
    beyond = [*passed(item), service.PointMark("made-up", "pass")]
    with pytest.raises(PointsUnmarked):
        await service.approve(desk, case_no, 2, "同意", beyond)
    failed = [service.PointMark(p.code, "fail", "不符") for p in item.review_points]
    with pytest.raises(PointsFailed):
        await service.approve(desk, case_no, 2, "同意", failed)
    assert (await state_of(case_no), await version_of(case_no)) == ("accepted", 2)
    await service.refuse(desk, case_no, 2, "不符合条件", failed)
    view = await service.read_for_officer(desk, case_no)
    assert {p["mark"] for p in view.part("handling")["points"]} == {"fail"}


async def test_of_fifty_decisions_and_withdrawals_at_once_one_wins(database: None) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    desk = await desk_of(item)
    case_no = await submitted(owner, item)
    await service.accept(desk, case_no, 1)
    done = await asyncio.gather(
        *(service.approve(desk, case_no, 2, "同意", passed(item)) for _ in range(25)),
        *(service.withdraw(owner, case_no, 2) for _ in range(25)),
        return_exceptions=True,
    )
    assert sum(result is None for result in done) == 1
    assert all(result is None or isinstance(result, Conflict) for result in done)
    state = await state_of(case_no)
    assert state in {"closed", "withdrawn"}
    ended = "approve" if state == "closed" else "withdraw"
    moves = "SELECT count(*) FROM cases_step WHERE move IN ('approve', 'withdraw')"
    assert await db.value(moves) == 1
    assert await db.value("SELECT count(*) FROM cases_step WHERE move=$1", ended) == 1
    decided, withdrawn = await events("cases.decided/1"), await events("cases.withdrawn/1")
    assert decided + withdrawn == 1


async def test_a_head_ends_a_case_with_a_reason_and_nobody_else_does(
    staff_surface: httpx.AsyncClient, deliver: Any
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    address, body = f"/cases/{case_no}/end", {"reason": "申请人死亡，依法终止"}
    clerk = await bearer(await desk_of(item))
    refused = await staff_surface.post(address, headers={**clerk, "if-match": '"1"'}, json=body)
    assert refused.status_code == 403
    head = await bearer(await officer("case_head", login="head", region=item.region, org=item.org))
    done = await staff_surface.post(address, headers={**head, "if-match": '"1"'}, json=body)
    assert (done.status_code, done.json()["state"]) == (200, "ended"), done.text
    await deliver()
    assert "办件已终止" in await titles(owner)


async def test_a_closed_case_is_archived_after_its_time_and_the_axis_tells_it_all(
    public: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    desk = await desk_of(item)
    case_no = await submitted(owner, item)
    await service.accept(desk, case_no, 1)
    await service.begin_review(desk, case_no, 2)
    await approved(desk, case_no, item, "符合条件")
    headers = await bearer(owner)
    course = (await public.get(f"/cases/{case_no}/course", headers=headers)).json()
    states = {stage["name"]: stage["state"] for stage in course["stages"]}
    assert states == {
        "appointment": "skipped",
        "acceptance": "done",
        "check": "done",
        "approval": "done",
        "charging": "skipped",
        "delivery": "done",
        "evaluation": "current",
    }
    assert all(told["at"] or told["reason"] for told in course["legal"])
    assert [told["label"] for told in course["legal"]] == ["申请", "受理", "审查", "决定", "送达"]
    assert "赵干事" not in str(course), "people are told the authority, not the official"
    assert await service.archive_closed() == 0
    at(monkeypatch, clock.now() + timedelta(days=31))
    assert await service.archive_closed() == 1
    assert await state_of(case_no) == "archived"
