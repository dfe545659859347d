"""How is my case: one's own, nobody else's, page by page, and taken back."""

import asyncio
import json

import httpx
import pytest

from app_server.cases import service
from app_server.cases.schemas import CaseView, case_document, case_members
from app_server.kernel.errors import Conflict
from tests.builders.cases import desk_of, state_of, submitted
from tests.builders.items import PERMIT_COPY, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident


async def test_a_stranger_reads_no_case(public: httpx.AsyncClient) -> None:
    assert (await public.get("/cases")).status_code == 401
    assert (await public.get("/cases/340700000000261122000001")).status_code == 401


async def test_another_persons_case_does_not_exist(public: httpx.AsyncClient) -> None:
    case_no = await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    other = {**await bearer(await resident(name="王芳")), "if-match": '"1"'}
    for method, path in (("GET", ""), ("POST", "/withdraw")):
        reply = await public.request(method, f"/cases/{case_no}{path}", headers=other)
        assert (reply.status_code, reply.json()["code"]) == (404, "cases.no_such_case")
    corrected = await public.post(
        f"/cases/{case_no}/corrections", headers=other, json={"data": {}, "note": ""}
    )
    assert corrected.status_code == 404
    assert (await public.get("/cases", headers=other)).json()["items"] == []


async def test_a_staff_token_opens_no_resident_door(
    public: httpx.AsyncClient,
) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    headers = await bearer(await desk_of(item))
    assert (await public.get(f"/cases/{case_no}", headers=headers)).status_code == 401


async def test_the_owner_reads_list_and_case(public: httpx.AsyncClient) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    headers = await bearer(owner)
    page = (await public.get("/cases", headers=headers)).json()
    assert [c["case_no"] for c in page["items"]] == [case_no]
    assert page["items"][0]["region_name"] == "安徽省铜陵市"
    assert page["next"] is None
    reply = await public.get(f"/cases/{case_no}", headers=headers)
    body = reply.json()
    assert reply.headers["etag"] == '"1"'
    assert body["item_code"] == item.code
    handed_in = await public.get(f"/cases/{case_no}/application", headers=headers)
    assert handed_in.json()["data"]["id_number"]
    assert body["bill"] is None
    assert body["licence_id"] is None


async def test_the_fast_document_says_the_same_as_the_declared_shape(
    public: httpx.AsyncClient,
) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    case_no = await submitted(owner, item)
    await service.request_correction(
        await desk_of(item), case_no, 1, reason="照片不清晰", fields=[], materials=["photo"]
    )
    headers = await bearer(owner)
    view = await service.own_case(owner.subject, case_no)
    fast = CaseView.model_validate_json(case_document(view), strict=False)
    slow = CaseView.model_construct(**case_members(view))
    said = [json.loads(v.model_dump_json(exclude={"materials"})) for v in (fast, slow)]
    assert said[0] == said[1]
    body = (await public.get(f"/cases/{case_no}", headers=headers)).json()
    assert set(body) == set(json.loads(slow.model_dump_json()))


async def test_withdrawing_frees_the_item_for_a_new_application(
    public: httpx.AsyncClient,
) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    headers = {**await bearer(owner), "if-match": '"1"'}
    reply = await public.post(f"/cases/{case_no}/withdraw", headers=headers)
    assert (reply.json()["state"], reply.json()["can"]) == ("withdrawn", [])
    again = await submitted(owner, item)
    assert await state_of(again) == "submitted"


async def test_of_fifty_parallel_withdrawals_one_succeeds(database: None) -> None:
    owner, item = await resident(), (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(owner, item)
    results = await asyncio.gather(
        *(service.withdraw(owner, case_no, 1) for _ in range(50)), return_exceptions=True
    )
    assert sum(r is None for r in results) == 1
    assert sum(isinstance(r, Conflict) for r in results) == 49


@pytest.mark.parametrize("cursor", ["short", "!" * 22])
async def test_a_made_up_cursor_is_refused(public: httpx.AsyncClient, cursor: str) -> None:
    headers = await bearer(await resident())
    reply = await public.get("/cases", headers=headers, params={"cursor": cursor})
    assert reply.status_code == 422
