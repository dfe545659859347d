"""The catalogue: who may edit where, trees, publishing with an interface, editions, duties."""

import asyncio
from datetime import date, timedelta

import pytest

from app_server.kernel import clock, db, working_days
from app_server.kernel.errors import PreconditionFailed
from app_server.sharing import service as sharing
from app_server.sharing.errors import (
    CodeTaken,
    NoInterface,
    NoSuchResource,
    NotTheLead,
    NotTheProvider,
    SamePerson,
    ServiceInvalid,
    TreeCycle,
)
from app_server.sharing.models import Duty, Edition, Node, Notice, Traffic
from app_server.sharing.rules.catalogue import ResourceField
from tests.builders.people import bearer, resident
from tests.builders.sharing import (
    HOUSING,
    POLICE,
    content,
    household,
    lead,
    provider,
    published,
    steward,
)
from tests.builders.staff import officer

AS_LEAD = sharing.Owner(POLICE, "安徽省公安厅（演示）", "340000")


async def test_strangers_and_other_roles_are_refused(staff_surface):
    paths = ("/sharing/trees/base", "/sharing/resources", "/sharing/services", "/sharing/notices")
    for path in paths:
        assert (await staff_surface.get(path)).status_code == 401, path
    as_resident = await bearer(await resident())
    assert (await staff_surface.get(paths[0], headers=as_resident)).status_code == 401
    cashier = await bearer(await officer("cashier", login="c"))
    refused = await staff_surface.post(
        "/sharing/nodes", headers=cashier, json={"parent_id": str(POLICE), "name": "某类"}
    )
    assert refused.status_code == 403
    assert (await staff_surface.get(paths[1], headers=cashier)).status_code == 200


async def test_only_the_lead_edits_a_base_library(database):
    made = await provider()
    other = await steward(HOUSING)
    for deed in (
        sharing.add_node(other, made.node.id, "户籍"),
        sharing.add_resource(other, made.node.id, AS_LEAD, content()),
        sharing.change_resource(other, made.resource.id, 1, content()),
        sharing.place_resource(other, made.resource.id, 1, made.node.id),
        sharing.register_service(other, made.resource.id, "household", household()),
    ):
        with pytest.raises(NotTheLead):
            await deed


async def test_fixed_roots_stand_once_and_their_leads_follow_the_configuration(database):
    assert await sharing.ensure_roots() == 15
    assert await sharing.ensure_roots() == 0
    await Node.filter(code="101").update(lead_org=HOUSING)
    with pytest.raises(NotTheLead):
        root = await Node.get(code="101")
        await sharing.add_node(await steward(HOUSING), root.id, "户籍")
    await sharing.ensure_roots()
    assert (await Node.get(code="101")).lead_org == POLICE
    assert len(await sharing.tree("theme")) == 11


async def test_a_department_opens_its_branch_once_and_edits_it_alone(staff_surface):
    head = await lead(HOUSING)
    headers = await bearer(head)
    opened = {"org_name": "谯城区住房和城乡建设局（演示）"}
    path = "/sharing/trees/department/roots"
    root = (await staff_surface.post(path, headers=headers, json=opened)).json()
    assert root["code"] == "301"
    assert (await staff_surface.post(path, headers=headers, json=opened)).status_code == 409
    below = {"parent_id": root["id"], "name": "住房保障"}
    made = await staff_surface.post("/sharing/nodes", headers=headers, json=below)
    assert made.json()["code"] == "301001"
    foreign = await bearer(await lead(POLICE))
    refused = await staff_surface.post("/sharing/nodes", headers=foreign, json=below)
    assert refused.json()["code"] == "sharing.not_the_lead"
    with pytest.raises(CodeTaken):
        await sharing.open_department_tree(head, "又一次")


async def test_two_moves_that_are_good_alone_never_make_a_cycle_together(database):
    head = await lead(HOUSING)
    root = await sharing.open_department_tree(head, "住建局")
    one = await sharing.add_node(head, root.id, "甲类")
    two = await sharing.add_node(head, root.id, "乙类")
    told = await asyncio.gather(
        sharing.move_node(head, one.id, 1, two.id),
        sharing.move_node(head, two.id, 1, one.id),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, TreeCycle) for answer in told) == 1
    moved = await Node.filter(version=2)
    assert [node.code for node in moved] == [one.code] or [two.code] == [n.code for n in moved]


