"""The claim board: open → claimed → built → reviewed → replicated to the other 15 cities."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from app_server.items import service as items
from app_server.kernel import db, regions
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from app_server.themes import service
from app_server.themes.errors import (
    AlreadyReviewed,
    ClaimExists,
    NotAnExpert,
    NotInThisState,
    NotRunnable,
    NotYourClaim,
    ProvinceOnly,
)
from app_server.themes.service import board
from auth.organisations import rules as codes
from tests.builders.items import catalogue, editor, province_editor
from tests.builders.people import bearer, resident
from tests.builders.staff import officer
from tests.builders.themes import city_editor, published

MAANSHAN, SCHOOLS = "340500", "11340500MBDM00055T"
TEACHER, DIPLOMA = "342000005000", "342000006000"
REISSUE = SCHOOLS + "3" + TEACHER
OTHERS = [r.code for r in regions.children("340000") if r.code != MAANSHAN]


def office(region: str, number: int) -> str:
    """The check-valid code of a fictional office."""
    body = f"MBDX{number:04d}"
    first = f"11{region}{body}{codes.organisation_digit(body)}"
    return first + codes.check_digit(first)


def places() -> list[service.Place]:
    return [
        service.Place(
            region,
            office(region, number),
            f"{regions.region(region).name}教育局",
            f"05{number:02d}-1000001",
            f"05{number:02d}-1000002",
            f"{regions.region(region).name}测试路 {number} 号",
        )
        for number, region in enumerate(OTHERS, 50)
    ]


async def maanshan() -> Principal:
    return await city_editor(MAANSHAN, SCHOOLS, "schools")


async def expert(region: str, number: int) -> Principal:
    """A named expert of a city."""
    found = await city_editor(region, office(region, number), f"expert-{number}")
    await service.keep_expert(await province_editor(f"naming-{number}"), found.subject, found.name)
    return found


async def built() -> Principal:
    """The teacher item claimed and built; answers its city's editor."""
    await catalogue()
    await service.open_claim(await province_editor(), TEACHER, "教师资格证书遗失、损毁补（换）发")
    by = await maanshan()
    await service.claim(by, TEACHER)
    await service.build(by, TEACHER, REISSUE)
    return by


async def reviewed() -> Principal:
    by = await built()
    for number, region in ((70, "340100"), (71, "341600")):
        await service.review(await expert(region, number), TEACHER, passed=True, opinion="同意推广")
    return by


async def test_a_stranger_touches_nothing_of_the_board(staff_surface: httpx.AsyncClient) -> None:
    await service.open_claim(await province_editor(), TEACHER, "教师资格证书补发")
    assert (await staff_surface.get("/theme-claims")).status_code == 401
    citizen = await bearer(await resident())
    assert (await staff_surface.get("/theme-claims", headers=citizen)).status_code == 401
    clerk = await bearer(await editor("clerk"))
    desk = await bearer(await officer("case_officer", login="desk"))
    for path, body in (
        (f"/theme-claims/{TEACHER}/claim", None),
        (f"/theme-claims/{TEACHER}/build", {"item_code": REISSUE}),
        (f"/theme-claims/{TEACHER}/replication", {"places": []}),
        ("/theme-claims", {"basic": DIPLOMA, "name": "学历证明"}),
    ):
        refused = await staff_surface.post(path, json=body, headers=desk)
        assert refused.status_code == 403, path
    opened = await staff_surface.post(
        "/theme-claims", json={"basic": DIPLOMA, "name": "学历证明"}, headers=clerk
    )
    assert (opened.status_code, opened.json()["code"]) == (403, "themes.province_only")
    named = await staff_surface.put(
        f"/theme-experts/{uuid4()}", json={"name": "王专家"}, headers=clerk
    )
    assert named.status_code == 403
    said = await staff_surface.post(
        f"/theme-claims/{TEACHER}/reviews", json={"passed": True, "opinion": "同意"}, headers=desk
    )
    assert (said.status_code, said.json()["code"]) == (403, "themes.not_an_expert")
    missing = await staff_surface.get("/theme-claims/342000099000", headers=desk)
    assert missing.json()["code"] == "themes.no_such_claim"
    shown = await staff_surface.get(f"/theme-claims/{TEACHER}", headers=desk)
    assert (shown.json()["state"], shown.json()["can"]) == ("open", ["claim"])


