"""What pages report: only while open, only what the manifest asks, and never about anybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.kernel import db
from miniapps import rules, service
from tests.builders.miniapps import released_app, team
from tests.builders.people import bearer, resident

APP = "ah341600test"
ID = "11010519491231002X"


async def opened(public, person=None, **changes):
    await released_app(min_tier=0, **changes)
    headers = await bearer(person) if person else {}
    launched = await public.post(f"/miniapps/{APP}/launches", json={}, headers=headers)
    told = launched.json()
    return f"/launches/{told['launch_id']}/traces", told["token"]


def body(token: str, **more):
    return {"token": token, "kind": "error", "page": "index.html", "name": "坏了"} | more


async def test_who_has_not_opened_the_app_reports_nothing(public):
    path, token = await opened(public)
    assert (await public.post(path, json=body("x" * 43))).status_code == 404
    assert (await public.post(path, json=body(token, kind="secret"))).status_code == 422
    assert await db.value("SELECT count(*) FROM miniapps_trace") == 0


async def test_a_stranger_reads_no_reports(public, staff_surface):
    await opened(public)
    path = f"/miniapps/{APP}/traces"
    assert (await staff_surface.get(path)).status_code == 401
    other = await bearer(await team("340100"))
    assert (await staff_surface.get(path, headers=other)).status_code == 404


async def test_makers_read_what_happened_and_not_to_whom(public, staff_surface):
    person = await resident(tier=2)
    path, token = await opened(public, person)
    told = body(
        token,
        page=f"https://x.example.cn/pay.html?id={ID}#/step/2?phone=13900000002",
        name=f"没有 {ID} 的记录，联系 a@b.cn",
        data={"phone": "139 0000 0002", "number": 13900000002, "n": 3, "list": [1]},
    )
    sent = await public.post(path, json=told, headers=await bearer(person))
    assert sent.status_code == 204
    headers = await bearer(await team())
    reply = await staff_surface.get(f"/miniapps/{APP}/traces", headers=headers)
    (row,) = reply.json()["items"]
    assert row["page"] == "/pay.html#/step/2"
    assert row["data"] == {"phone": "…", "number": "…", "n": 3}
    text = reply.text + str(await db.rows("SELECT * FROM miniapps_trace"))
    for private in (ID, "13900000002", "0000 0002", "a@b.cn"):
        assert private not in text


async def test_an_app_that_wants_no_reports_gets_none(public):
    path, token = await opened(public, telemetry={"errors": False})
    assert (await public.post(path, json=body(token))).status_code == 204
    assert (await public.post(path, json=body(token, kind="view"))).status_code == 204
    assert await db.value("SELECT count(*) FROM miniapps_trace") == 0


async def test_reports_are_read_by_kind_and_page_by_page(public, monkeypatch):
    path, token = await opened(public, telemetry={"page_views": True})
    for kind in ("view", "error", "view"):
        await public.post(path, json=body(token, kind=kind))
    assert [row.kind for row in await service.traces_of(APP)] == ["view", "error", "view"]
    newest, *_ = await service.traces_of(APP)
    assert [row.kind for row in await service.traces_of(APP, "view", newest.id)] == ["view"]


@pytest.mark.parametrize("most", [300])
async def test_a_report_is_small_whatever_comes(public, most):
    path, token = await opened(public)
    told = body(token, name="长" * 400, data={str(n): "x" * 300 for n in range(40)})
    assert (await public.post(path, json=told)).status_code == 204
    (row,) = await service.traces_of(APP)
    assert len(row.name) <= most
    assert len(row.data) <= rules.traces.MOST_FIELDS
    huge = body(token, data={"a": "x" * 20_000})
    assert (await public.post(path, json=huge)).status_code == 413


@given(st.from_regex(r"1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9X]", fullmatch=True), st.text(max_size=40))
def test_no_phone_or_id_number_is_left_in_any_text(number, around):
    assert number not in rules.plain(f"{around}{number}{around[::-1]}")
