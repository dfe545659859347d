"""The catalogue list: the province creates, cities propose, changes flow down, nights report."""

import asyncio

import httpx

from app_server.items import service
from app_server.items.rules.catalogue import CatalogueFacts, Ceilings
from app_server.kernel import db
from app_server.kernel.http import ENDPOINTS
from app_server.kernel.principal import Principal
from tests.builders.items import RENTAL, catalogue, editor, province_editor
from tests.builders.people import bearer
from tests.builders.staff import officer

NEW = {"code": "342000099000", "name": "新增公共服务", "item_type": "20", "basis": ["某条例"]}


async def test_nobody_but_item_editors_writes_and_the_portal_has_no_way_to(
    staff_surface: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    ours = [e for e in ENDPOINTS if e.name.startswith("items.")]
    writing = [e for e in ours if e.method != "GET"]
    assert len(writing) > 15
    plain = await bearer(await officer("case_officer", "operator", login="plain"))
    for one in writing:
        if one.surface == "public":
            assert one.name in {"items.tell_experience", "items.find_helpful"}
            continue
        assert one.surface == "staff"
        path = one.path.removeprefix("/staff/v1").replace("{", "").replace("}", "")
        assert (await staff_surface.request(one.method, path)).status_code == 401, one.path
        refused = await staff_surface.request(one.method, path, headers=plain)
        assert refused.json()["code"] == "kernel.not_your_role", one.path


async def test_cities_propose_and_the_province_alone_creates(
    staff_surface: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    city, province = await editor(), await province_editor()
    hers, theirs = await bearer(city), await bearer(province)
    refused = await staff_surface.post("/catalogue/items", json={"item": NEW}, headers=hers)
    assert (refused.status_code, refused.json()["code"]) == (403, "items.province_only")
    made = await staff_surface.post("/catalogue/proposals", json={"item": NEW}, headers=hers)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert (await public.get("/catalogue/items")).json()["items"] == []
    path = f"/catalogue/proposals/{NEW['code']}/settlement"
    verdict = {"outcome": "active", "reason": "全省统一"}
    assert (await staff_surface.post(path, json=verdict, headers=hers)).status_code == 403
    done = await asyncio.gather(
        *(staff_surface.post(path, json=verdict, headers=theirs) for _ in range(8))
    )
    assert sorted(r.status_code for r in done) == [204] + [409] * 7
    (listed,) = (await public.get("/catalogue/items")).json()["items"]
    assert (listed["item"]["name"], listed["version"]) == (NEW["name"], 1)
    again = await staff_surface.post("/catalogue/items", json={"item": NEW}, headers=theirs)
    assert again.json()["code"] == "items.catalogue_item_exists"
    bad = NEW | {"code": "34990\u0000"}
    assert (
        await staff_surface.post("/catalogue/items", json={"item": bad}, headers=theirs)
    ).status_code == 422


async def test_a_change_flows_down_and_what_no_longer_fits_becomes_a_draft(
    staff_surface: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    water, rental = items["用水报装"], items[RENTAL]
    hers = await bearer(await province_editor())

    async def changed(item: service.ItemFacts, version: int, **more: object) -> httpx.Response:
        held = (await service.entry(item.basic_code)).facts.model_dump(mode="json")
        body = {"item": held | {"version": 0} | more}
        path = f"/catalogue/items/{item.basic_code}"
        return await staff_surface.put(path, json=body, headers=hers | {"if-match": f'"{version}"'})

    done = await changed(rental, 1, basis=["《新办法》"])
    assert done.json() == {"catalogue_version": 2, "published": [rental.code], "drafts": []}
    now = await service.published(rental.code)
    assert (now.version, now.basis) == (2, ["《新办法》"])
    assert (await service.version(rental.code, 1)).basis == rental.basis
    assert (await changed(rental, 1, name="别名")).status_code == 412
    tight = Ceilings(promise_days=1).model_dump()
    done = await changed(water, 1, ceilings=tight)
    assert (done.json()["published"], done.json()["drafts"]) == ([], [water.code])
    assert (await service.published(water.code)).version == 1
    mine = await editor("water", org=water.org, region="341600")
    (draft,) = await service.drafts(mine)
    assert (draft["code"], draft["origin"]) == (water.code, "catalogue")
    history = (await service.catalogue_history(rental.basic_code))[-1]
    assert (history.version, history.facts.basis) == (2, ["《新办法》"])


async def test_the_night_reports_a_difference_and_a_clean_catalogue_none(
    staff_surface: httpx.AsyncClient,
) -> None:
    items = await catalogue()
    assert await service.keep_report() == 0
    # Past every check, as a damaged import or a hand in the database would do it.
    await db.execute(
        """UPDATE items_catalogue SET facts = jsonb_set(facts, '{name}', '"改了名"') """
        "WHERE code = $1",
        items[RENTAL].basic_code,
    )
    assert await service.keep_report() == 1
    body = (
        await staff_surface.get("/catalogue/reports", headers=await bearer(await editor()))
    ).json()
    (report,) = body["reports"]
    assert report["found"] == [
        {"code": items[RENTAL].code, "region": "341602", "fields": ["name"], "names": ["事项名称"]}
    ]
    assert body["circles"] == []


async def test_cities_stand_beside_each_other_and_extra_materials_are_flagged(
    staff_surface: httpx.AsyncClient,
) -> None:
    rental = (await catalogue())[RENTAL]
    above = CatalogueFacts(
        code=rental.basic_code,
        name=rental.name,
        item_type="20",
        basis=rental.basis,
        ceilings=Ceilings(materials=["个人承诺书", "劳动合同"]),
    )
    await service.change(await province_editor(), 1, above)
    city = rental.model_copy(
        update={
            "code": "11340100MBDM00071U3342000001000",
            "org": "11340100MBDM00071U",
            "region": "340100",
            "materials": rental.materials[:1],
            "review_points": [p for p in rental.review_points if p.material != "contract"],
            "promise_limit": service.TimeLimit(days=3, unit="workday"),
        }
    )
    await service.publish(Principal(), city)
    path = f"/catalogue/items/{rental.basic_code}/deviations"
    rows = (await staff_surface.get(path, headers=await bearer(await editor()))).json()["places"]
    assert len(rows) == 16
    here = {row["region"]: row for row in rows}
    assert here["340100"]["missing_materials"] == ["劳动合同"]
    assert here["341602"]["extra_materials"] == []
    assert sum(not row["code"] for row in rows) == 14


async def test_a_circle_of_proofs_between_two_departments_is_found(database: None) -> None:
    items = await catalogue()
    first, second = items["户口迁移（迁出）"], items["居住证办理"]
    other = items["退役士兵自主就业一次性经济补助金给付"]
    assert first.department == second.department
    asks = [m.model_copy(update={"issuer": other.department}) for m in first.materials]
    await service.publish(Principal(), first.model_copy(update={"materials": asks}))
    assert await service.circular_proofs() == []
    back = [m.model_copy(update={"issuer": first.department}) for m in other.materials]
    await service.publish(Principal(), other.model_copy(update={"materials": back}))
    (ring,) = await service.circular_proofs()
    assert set(ring) == {first.department, other.department}


async def test_a_closed_catalogue_item_takes_its_implementations_along(
    public: httpx.AsyncClient, staff_surface: httpx.AsyncClient
) -> None:
    rental = (await catalogue())[RENTAL]
    path = f"/catalogue/items/{rental.basic_code}/closing"
    body = {"on": "2099-01-01", "reason": "法规废止"}
    assert (
        await staff_surface.post(path, json=body, headers=await bearer(await editor()))
    ).status_code == 403
    hers = await bearer(await province_editor())
    done = await staff_surface.post(path, json=body, headers=hers)
    assert done.json()["codes"] == [rental.code]
    assert (await public.get(f"/items/{rental.code}")).status_code == 200
    assert (await staff_surface.post(path, json=body, headers=hers)).status_code == 409
