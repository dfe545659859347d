"""Browsing, planning and opening a theme; persons and companies on one engine (R-PAR-12)."""

import copy
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app_server.cases import service as cases
from app_server.cases.errors import NotTakenHere, PartsOpen
from app_server.cases.service import bundles
from app_server.kernel import clock, db
from app_server.kernel.working_days import calendar
from app_server.logistics.models import Parcel
from app_server.logistics.service import Recipient
from app_server.themes import seed, service
from app_server.themes.errors import NotForYou, NotHere, ProvinceOnly, TemplateChanged
from auth.people import service as people
from tests.builders.acting import acting, for_org, headers
from tests.builders.bundles import part
from tests.builders.cases import approved, desk_of, version_of
from tests.builders.forms import picture
from tests.builders.items import province_editor
from tests.builders.people import bearer, resident
from tests.builders.staff import officer
from tests.builders.themes import (
    BOZHOU,
    HEFEI,
    NEW_LAND,
    PLAIN,
    PROJECT,
    SHOP,
    asked,
    city_editor,
    published,
)

TO = Recipient("李明轩", "13900000002", "亳州市谯城区测试路 1 号")
COMPANY = {
    "company_name": "亳州测试商贸有限公司",
    "business_address": "亳州市谯城区测试路 1 号",
    "business_scope": "日用百货销售",
    "capital_yuan": 1_000_000,
    "invoice_count": 25,
    "staff_count": 3,
    "food_area": 300,
    "promise": True,
}
BUILDING = {
    "phone": "13900000002",
    "project_name": "测试厂房项目",
    "project_site": "合肥市蜀山区测试路 2 号",
    "investment_yuan": 50_000_000,
    "promise": True,
}


async def filed(owner: Any, number: str, given: dict[str, Any], to: Any = None) -> None:
    """Fill in what is asked, give every paper once, hand in."""
    view = await bundles.own_bundle(owner, number)
    assert view.filling is not None
    own = {key: value for key, value in given.items() if key in view.filling.schema["properties"]}
    view = await bundles.save_bundle(owner, number, view.row.version, {**view.filling.data, **own})
    assert view.filling is not None
    for shade, paper in enumerate(view.filling.papers):
        shot = picture(shade=220 + shade)
        view = await bundles.put_paper(owner, number, paper.key, shot, "照片.jpg")
    await bundles.file_bundle(owner, number, view.row.version, to)


async def decided(owner: Any, number: str, code: str) -> None:
    """Accept and approve a part's case."""
    found = await part(owner, number, code)
    item = next(i for i in seed.catalogue() if i.code == found.item_code)
    desk = await desk_of(item, login=f"desk-{code}-{found.case_no[-6:]}")
    await cases.accept(desk, found.case_no, await version_of(found.case_no))
    await approved(desk, found.case_no, item)