async def test_of_twenty_cities_that_claim_at_once_one_gets_it(database: None) -> None:
    province = await province_editor()
    await service.open_claim(province, TEACHER, "教师资格证书补发")
    with pytest.raises(ClaimExists):
        await service.open_claim(province, TEACHER, "教师资格证书补发")
    with pytest.raises(NotYourClaim):
        await service.claim(province, TEACHER)
    cities = [
        await city_editor(OTHERS[n % 15], office(OTHERS[n % 15], n), f"city-{n}") for n in range(20)
    ]
    told = await asyncio.gather(
        *(service.claim(city, TEACHER) for city in cities), return_exceptions=True
    )
    won = [n for n, one in enumerate(told) if not isinstance(one, BaseException)]
    assert len(won) == 1
    assert sum(isinstance(one, NotInThisState) for one in told) == 19
    row = (await service.the_claim(TEACHER)).row
    assert (row.org, row.version, len(row.timeline)) == (cities[won[0]].org, 2, 1)
    loser = cities[(won[0] + 1) % 15]
    with pytest.raises(NotYourClaim):
        await service.release(loser, TEACHER, "不办了")
    await service.release(cities[won[0]], TEACHER, "人手不足")
    assert (await service.claim(loser, TEACHER)).row.org == loser.org


async def test_only_a_published_item_of_the_claiming_city_that_runs_online_is_built(
    database: None,
) -> None:
    held = await catalogue()
    await service.open_claim(await province_editor(), TEACHER, "教师资格证书补发")
    by = await maanshan()
    with pytest.raises(NotYourClaim):
        await service.build(by, TEACHER, REISSUE)
    await service.claim(by, TEACHER)
    for wrong in (held["失业登记"].code, SCHOOLS + "3" + DIPLOMA, SCHOOLS + "3342000099000"):
        with pytest.raises(NotRunnable):
            await service.build(by, TEACHER, wrong)
    assert (await service.build(by, TEACHER, REISSUE)).row.state == "built"
    with pytest.raises(NotInThisState):
        await service.build(by, TEACHER, REISSUE)


async def test_two_experts_of_other_cities_pass_it_and_each_speaks_once(database: None) -> None:
    by = await built()
    own = await city_editor("340522", office("340522", 1), "near")
    await service.keep_expert(await province_editor("naming"), own.subject, own.name)
    for nobody in (by, own):
        with pytest.raises(NotAnExpert):
            await service.review(nobody, TEACHER, passed=True, opinion="同意")
    first, second = await expert("340100", 70), await expert("341600", 71)
    told = await asyncio.gather(
        *(service.review(first, TEACHER, passed=True, opinion="同意") for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, AlreadyReviewed) for one in told) == 9
    assert (await service.the_claim(TEACHER)).row.state == "built"
    found = await service.review(second, TEACHER, passed=True, opinion="同意推广")
    assert (found.row.state, len(found.reviews)) == ("reviewed", 2)
    third = await expert("340700", 72)
    with pytest.raises(NotInThisState):
        await service.review(third, TEACHER, passed=True, opinion="同意")


async def test_two_first_yeses_at_once_are_two(database: None) -> None:
    await built()
    both = [await expert("340100", 70), await expert("341600", 71)]
    await asyncio.gather(
        *(service.review(one, TEACHER, passed=True, opinion="同意") for one in both)
    )
    assert (await service.the_claim(TEACHER)).row.state == "reviewed"


async def test_an_experts_no_sends_it_back_and_the_next_round_begins_anew(database: None) -> None:
    by = await built()
    first, second = await expert("340100", 70), await expert("341600", 71)
    await service.review(first, TEACHER, passed=True, opinion="同意")
    back = await service.review(second, TEACHER, passed=False, opinion="材料说明不清楚")
    assert back.row.state == "claimed"
    assert back.row.timeline[-1]["note"] == "材料说明不清楚"
    again = await service.build(by, TEACHER, REISSUE)
    assert (again.row.round, again.reviews) == (2, ())
    await service.review(first, TEACHER, passed=True, opinion="同意")
    assert (await service.the_claim(TEACHER)).row.state == "built"


