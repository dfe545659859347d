"""一件事: filled in once, filed once, started in order, stopped together, answered once."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import (
    BundleUnfit,
    NotTakenHere,
)
from app_server.cases.service import Output, PartPlan, TaskPlan, bundles, preview
from app_server.forms import service as forms
from app_server.forms.errors import NoSuchDraft
from app_server.kernel import clock, db
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.logistics.models import Parcel
from app_server.logistics.service import Recipient
from auth.people import service as people
from tests.builders.bundles import (
    ANSWERS,
    MOVE,
    decide,
    filed,
    filled,
    lead_of,
    part,
    plan,
    states,
    titles,
)
from tests.builders.cases import state_of, submitted, version_of
from tests.builders.forms import picture
from tests.builders.items import catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

TO = Recipient("李明轩", "13900000002", "合肥市蜀山区测试路 1 号")


async def test_a_plan_tells_steps_papers_and_days_before_anything_is_opened(database: None) -> None:
    wanted = await plan()
    shown = await preview(wanted)
    assert shown.faults == ()
    assert shown.parts[0].item_name == MOVE
    longest = max(p.days for p in shown.parts[:2]) + shown.parts[2].days
    assert shown.due_on is not None
    assert shown.due_on >= clock.today() + timedelta(days=longest)
    assert shown.path[-1] == "card"
    assert "终止" in shown.refusal
    circle = replace(wanted.parts[0], after=("card",))
    broken = replace(wanted, parts=(circle, *wanted.parts[1:], PartPlan("x", "unknown")))
    assert len((await preview(broken)).faults) >= 2
    owner = await resident()
    with pytest.raises(BundleUnfit):
        await bundles.open_bundle(owner, broken)
    assert await db.value("SELECT count(*) FROM forms_draft") == 0


async def test_a_stranger_neither_reads_nor_files_and_the_drafts_are_no_drafts_of_their_own(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    owner = await resident()
    number, version = await filled(owner, await plan())
    assert (await public.get(f"/bundles/{number}")).status_code == 401
    stranger = await bearer(await resident(name="王芳"))
    assert (await public.get(f"/bundles/{number}", headers=stranger)).status_code == 404
    taken = await public.post(
        f"/bundles/{number}/filing",
        headers={**stranger, "if-match": f'"{version}"'},
        json={"agreed": True},
    )
    assert taken.status_code == 404
    mine = await bearer(owner)
    assert (await public.get("/drafts", headers=mine)).json()["items"] == []
    one = await part(owner, number, "move")
    assert (await public.get(f"/drafts/{one.draft_id}", headers=mine)).status_code == 404
    with pytest.raises(NoSuchDraft):
        await service.submit(owner, one.draft_id)
    unseen = await bearer(await officer("case_approver", login="else", org="11340500MBDM0005XX"))
    assert (await staff_surface.get(f"/bundles/{number}", headers=unseen)).status_code == 404


async def complaints(public: httpx.AsyncClient, mine: dict[str, str], number: str) -> set[str]:
    version = (await public.get(f"/bundles/{number}", headers=mine)).json()["version"]
    told = await public.post(
        f"/bundles/{number}/filing",
        headers={**mine, "if-match": f'"{version}"'},
        json={"agreed": True},
    )
    return {error["field"] for error in told.json()["errors"]}


async def test_what_is_filled_in_once_is_in_every_part_and_a_paper_is_given_once(
    public: httpx.AsyncClient,
) -> None:
    owner = await resident()
    number = await bundles.open_bundle(owner, await plan())
    mine = await bearer(owner)
    told = (await public.get(f"/bundles/{number}", headers=mine)).json()
    filling = told["filling"]
    assert filling["schema"]["properties"]["present_address"]
    assert len(filling["ui_schema"]["order"]) == len(set(filling["ui_schema"]["order"]))
    assert filling["sources"]["name"]["source_name"] == "实名账户"
    body = {"data": filling["data"] | {"present_address": "短", "unknown": 1}}
    headers = {**mine, "if-match": f'"{told["version"]}"'}
    unknown = await public.put(f"/bundles/{number}", headers=headers, json=body)
    assert [e["field"] for e in unknown.json()["errors"]] == ["unknown"]
    foreign = {"data": filling["data"] | {"name": "别人"}}
    kept = await public.put(f"/bundles/{number}", headers=headers, json=foreign)
    assert kept.status_code == 422
    good = {"data": filling["data"] | {"present_address": "合肥市蜀山区测试路 1 号"}}
    saved = await public.put(f"/bundles/{number}", headers=headers, json=good)
    assert saved.status_code == 200, saved.text
    late = await public.put(f"/bundles/{number}", headers=headers, json=good)
    assert late.status_code == 412
    rows = await db.rows("SELECT id, held_for FROM forms_draft")
    assert len(rows) == 3
    for row in rows:
        draft = await forms.draft(owner.subject, row["id"], row["held_for"])
        assert draft.data["present_address"] == good["data"]["present_address"]
    assert await complaints(public, mine, number) == {"promise"}
    promised = {"data": good["data"] | {"promise": True}}
    headers = {**mine, "if-match": f'"{saved.json()["version"]}"'}
    assert (await public.put(f"/bundles/{number}", headers=headers, json=promised)).is_success
    keys = {p["key"] for p in filling["papers"] if p["required"]}
    assert await complaints(public, mine, number) == {f"materials.{key}" for key in keys}
    assert await db.value("SELECT count(*) FROM cases_case") == 0


async def test_parts_start_in_their_order_and_one_answer_ends_it(
    public: httpx.AsyncClient, deliver: Any
) -> None:
    owner = await resident()
    number = await filed(owner, await plan())
    await deliver()
    assert await states(owner, number) == {
        "move": "running",
        "permit": "running",
        "card": "waiting",
    }
    await decide(owner, number, "move")
    await deliver()
    assert (await states(owner, number))["card"] == "waiting"
    await decide(owner, number, "permit")
    await deliver()
    assert (await states(owner, number))["card"] == "running"
    await decide(owner, number, "card")
    await deliver()
    view = await bundles.own_bundle(owner, number)
    assert view.row.state == "finished"
    assert [step["state_name"] for step in view.row.timeline][-1] == "一件事办结"
    # One receipt, one answer: nothing was told of the parts between.
    told = await titles(public, await bearer(owner))
    assert told.count("一件事已提交") == told.count("一件事已办结") == 1
    assert not {"申请已提交", "申请已受理", "已准予", "已办结"} & set(told)
    assert told.count("请您评价") == 1


async def test_twenty_filings_at_once_are_one(database: None) -> None:
    owner = await resident()
    number, version = await filled(owner, await plan())
    told = await asyncio.gather(
        *(bundles.file_bundle(owner, number, version) for _ in range(20)), return_exceptions=True
    )
    good = [answer for answer in told if not isinstance(answer, BaseException)]
    assert len(good) == 1
    assert all(isinstance(t, Conflict | PreconditionFailed) for t in told if t not in good)
    assert await db.value("SELECT count(*) FROM cases_case") == 2


async def test_a_refusal_stops_what_is_not_decided_and_keeps_what_is(
    database: None, deliver: Any
) -> None:
    owner = await resident()
    number = await filed(owner, await plan(on_refusal="stop"))
    await deliver()
    await decide(owner, number, "move", good=False)
    await deliver()
    assert await states(owner, number) == {
        "move": "refused",
        "permit": "withdrawn",
        "card": "skipped",
    }
    view = await bundles.own_bundle(owner, number)
    assert view.row.state == "stopped"
    permit = await part(owner, number, "permit")
    steps = (await service.own_case(owner.subject, permit.case_no)).part("timeline")
    assert "停止办理" in steps[-1]["note"]


async def test_a_refusal_lets_the_rest_go_on_where_the_template_says_so(
    database: None, deliver: Any
) -> None:
    owner = await resident()
    number = await filed(owner, await plan(on_refusal="go_on"))
    await deliver()
    await decide(owner, number, "move", good=False)
    await deliver()
    assert await states(owner, number) == {
        "move": "refused",
        "permit": "running",
        "card": "skipped",
    }
    await decide(owner, number, "permit")
    await deliver()
    assert (await bundles.own_bundle(owner, number)).row.state == "finished"


async def test_a_decision_and_a_withdrawal_together_leave_one_truth(
    database: None, deliver: Any
) -> None:
    owner = await resident()
    number = await filed(owner, await plan())
    await deliver()
    view = await bundles.own_bundle(owner, number)
    told = await asyncio.gather(
        decide(owner, number, "move"),
        bundles.withdraw_bundle(owner, number, view.row.version),
        return_exceptions=True,
    )
    await deliver()
    found = await states(owner, number)
    move = await part(owner, number, "move")
    assert (found["move"], await state_of(move.case_no)) in {
        ("approved", "closed"),
        ("withdrawn", "withdrawn"),
        ("running", "accepted"),
    }, told
    assert found["card"] == "skipped" or isinstance(told[1], BaseException)


async def test_a_withdrawn_bundle_ends_although_a_part_was_held_up(
    database: None, deliver: Any
) -> None:
    owner = await resident()
    number = await filed(owner, await plan())
    await deliver()
    other = (await catalogue())["社会保障卡注销"]
    blocking = await submitted(owner, other)
    for code in ("move", "permit"):
        await decide(owner, number, code)
    await deliver()
    held = await part(owner, number, "card")
    assert (held.state, bool(held.held_up)) == ("waiting", True)
    await service.withdraw(owner, blocking, await version_of(blocking))
    view = await bundles.start_part(owner, number, "card")
    assert (await states(owner, number))["card"] == "running"
    with pytest.raises(Conflict):
        await bundles.start_part(owner, number, "card")
    await bundles.withdraw_bundle(owner, number, view.row.version)
    await deliver()
    assert (await bundles.own_bundle(owner, number)).row.state == "finished"


async def test_one_parcel_holds_what_was_granted_and_its_receipt_ends_the_bundle(
    database: None, courier: str, deliver: Any
) -> None:
    owner = await resident()
    wanted = await plan(on_refusal="go_on")
    wanted = replace(
        wanted,
        outputs=(*wanted.outputs, Output("印章", 5, "枚", "move")),
        tasks=(TaskPlan("install", "设备上门安装", ("permit",)),),
    )
    number = await filed(owner, wanted, TO)
    await deliver()
    with pytest.raises(Conflict):
        await bundles.confirm_task(owner, number, "install")
    await decide(owner, number, "move", good=False)
    await decide(owner, number, "permit")
    await deliver()
    (parcel,) = await Parcel.filter(about=f"bundle:{number}")
    assert parcel.contents == [{"name": "居住证", "number": "1本"}]
    assert await db.value("SELECT address FROM cases_bundle") == ""
    told = {"waybill": parcel.waybill, "notice": "1", "state": "delivered", "place": "合肥"}
    told |= {"at": clock.now().isoformat(), "contents_digest": parcel.contents_digest}
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.post(f"{courier}/__notice", json=told)).status_code == 200
    await deliver()
    assert (await bundles.own_bundle(owner, number)).row.state == "running"
    await bundles.confirm_task(owner, number, "install")
    assert (await bundles.own_bundle(owner, number)).row.state == "finished"
    with pytest.raises(Conflict):
        await bundles.confirm_task(await lead_of(number), number, "install")


async def test_a_parcel_no_carrier_takes_waits_at_the_window_and_ends_the_bundle(
    database: None, courier: str, deliver: Any
) -> None:
    owner = await resident()
    # Carriers take nothing to an address that is none.
    number = await filed(owner, await plan(), replace(TO, address=""))
    await deliver()
    for name in ("move", "permit", "card"):
        await decide(owner, number, name)
        await deliver()
    view = await bundles.own_bundle(owner, number)
    assert (view.row.parcel, view.row.state) == ("returned", "finished")
    assert "快递未能承运，请到窗口领取" in str(view.row.timeline)


async def test_a_bundle_given_up_leaves_no_drafts(database: None) -> None:
    owner = await resident()
    number = await bundles.open_bundle(owner, await plan())
    await bundles.drop_bundle(owner, number)
    assert await db.value("SELECT count(*) FROM forms_draft") == 0
    with pytest.raises(Conflict):
        await bundles.drop_bundle(owner, number)
    assert await bundles.own_bundles(owner) == []


async def test_a_bundle_nobody_hands_in_goes_as_long_kept_drafts_do(database: None) -> None:
    owner = await resident()
    old, fresh = [await bundles.open_bundle(owner, await plan()) for _ in range(2)]
    await db.execute(
        "UPDATE cases_bundle SET opened_at=$2 WHERE bundle_no=$1",
        old,
        clock.now() - forms.KEPT - timedelta(days=1),
    )
    assert await bundles.expire_bundles() == 1
    assert [view.row.bundle_no for view in await bundles.own_bundles(owner)] == [fresh]
    assert await db.value("SELECT count(*) FROM forms_draft") == 3


async def test_one_window_takes_all_in_and_every_office_gets_its_part(
    staff_surface: httpx.AsyncClient, database: None
) -> None:
    owner, wanted = await resident(), await plan()
    wanted = replace(wanted, parts=tuple(replace(p, after=()) for p in wanted.parts))
    facts = await people.person(owner.subject)
    card = service.Card(facts.name, facts.id_number)
    far = await officer("case_window", login="far", region="341602", org="11341602MB0000000X")
    with pytest.raises(NotTakenHere):
        await bundles.at_window.open_at_window(far, wanted, card, "present")
    window = await officer("case_window", login="w", region="340100", org="11340100MB0000000W")
    view = await bundles.at_window.open_at_window(window, wanted, card, "present")
    number = view.row.bundle_no
    stranger = await bearer(await officer("case_window", login="x", region="340100"))
    hidden = await staff_surface.get(f"/window/bundles/{number}", headers=stranger)
    assert hidden.status_code == 404
    here = await bearer(window)
    told = (await staff_surface.get(f"/window/bundles/{number}", headers=here)).json()
    data = told["filling"]["data"] | ANSWERS
    saved = await staff_surface.put(
        f"/window/bundles/{number}",
        headers={**here, "if-match": f'"{told["version"]}"'},
        json={"data": data},
    )
    assert saved.status_code == 200, saved.text
    for paper in told["filling"]["papers"]:
        scanned = await staff_surface.put(
            f"/window/bundles/{number}/materials/{paper['key']}",
            headers={**here, "content-type": "image/jpeg"},
            content=picture(shade=207),
        )
        assert scanned.status_code == 200, scanned.text
    filed_now = await staff_surface.post(
        f"/window/bundles/{number}/filing",
        headers={**here, "if-match": f'"{scanned.json()["version"]}"'},
        json={"agreed": True},
    )
    assert filed_now.status_code == 200, filed_now.text
    rows = await db.rows("SELECT org, state, channel, intake_org FROM cases_case")
    assert {(r["state"], r["channel"], r["intake_org"]) for r in rows} == {
        ("received", "window", window.org)
    }
    assert len(rows) == 3
    assert {row["org"] for row in rows} == {part.org for part in view.parts}