async def test_a_stranger_plans_but_opens_nothing(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    await published()
    body = {"region": BOZHOU, "answers": PLAIN, "version": 1}
    assert (await public.post("/themes/company-start/plan", json=body)).status_code == 200
    refused = await public.post("/themes/company-start/bundles", json=body)
    assert refused.status_code == 401
    assert (await public.get(f"/projects/{PROJECT}")).status_code == 401
    for path in ("/theme-templates", "/window/themes/company-start/bundles"):
        assert (await staff_surface.post(path, json={})).status_code == 401
    weak = await bearer(await resident(tier=1))
    told = await public.post("/themes/company-start/bundles", json=body, headers=weak)
    assert (told.status_code, told.json()["code"]) == (401, "kernel.tier_required")
    assert await db.value("SELECT count(*) FROM forms_draft") == 0


async def test_themes_are_found_by_place_and_by_whom_they_serve(public: httpx.AsyncClient) -> None:
    await published()

    async def codes(**query: str) -> set[str]:
        told = (await public.get("/themes", params=query)).json()
        return {one["code"] for one in told["items"]}

    everywhere = await codes()
    assert len(everywhere) == 7
    assert await codes(region=BOZHOU) == {"company-start"}
    # What the city does is done for its counties.
    assert await codes(region="341602") == {"company-start"}
    assert await codes(region="340500") == set()
    assert await codes(region=HEFEI, audience="person") == {"birth", "property-transfer"}
    assert "birth" not in await codes(audience="company")
    assert (await public.get("/themes", params={"region": "999999"})).status_code == 404
    one = (await public.get("/themes/company-start")).json()
    assert [question["code"] for question in one["questions"]] == ["trade", "area", "staff"]
    assert (await public.get("/themes/nothing")).json()["code"] == "themes.no_such_theme"


async def test_a_plan_shows_steps_papers_days_and_results_within_three_working_days(
    public: httpx.AsyncClient,
) -> None:
    await published()

    async def planned(answers: dict[str, Any]) -> dict[str, Any]:
        body = {"region": BOZHOU, "answers": answers}
        reply = await public.post("/themes/company-start/plan", json=body)
        assert reply.status_code == 200, reply.text
        told: dict[str, Any] = reply.json()
        assert told["faults"] == []
        return told

    plain, shop = await planned(PLAIN), await planned(SHOP)
    assert len(plain["parts"]) == 7
    last, _ = (await calendar()).add_working_days(clock.today(), 3)
    assert plain["due_on"] <= last.isoformat()
    assert plain["tasks"] == [{"code": "device", "name": "税控设备上门安装", "after": ["invoices"]}]
    assert ("印章", 5, "枚") in {(o["name"], o["quantity"], o["unit"]) for o in plain["outputs"]}
    more = {p["code"] for p in shop["parts"]} - {p["code"] for p in plain["parts"]}
    assert more == {"food_shop", "fire"}
    # The lease is asked for once, for all who need it.
    site = next(p for p in shop["papers"] if p["name"] == "经营场所使用材料")
    assert len(site["parts"]) == 3
    assert "终止" in shop["refusal"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"region": BOZHOU, "answers": {"trade": "casino", "staff": "no"}}, "answers.trade"),
        ({"region": "999999", "answers": PLAIN}, "region"),
        ({"region": BOZHOU, "answers": PLAIN, "project_code": PROJECT}, "project_code"),
        ({"region": BOZHOU, "answers": PLAIN, "else": 1}, "else"),
        ({"region": BOZHOU, "answers": {"trade": "x" * 10_000_000}}, ""),
        ({"region": BOZHOU, "answers": {"Trade;": "general"}}, "answers"),
        ({"region": BOZHOU, "answers": {"trade": {"a": 1}}}, "answers"),
        ({"region": "34\x0000", "answers": PLAIN}, "region"),
    ],
)
async def test_hostile_answers_are_a_clear_problem(
    public: httpx.AsyncClient, body: dict[str, Any], field: str
) -> None:
    await published()
    reply = await public.post("/themes/company-start/plan", json=body)
    assert reply.status_code in {413, 422}, reply.text
    assert reply.headers["content-type"].startswith("application/problem+json")
    if field:
        assert any(e["field"].startswith(field) for e in reply.json()["errors"]), reply.text


async def test_a_place_without_the_items_and_an_old_version_are_told(database: None) -> None:
    await published()
    with pytest.raises(NotHere) as told:
        await service.plan("company-start", asked(PLAIN, "340500"))
    assert len(told.value.facts["parts"]) == 7
    facts = copy.deepcopy(seed._file("templates")["templates"][0])
    facts["summary"] = "改过的说明，问题没有变。"
    with pytest.raises(ProvinceOnly):
        await service.publish(await city_editor(BOZHOU, "11341602MBDM00012U", "city"), facts)
    by = await province_editor()
    assert await service.publish(by, facts) == 2
    assert await service.publish(by, facts) == 2
    with pytest.raises(TemplateChanged):
        await service.plan("company-start", asked(PLAIN, version=1))
    assert [one.version for one in await service.versions("company-start")] == [2, 1]