async def test_moves_keep_codes_and_carry_what_is_below(staff_surface):
    head = await lead(HOUSING)
    headers = await bearer(head)
    root = await sharing.open_department_tree(head, "住建局")
    one = await sharing.add_node(head, root.id, "甲类")
    two = await sharing.add_node(head, root.id, "乙类")
    owner = sharing.Owner(HOUSING, "住建局", "341602")
    entry = await sharing.add_resource(head, two.id, owner, content())
    assert entry.code == f"{two.code}/000001"
    move = {"parent_id": str(one.id)}
    path = f"/sharing/nodes/{two.id}/parent"
    stale = await staff_surface.put(path, json=move, headers=headers | {"if-match": "7"})
    assert stale.status_code == 412
    done = await staff_surface.put(path, json=move, headers=headers | {"if-match": "1"})
    assert (done.json()["code"], done.json()["parent_id"]) == (two.code, str(one.id))
    found = await staff_surface.get(
        "/sharing/resources", params={"node": str(one.id)}, headers=headers
    )
    assert [line["code"] for line in found.json()["items"]] == [entry.code]
    back = await staff_surface.put(
        f"/sharing/nodes/{one.id}/parent",
        json={"parent_id": str(two.id)},
        headers=headers | {"if-match": "1"},
    )
    assert back.json()["code"] == "sharing.tree_cycle"


async def test_a_draft_is_its_organisations_own(staff_surface):
    made = await provider()
    path = f"/sharing/resources/{made.resource.id}"
    foreign = await bearer(await steward(HOUSING))
    assert (await staff_surface.get(path, headers=foreign)).status_code == 404
    assert (await staff_surface.get("/sharing/resources", headers=foreign)).json()["items"] == []
    mine = await staff_surface.get(path, headers=await bearer(made.steward))
    assert mine.json()["state_name"] == "编制中"
    with pytest.raises(NoSuchResource):
        await sharing.follow(await steward(HOUSING, "other"), made.resource.id)


async def test_nothing_is_published_without_an_interface_that_answers(simulators, database):
    made = await provider()
    with pytest.raises(NoInterface):
        await sharing.publish_resource(made.lead, made.resource.id, 1, "发布")
    away = household(
        kind="url", target="http://127.0.0.1:1/ask", health_target="http://127.0.0.1:1/health"
    )
    await sharing.register_service(made.steward, made.resource.id, "away", away)
    with pytest.raises(NoInterface):
        await sharing.publish_resource(made.lead, made.resource.id, 1, "发布")
    assert (await sharing.a_service("away")).health == "down"
    await sharing.register_service(made.steward, made.resource.id, "household", household())
    row = await sharing.publish_resource(made.lead, made.resource.id, 1, "发布")
    assert (row.state, row.edition) == ("published", 1)
    with pytest.raises(CodeTaken):
        await sharing.register_service(made.steward, made.resource.id, "away", away)
    with pytest.raises(ServiceInvalid):
        await sharing.register_service(
            made.steward, made.resource.id, "other", household(gives=("jpeg",))
        )


async def test_who_drafted_does_not_publish_and_fifty_at_once_publish_once(simulators, database):
    made = await provider()
    await sharing.register_service(made.steward, made.resource.id, "household", household())
    with pytest.raises(SamePerson):
        await sharing.publish_resource(made.steward, made.resource.id, 1, "自己发布")
    told = await asyncio.gather(
        *(sharing.publish_resource(made.lead, made.resource.id, 1, "发布") for _ in range(50)),
        return_exceptions=True,
    )
    assert sum(not isinstance(answer, Exception) for answer in told) == 1
    assert await Edition.all().count() == 1


async def test_a_change_waits_for_the_lead_and_subscribers_learn_of_it(
    simulators, staff_surface, deliver
):
    made = await published()
    reader = await steward(HOUSING)
    await sharing.follow(reader, made.resource.id)
    await sharing.follow(reader, made.resource.id)
    row = await sharing.change_resource(
        made.steward, made.resource.id, made.resource.version, content(name="户籍信息")
    )
    path = f"/sharing/resources/{row.id}"
    seen = (await staff_surface.get(path, headers=await bearer(reader))).json()
    assert (seen["name"], seen["draft"]) == ("户籍家庭成员信息", None)
    headers = await bearer(made.lead)
    ask = {"headers": headers | {"if-match": str(row.version)}, "json": {"note": "更名"}}
    done = await staff_surface.post(f"{path}/publish", **ask)
    assert (done.json()["name"], done.json()["edition"]) == ("户籍信息", 2)
    again = await staff_surface.post(f"{path}/publish", **ask)
    assert again.json()["code"] == "sharing.not_in_this_state"
    versions = (await staff_surface.get(f"{path}/editions", headers=headers)).json()["items"]
    assert [(v["number"], v["content"]["name"]) for v in versions] == [
        (2, "户籍信息"),
        (1, "户籍家庭成员信息"),
    ]
    await deliver()
    told = await staff_surface.get("/sharing/notices", headers=await bearer(reader))
    texts = [notice["text"] for notice in told.json()["items"]]
    assert sum("第 2 版" in text for text in texts) == 1
    await sharing.unfollow(reader, row.id)
    await sharing.retire_resource(made.lead, row.id, done.json()["version"], "机构改革")
    await deliver()
    assert await Notice.filter(org=HOUSING).count() == len(texts)


