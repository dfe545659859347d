"""A case and its flow: the flow follows the law, and does its part where it may."""

import httpx
import pytest

from app_server.cases import service
from app_server.cases.service.flows import SHIPPED, TERMS
from app_server.items import service as items
from app_server.items.service import reading
from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.workflow import service as workflow
from app_server.workflow.service import publishing
from tests.builders.cases import desk_of, state_of, submitted, version_of
from tests.builders.items import PERMIT_COPY, RENTAL, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer
from tests.builders.workflow import bpmn


@pytest.fixture(autouse=True)
def forgotten(database: None) -> None:
    """What is published never changes, so a process remembers it; the tables were emptied."""
    publishing._known.clear()
    reading._versions.clear()
    reading._published.clear()


async def following(name: str, flow_code: str) -> items.ItemFacts:
    """An item of the catalogue whose cases follow a flow."""
    await service.publish_shipped()
    item = (await catalogue())[name]
    item = item.model_copy(update={"flow_code": flow_code})
    await items.publish(Principal(), item)
    return await items.published(item.code)


async def waits_for(case_no: str) -> list[str]:
    instance = await workflow.running(f"case:{case_no}")
    return [work.element for work in instance.open] if instance else []


async def test_nobody_but_an_editor_checks_or_publishes_and_never_the_own_drawing(
    staff_surface: httpx.AsyncClient,
) -> None:
    path = "/workflow/flow/drafts/permit"
    for deed in ("check", "publish"):
        assert (await staff_surface.post(f"{path}/{deed}", json={})).status_code == 401
    text = (SHIPPED / "permit.bpmn").read_text()
    one, two = await officer("flow_editor", login="one"), await officer("flow_editor", login="two")
    staff_surface.headers.update(await bearer(one))
    body = {"title": "一般办理", "text": text}
    await staff_surface.put(path, json=body, headers={"if-match": '"0"'})
    assert (await staff_surface.post(f"{path}/check", json={})).json() == {"items": []}
    reply = await staff_surface.post(f"{path}/publish", json={})
    assert (reply.status_code, reply.json()["code"]) == (409, "cases.drawn_by_yourself")
    staff_surface.headers.update(await bearer(two))
    reply = await staff_surface.post(f"{path}/publish", json={})
    assert reply.json() == {"code": "permit", "published_version": 1}
    assert (await workflow.flow("permit")).published_by == "赵干事"


async def test_a_flow_against_the_law_is_refused_with_its_element(database: None) -> None:
    text = (SHIPPED / "permit.bpmn").read_text()
    early = text.replace('wanshi:deeds="begin_review"', 'wanshi:deeds="resume"')
    (found,) = await service.check_drawing("flow", early)
    assert (found["element"], found["code"]) == ("review", "illegal_move")
    running = text.replace("tasks.take.deed == 'ask_correction'", "__import__('os')")
    assert {f["code"] for f in await service.check_drawing("flow", running)} == {"condition"}


async def test_every_deed_of_the_law_is_known_to_flows(database: None) -> None:
    assert "approve" in TERMS.deeds
    assert TERMS.moves["submitted"]["accept"] == "accepted"
    assert TERMS.actions <= TERMS.deeds


async def test_the_flow_follows_what_officers_do(deliver, simulators) -> None:
    item = await following(PERMIT_COPY, "permit")
    case_no = await submitted(await resident(2), item)
    await deliver()
    assert await waits_for(case_no) == ["take"]
    desk = await desk_of(item)
    await service.accept(desk, case_no, await version_of(case_no))
    assert await waits_for(case_no) == ["review"]
    title, work = await service.flow_for_officer(desk, case_no)
    assert (title, work[0].deeds) == ("一般事项办理", ("begin_review",))


async def test_a_flow_that_starts_late_catches_up(deliver, simulators) -> None:
    item = await following(PERMIT_COPY, "permit")
    case_no = await submitted(await resident(2), item)
    # The officer is quicker than the outbox.
    await service.accept(await desk_of(item), case_no, await version_of(case_no))
    await deliver()
    assert await waits_for(case_no) == ["review"]


async def test_a_withdrawn_case_stops_its_flow(deliver, simulators) -> None:
    item = await following(PERMIT_COPY, "permit")
    owner = await resident(2)
    case_no = await submitted(owner, item)
    await deliver()
    await service.withdraw(owner, case_no, await version_of(case_no))
    assert await waits_for(case_no) == []
    assert await db.value("SELECT state FROM workflow_instance") == "stopped"


async def test_what_the_table_cannot_judge_stays_with_a_person(deliver, simulators) -> None:
    item = await following(RENTAL, "public-rental-housing")
    case_no = await submitted(await resident(2), item)
    await deliver()
    # No machine has looked at the papers of this case.
    assert await waits_for(case_no) == ["take"]
    assert await state_of(case_no) == "submitted"


async def test_the_platform_accepts_where_the_table_says_so(deliver, simulators) -> None:
    drawn = bpmn(
        "s start\na action action=accept\nr person role=case_officer deeds=begin_review\ne end",
        "s > a\na > r\nr > e",
    )
    await workflow.publish_flow(Principal(), "accept-all", "全部受理", drawn, TERMS)
    item = await following(RENTAL, "accept-all")
    case_no = await submitted(await resident(2), item)
    await deliver()
    assert await state_of(case_no) == "accepted"
    history = await db.rows(
        "SELECT actor_name FROM cases_step WHERE move='accept'",
    )
    assert [row["actor_name"] for row in history] == ["系统"]


async def test_work_that_is_no_legal_deed_is_done_by_its_role(
    staff_surface: httpx.AsyncClient, deliver, simulators
) -> None:
    item = await following(PERMIT_COPY, "joint-review")
    case_no = await submitted(await resident(2), item)
    await deliver()
    desk = await desk_of(item)
    await service.accept(desk, case_no, await version_of(case_no))
    await service.begin_review(desk, case_no, await version_of(case_no))
    staff_surface.headers.update(await bearer(desk))
    flow = (await staff_surface.get(f"/cases/{case_no}/flow")).json()
    assert {w["name"] for w in flow["open"]} == {"现场勘查", "征求部门意见", "专家评审"}
    for work in flow["open"]:
        path = f"/cases/{case_no}/flow/work/{work['id']}"
        reply = await staff_surface.post(path, json={"note": "已完成"})
        assert reply.status_code == 200, reply.text
        again = await staff_surface.post(path, json={})
        assert (again.status_code, again.json()["code"]) == (409, "workflow.work_not_open")
    assert await waits_for(case_no) == ["decide"]
    # A decision is a deed of the law: no click on the flow's work makes it.
    (decide,) = (await staff_surface.get(f"/cases/{case_no}/flow")).json()["open"]
    reply = await staff_surface.post(f"/cases/{case_no}/flow/work/{decide['id']}", json={})
    assert reply.status_code == 409
    stranger = await officer("case_officer", login="far", region="340100", org="11340100MBDM00071U")
    reply = await staff_surface.get(f"/cases/{case_no}/flow", headers=await bearer(stranger))
    assert reply.status_code == 404