async def test_a_drawing_with_a_fault_is_published_by_nobody(
    staff_surface: httpx.AsyncClient,
) -> None:
    await published()
    mine = await bearer(await province_editor())
    facts = copy.deepcopy(seed._file("templates")["templates"][0])
    facts["parts"][7]["when"] = "().__class__"
    body = {"template": facts}
    reply = await staff_surface.post("/theme-templates", json=body, headers=mine)
    assert (reply.status_code, reply.json()["code"]) == (422, "themes.template_unfit")
    assert reply.json()["errors"][0]["field"] == "parts.food_shop"
    shapeless = {"template": {"code": "x", "parts": "none"}}
    reply = await staff_surface.post("/theme-templates", json=shapeless, headers=mine)
    assert reply.status_code == 422
    assert await db.value("SELECT max(version) FROM themes_template") == 1
    facts["parts"][7]["when"] = "trade in ['supermarket', 'hotel']"
    reply = await staff_surface.post("/theme-templates", json=body, headers=mine)
    assert (reply.status_code, reply.json()) == (201, {"code": "company-start", "version": 2})
    old = await staff_surface.get("/theme-templates/company-start/versions", headers=mine)
    assert [one["version"] for one in old.json()["versions"]] == [2, 1]


async def test_a_person_starts_a_company_and_the_follow_up_permit_is_part_of_it(
    public: httpx.AsyncClient, deliver: Any
) -> None:
    await published()
    owner = await resident(tier=2)
    mine = await bearer(owner)
    body = {"region": "341602", "answers": SHOP, "version": 1}
    reply = await public.post("/themes/company-start/bundles", json=body, headers=mine)
    assert reply.status_code == 201, reply.text
    number = reply.json()["bundle_no"]
    await filed(owner, number, COMPANY, TO)
    told = (await public.get(f"/bundles/{number}", headers=mine)).json()
    states = {piece["code"]: piece["state"] for piece in told["pieces"]}
    assert len(states) == 9
    assert [code for code, state in states.items() if state == "running"] == ["licence"]
    await decided(owner, number, "licence")
    await deliver()
    assert (await part(owner, number, "seals")).state == "running"
    assert (await part(owner, number, "food_shop")).state == "running"
    assert (await part(owner, number, "invoices")).state == "waiting"
    for code in ("seals", "tax", "social", "fund", "food_shop", "fire"):
        await decided(owner, number, code)
    await deliver()
    early = await public.post(f"/bundles/{number}/tasks/device/confirmation", headers=mine)
    assert early.status_code == 409
    for code in ("invoices", "bank"):
        await decided(owner, number, code)
    await deliver()
    # All is decided, but the device is not there yet: the one thing is not over.
    parcel = await Parcel.get(about=f"bundle:{number}")
    assert {line["name"]: line["number"] for line in parcel.contents} == {
        "营业执照": "1本",
        "印章": "5枚",
        "发票": "25张",
        "食品经营许可证": "1本",
        "消防安全检查意见书": "1份",
    }
    row = (await bundles.own_bundle(owner, number)).row
    assert row.state == "running"
    lead = await officer("case_approver", login="lead", org=row.lead_org, region="341600")
    with pytest.raises(PartsOpen):
        await bundles.close_bundle(lead, number, "")
    done = await public.post(f"/bundles/{number}/tasks/device/confirmation", headers=mine)
    assert done.status_code == 200, done.text
    assert [task["by"] for task in done.json()["tasks"]] == ["person"]