async def test_what_passed_is_given_to_fifteen_cities_with_what_is_local_there(
    database: None,
) -> None:
    by = await reviewed()
    province, wanted = await province_editor(), places()
    with pytest.raises(ProvinceOnly):
        await service.replicate(by, TEACHER, wanted)
    with pytest.raises(InvalidInput):
        await service.replicate(province, TEACHER, wanted[1:])
    with pytest.raises(InvalidInput):
        await service.replicate(province, TEACHER, [*wanted[1:], wanted[1]])
    told = await asyncio.gather(
        *(service.replicate(province, TEACHER, wanted) for _ in range(5)), return_exceptions=True
    )
    assert sum(isinstance(one, service.ClaimFacts) for one in told) == 1, told
    row = (await service.the_claim(TEACHER)).row
    assert row.state == "replicated"
    assert [one["outcome"] for one in row.replicas] == ["drafted"] * 15
    assert {one["region"] for one in row.replicas} == set(OTHERS)
    source = await items.published(REISSUE)
    for place in (wanted[0], wanted[14]):
        mine = await city_editor(place.region, place.org, f"owner-{place.region}")
        found = await items.drafts(mine)
        draft = await items.draft_view(mine, found[0]["id"])
        facts = draft.facts
        assert (draft.origin, draft.owner, draft.state) == ("catalogue", place.org, "draft")
        assert facts.code == f"{place.org}3{TEACHER}"
        assert (facts.region, facts.department) == (place.region, place.department)
        assert (facts.consult_phone, facts.address) == (place.consult_phone, place.address)
        assert (facts.name, facts.form_code, facts.materials) == (
            source.name,
            source.form_code,
            source.materials,
        )
        # Nothing but what a person must say is missing: their people can submit it as it is.
        assert [f for f in draft.findings if f.severity == "error"] == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        # The claiming city's own office would have its item taken to another city.
        ({"org": SCHOOLS}, "places"),
        ({"org": "*"}, "code"),
        ({"consult_phone": "0557-1000002", "complaint_phone": "0557-1000002"}, "complaint_phone"),
    ],
)
async def test_one_bad_local_parameter_writes_nothing_for_anybody(
    database: None, change: dict[str, str], field: str
) -> None:
    await reviewed()
    wanted = places()
    told = dict(change)
    if told.get("org") == "*":
        good = wanted[7].org
        told["org"] = good[:-1] + ("A" if good[-1] != "A" else "B")
    wanted[7] = replace(wanted[7], **told)
    with pytest.raises(InvalidInput) as refused:
        await service.replicate(await province_editor(), TEACHER, wanted)
    assert any(e["field"].endswith(field) for e in refused.value.facts["errors"])
    assert (await service.the_claim(TEACHER)).row.state == "reviewed"
    assert await db.value("SELECT count(*) FROM items_draft") == 0


async def test_a_city_that_has_it_or_writes_it_already_keeps_its_own(database: None) -> None:
    await reviewed()
    wanted, source = places(), await items.published(REISSUE)
    local = [board.localised(source, place) for place in wanted[:2]]
    owner = await city_editor(wanted[0].region, wanted[0].org, "owner")
    await items.open_draft(owner, local[0])
    await items.publish(Principal(), local[1])
    found = await service.replicate(await province_editor(), TEACHER, wanted)
    assert [one["outcome"] for one in found.row.replicas] == ["open", "kept"] + ["drafted"] * 13
    assert (await items.published(local[1].code)).version == 1


async def test_the_24_education_items_of_maanshan_stand_claimed_and_two_run(
    staff_surface: httpx.AsyncClient,
) -> None:
    await catalogue()
    await published()
    await published()
    mine = await bearer(await maanshan())
    told = (await staff_surface.get("/theme-claims", headers=mine)).json()["items"]
    assert len(told) == 24
    assert {one["region"] for one in told} == {MAANSHAN}
    runnable = [one for one in told if one["item_code"]]
    assert [one["name"] for one in runnable] == [
        "教师资格证书遗失、损毁补（换）发",
        "中等职业学校学历证明书办理",
    ]
    for one in runnable:
        item = await items.published(one["item_code"])
        assert item.functions["办理"]
    some: dict[str, Any] = (
        await staff_surface.get("/theme-claims", params={"state": "claimed"}, headers=mine)
    ).json()
    assert len(some["items"]) == 22


async def test_a_one_thing_is_open_in_a_city_once_its_items_are_there(database: None) -> None:
    await published()
    assert "birth" not in {one.template.code for one in await service.themes(MAANSHAN)}
    place = service.Place(
        MAANSHAN,
        office(MAANSHAN, 80),
        "马鞍山市卫生健康委员会",
        "0555-1000001",
        "0555-1000002",
        "测试路 1 号",
    )
    birth = (await service.theme("birth")).template
    sources = [(await items.implementations(part.basic))[0][0] for part in birth.parts]
    await items.publish_all(Principal(), [board.localised(one, place) for one in sources])
    assert "birth" in {one.template.code for one in await service.themes(MAANSHAN)}
    found = await service.plan("birth", service.Asked(MAANSHAN, {"mother_works": "no"}))
    assert {part.department for part in found.preview.parts} == {place.department}