async def test_a_change_of_law_is_due_in_fifteen_working_days_and_a_new_edition_ends_it(
    simulators, staff_surface, deliver
):
    made = await published()
    asked = {
        "reason": "law_change",
        "basis": "某条例修订",
        "happened_on": "2026-02-09",
        "resources": [str(made.resource.id)],
    }
    steward_headers = await bearer(made.steward)
    path = "/sharing/update-duties"
    assert (await staff_surface.post(path, json=asked, headers=steward_headers)).status_code == 403
    with pytest.raises(NotTheProvider):
        change = sharing.Change("law_change", "某条例修订", date(2026, 2, 9))
        await sharing.open_duties(await lead(HOUSING), change, [made.resource.id])
    headers = await bearer(made.lead)
    future = await staff_surface.post(
        path, json=asked | {"happened_on": "2099-01-05"}, headers=headers
    )
    assert future.status_code == 422
    opened = (await staff_surface.post(path, json=asked, headers=headers)).json()["items"][0]
    # 2026: 春节 off 15–23 February, 14 and 28 February worked.
    assert opened["due_on"] == "2026-03-06"
    calendar = await working_days.calendar()
    assert calendar.working_days_between(date(2026, 2, 9), date(2026, 3, 6)) == 15
    late = (await staff_surface.get(f"{path}?overdue=true", headers=headers)).json()["items"]
    assert [duty["overdue"] for duty in late] == [True]
    for told in (1, 0):
        async with db.unit_of_work():
            assert await sharing.tell_overdue() == told
    await deliver()
    assert await Notice.filter(org=POLICE, about__startswith="overdue:").count() == 1
    row = await sharing.change_resource(
        made.steward, made.resource.id, made.resource.version, content(name="户籍信息")
    )
    await sharing.publish_resource(made.lead, row.id, row.version, "按修订更新")
    await deliver()
    duty = await Duty.get(id=opened["id"])
    assert (duty.state, duty.outcome) == ("done", "第 2 版")


async def test_a_duty_ends_without_a_change_only_with_a_reason(simulators, database):
    made = await published()
    change = sharing.Change("function_change", "机构改革", clock.today())
    duty = (await sharing.open_duties(made.lead, change, [made.resource.id]))[0]
    with pytest.raises(NotTheProvider):
        await sharing.finish_duty(await lead(HOUSING), duty.id, "经核对无需更新")
    done = await sharing.finish_duty(made.lead, duty.id, "经核对无需更新")
    assert not sharing.is_overdue(done)


async def test_everybody_sees_open_fields_alone(simulators, public):
    fields = (
        ResourceField("size", "人数", "integer", "public", "人口系统"),
        ResourceField("address", "住址", "text", "personal", "人口系统"),
    )
    await published(
        household(gives=("size", "address")), fields=fields, open=True, open_scope="面向社会"
    )
    told = (await public.get("/open-data/resources")).json()["items"]
    assert [field["name"] for field in told[0]["fields"]] == ["size"]
    assert "address" not in str(told)


async def test_a_stale_change_is_refused(database):
    made = await provider()
    await sharing.change_resource(made.steward, made.resource.id, 1, content(name="新名称"))
    with pytest.raises(PreconditionFailed):
        await sharing.change_resource(made.steward, made.resource.id, 1, content())


async def test_the_test_subject_of_a_health_check_is_kept_sealed(simulators, database):
    made = await published()
    paused = await sharing.move_service(made.lead, "household", 2, "pause", "调整")
    await sharing.change_service(made.steward, "household", paused.version, household())
    kept = await db.row("SELECT * FROM sharing_service")
    assert "341602199003074511" not in str(dict(kept))
    assert (await sharing.probe_service(made.lead, "household")).health == "up"


async def test_counts_of_long_ago_are_forgotten_and_those_of_this_year_stay(simulators, database):
    made = await published()
    assert made
    old = clock.now() - timedelta(days=500)
    for at in (old, clock.now()):
        await Traffic.create(
            service="household", caller="platform", outcome="answered", latency_ms=1, at=at
        )
    assert await sharing.sweep() == 1
    assert await Traffic.all().count() == 1