async def test_a_company_files_a_project_at_once_and_gets_an_approval_in_parallel(
    public: httpx.AsyncClient, rep: Any, org: Any
) -> None:
    await published()
    body = {"region": HEFEI, "answers": NEW_LAND, "version": 1, "project_code": PROJECT}
    with pytest.raises(NotForYou):
        await service.open_theme(
            rep, "investment-filing", asked({}, HEFEI, project_code=PROJECT, version=1)
        )
    session = headers(await acting(rep, org.id))
    bad = body | {"project_code": "2603-340100-04-01-12345"}
    reply = await public.post("/themes/investment-approval/plan", json=bad)
    assert [e["field"] for e in reply.json()["errors"]] == ["project_code"]
    told = (await public.post("/themes/investment-approval/plan", json=body)).json()
    # All four start together: nobody waits for anybody.
    assert {p["code"]: p["after"] for p in told["parts"]} == {
        "approval": [],
        "site": [],
        "energy": [],
        "eia": [],
    }
    assert told["due_on"] > (clock.today() + timedelta(days=11)).isoformat()
    instant = (
        await public.post("/themes/investment-filing/plan", json=body | {"answers": {}})
    ).json()
    assert [p["days"] for p in instant["parts"]] == [0]
    reply = await public.post("/themes/investment-approval/bundles", json=body, headers=session)
    assert reply.status_code == 201, reply.text
    company = for_org(rep, org.id)
    number = reply.json()["bundle_no"]
    await filed(company, number, BUILDING)
    view = (await cases.bundles_of_project(PROJECT))[0]
    assert view.row.applicant == org.name
    assert {p.state for p in view.parts} == {"running"}
    mine = (await public.get(f"/projects/{PROJECT}", headers=session)).json()
    assert [b["bundle_no"] for b in mine["bundles"]] == [number]
    # The representative as a person, and anybody else, sees no project.
    for other in (await bearer(rep), await bearer(await resident(name="王芳"))):
        assert (await public.get(f"/projects/{PROJECT}", headers=other)).status_code == 404


async def test_evaluations_and_drawings_run_side_by_side(database: None) -> None:
    await published()
    several = asked({"kinds": ["energy", "water", "quake"]}, HEFEI, project_code=PROJECT)
    found = (await service.plan("multi-evaluation", several)).preview
    assert [p.after for p in found.parts] == [()] * 4
    drawings = asked({"fire": "yes", "air": "yes"}, HEFEI, project_code=PROJECT)
    found = (await service.plan("multi-drawing", drawings)).preview
    assert {p.code: p.after for p in found.parts}["d_permit"] == ("d_build", "d_fire", "d_air")
    # The drawings are handed in once for three reviews.
    assert [len(paper.parts) for paper in found.papers] == [3]
    assert found.mode_name == "前置联办件"


async def test_one_window_takes_property_in_for_three_offices(
    staff_surface: httpx.AsyncClient,
) -> None:
    await published()
    owner = await resident(tier=2)
    facts = await people.person(owner.subject)
    body = {
        "name": facts.name,
        "id_number": facts.id_number,
        "consent": True,
        "region": HEFEI,
        "answers": {},
        "version": 1,
    }
    window = await officer("case_window", login="window", region="340104")
    path = "/window/themes/property-transfer/bundles"
    other = await bearer(await officer("case_officer", login="desk"))
    assert (await staff_surface.post(path, json=body, headers=other)).status_code == 403
    listed = await staff_surface.get("/window/themes", headers=await bearer(window))
    assert "property-transfer" in {one["code"] for one in listed.json()["items"]}
    shown = await staff_surface.get(
        "/window/themes/property-transfer", headers=await bearer(window)
    )
    assert shown.status_code == 200
    elsewhere = await officer("case_window", login="far", region="341602")
    told = await staff_surface.post(path, json=body, headers=await bearer(elsewhere))
    assert told.json()["code"] == NotTakenHere.code
    reply = await staff_surface.post(path, json=body, headers=await bearer(window))
    assert reply.status_code == 201, reply.text
    view = await bundles.own_bundle(owner, reply.json()["bundle_no"])
    assert len({p.department for p in view.parts}) == 3
    assert [output["name"] for output in view.row.outputs] == ["不动产权证书"]
    assert [p.after for p in view.parts] == [[], ["trade"], ["trade", "tax"]]
