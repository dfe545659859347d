"""From draft to case: tier, prefill, validation, once only."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import AlreadyRunning, NotOnline
from app_server.forms import service as forms
from app_server.forms.errors import DraftUsed
from app_server.kernel import db
from tests.builders.cases import filled_draft, state_of, submitted
from tests.builders.items import PERMIT_COPY, RENTAL, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident

KEY = {"idempotency-key": "key-00000001"}


async def test_a_stranger_cannot_begin(public: httpx.AsyncClient) -> None:
    item = (await catalogue())[RENTAL]
    reply = await public.post("/cases/drafts", json={"item_code": item.code})
    assert reply.status_code == 401


async def test_tier_1_is_told_that_the_rental_item_needs_tier_2(
    public: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[RENTAL]
    headers = await bearer(await resident(tier=1))
    reply = await public.post("/cases/drafts", headers=headers, json={"item_code": item.code})
    assert reply.status_code == 401
    assert reply.json()["code"] == "kernel.tier_required"
    assert reply.json()["required_tier"] == 2
    assert "acr_values" in reply.headers["www-authenticate"]


async def test_an_item_without_a_form_says_so(database: None) -> None:
    item = next(i for i in (await catalogue()).values() if not i.form_code)
    owner = await resident(tier=2)
    with pytest.raises(NotOnline):
        await service.open_draft(owner.__class__(kind="person", id=owner.id, tier=3), item.code)


async def test_a_registry_that_is_away_leaves_its_fields_empty_and_is_named(
    public: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[RENTAL]
    headers = await bearer(await resident(tier=2))
    reply = await public.post("/cases/drafts", headers=headers, json={"item_code": item.code})
    assert reply.status_code == 201, reply.text
    body = reply.json()
    assert body["data"]["name"] == "李明轩"
    assert "household_size" not in body["data"]
    widget = body["ui_schema"]["widgets"]["household_size"]
    assert widget["placeholder"] == "户籍信息暂时无法获取，请自行填写"
    assert [m["file"] for m in body["materials"]] == [None, None]


async def test_with_the_registries_four_fields_in_five_are_prefilled(
    database: None, simulators: dict[str, str]
) -> None:
    item = (await catalogue())[RENTAL]
    owner = await resident(tier=2, number="341602199003074511")
    draft = await service.open_draft(owner, item.code)
    assert len(draft.data) / len(draft.form.schema["properties"]) >= 0.8
    assert draft.data["household_size"] == 3
    assert draft.sources["household_size"]["source_name"] == "户籍库"
    assert not draft.missing


async def test_a_submitted_case_has_number_timeline_and_one_of_everything(
    public: httpx.AsyncClient,
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    draft_id = await filled_draft(owner, item)
    reply = await public.post(
        "/cases", headers={**await bearer(owner), **KEY}, json={"draft_id": str(draft_id)}
    )
    assert reply.status_code == 201, reply.text
    body = reply.json()
    assert body["case_no"].startswith("340700000000")
    assert body["state"] == "submitted"
    assert [s["state_name"] for s in body["steps"]] == ["已提交"]
    assert body["can"] == ["withdraw", "choose_delivery"]
    assert "data" not in body
    handed_in = await public.get(
        f"/cases/{body['case_no']}/application", headers=await bearer(owner)
    )
    assert handed_in.json()["schema"]["properties"]["reason"]["title"] == "失业原因"
    for table in ("cases_case", "cases_step", "kernel_idempotency"):
        assert await db.value(f"SELECT count(*) FROM {table}") == 1, table
    assert await db.value("SELECT count(*) FROM kernel_event WHERE name='cases.submitted/1'") == 1
    assert await db.value("SELECT count(*) FROM kernel_delivery WHERE handler='cases.silence'") == 1
    stored = await db.value("SELECT data FROM cases_case")
    assert "李明轩" not in stored


async def test_the_same_key_again_gets_the_same_case(public: httpx.AsyncClient) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    body = {"draft_id": str(await filled_draft(owner, item))}
    headers = {**await bearer(owner), **KEY}
    first = await public.post("/cases", headers=headers, json=body)
    again = await public.post("/cases", headers=headers, json=body)
    assert (again.status_code, again.json()["case_no"]) == (201, first.json()["case_no"])
    assert await db.value("SELECT count(*) FROM cases_case") == 1


async def test_an_incomplete_form_is_refused_field_by_field_in_chinese(
    public: httpx.AsyncClient,
) -> None:
    owner, item = await resident(tier=2), (await catalogue())[RENTAL]
    draft = await service.open_draft(owner, item.code)
    draft = await forms.save(
        owner.subject, draft.id, draft.version, {**draft.data, "promise": False}
    )
    reply = await public.post(
        "/cases", headers={**await bearer(owner), **KEY}, json={"draft_id": str(draft.id)}
    )
    assert reply.status_code == 422
    errors = {e["field"]: e["message"] for e in reply.json()["errors"]}
    assert errors["monthly_income"] == "必填"
    assert errors["promise"] == "需要同意后才能提交"
    assert await db.value("SELECT count(*) FROM cases_case") == 0


async def test_a_required_material_must_be_there(database: None) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    draft_id = await filled_draft(owner, item)
    await forms.remove_material(owner.subject, draft_id, "photo")
    with pytest.raises(Exception, match="填写的内容有误") as caught:
        await service.submit(owner, draft_id)
    assert caught.value.facts["errors"] == [
        {"field": "materials.photo", "message": "请上传近期免冠照片"}
    ]


async def test_another_persons_draft_cannot_be_submitted(public: httpx.AsyncClient) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    draft_id = await filled_draft(owner, item)
    other = await bearer(await resident(name="王芳"))
    reply = await public.post("/cases", headers={**other, **KEY}, json={"draft_id": str(draft_id)})
    assert reply.status_code == 404
    unknown = await public.post(
        "/cases",
        headers={**other, "idempotency-key": "another-key"},
        json={"draft_id": str(uuid4())},
    )
    assert unknown.status_code == 404


async def test_one_item_runs_once_for_a_person(database: None) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    await submitted(owner, item)
    second = await filled_draft(owner, item)
    with pytest.raises(AlreadyRunning):
        await service.submit(owner, second)


async def test_of_many_parallel_submissions_of_one_draft_one_becomes_a_case(
    database: None,
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    draft_id = await filled_draft(owner, item)
    results = await asyncio.gather(
        *(service.submit(owner, draft_id) for _ in range(20)), return_exceptions=True
    )
    won = [r.row["case_no"] for r in results if isinstance(r, service.Standing)]
    assert len(won) == 1
    assert all(isinstance(r, (service.Standing, AlreadyRunning, DraftUsed)) for r in results)
    assert await state_of(won[0]) == "submitted"


async def test_the_draft_is_closed_and_the_person_told(database: None, deliver: object) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    draft_id = await filled_draft(owner, item)
    case_no = (await service.submit(owner, draft_id)).row["case_no"]
    await deliver()
    assert (await forms.draft(owner.subject, draft_id)).used
    link = await db.value("SELECT link FROM notify_message WHERE person_id=$1", owner.id)
    assert link == f"/cases/{case_no}"
