"""Statistics: report, chart, list and spreadsheet are the same numbers, and only within reach."""

import csv
import io
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.cases.service.statistics import _plain
from app_server.kernel import clock, db
from tests.builders.cases import desk_of, submitted
from tests.builders.items import PERMIT_COPY, UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

SPAN = {
    "first": (clock.today() - timedelta(days=9)).isoformat(),
    "last": clock.today().isoformat(),
}


@pytest.fixture
async def counted(staff_surface: httpx.AsyncClient) -> Any:
    """Five cases of a department over three days and two states, and one of another's."""
    items = await catalogue()
    item = items[UNEMPLOYMENT]
    numbers = [await submitted(await resident(), item) for _ in range(5)]
    await submitted(await resident(), items[PERMIT_COPY])
    for back, case_no in zip((0, 0, 1, 9, 10), numbers, strict=True):
        await db.execute(
            "UPDATE cases_case SET submitted_at = submitted_at - make_interval(days => $2) "
            "WHERE case_no = $1",
            case_no,
            back,
        )
    desk = await desk_of(item)
    await service.accept(desk, numbers[1], 1)
    headers = await bearer(desk)

    async def get(path: str = "", **params: Any) -> httpx.Response:
        return await staff_surface.get(
            f"/case-statistics{path}", headers=headers, params=SPAN | params
        )

    return get, numbers, item


async def test_a_stranger_counts_nothing(staff_surface: httpx.AsyncClient) -> None:
    for path in ("", "/cases", "/export"):
        reply = await staff_surface.get(f"/case-statistics{path}", params=SPAN)
        assert reply.status_code == 401


@pytest.mark.parametrize("by", ["region", "department", "item_type", "state"])
@pytest.mark.parametrize("only", [{}, {"state": "submitted"}, {"region": "340700"}])
async def test_report_chart_list_and_spreadsheet_agree(
    counted: Any, by: str, only: dict[str, str]
) -> None:
    get, _, _ = counted
    report = (await get(by=by, **only)).json()
    listed = (await get("/cases", by=by, **only)).json()["items"]
    total = 3 if only.get("state") else 4
    assert report["total"] == total == len(listed)
    assert sum(r["cases"] for r in report["rows"]) == total
    assert sum(d["cases"] for d in report["series"]) == total
    days = Counter(x["submitted_at"] for x in listed)
    assert len(report["series"]) == 10
    assert sum(days.values()) == total
    sheet = (await get("/export", by=by, **only)).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert ["", "合计", str(total)] in rows
    assert [r[:3] for r in rows[1 : 1 + len(report["rows"])]] == [
        [r["key"], r["name"], str(r["cases"])] for r in report["rows"]
    ]


async def test_cases_are_counted_on_the_day_in_china_and_in_their_kind(counted: Any) -> None:
    get, _, item = counted
    report = (await get(by="item_type")).json()
    assert [(r["key"], r["cases"]) for r in report["rows"]] == [(item.item_type, 4)]
    assert [d["cases"] for d in report["series"]] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    states = (await get(by="state")).json()["rows"]
    assert {(r["key"], r["name"], r["cases"]) for r in states} == {
        ("submitted", "已提交", 3),
        ("accepted", "已受理", 1),
    }


async def test_another_departments_officer_counts_other_cases(
    counted: Any, staff_surface: httpx.AsyncClient
) -> None:
    other = await bearer(await officer(login="else", org="11340000MB0000000M", region="340000"))
    reply = await staff_surface.get("/case-statistics", headers=other, params=SPAN)
    assert reply.json()["total"] == 0
    outside = (await counted[0](region="341600")).json()
    assert (outside["total"], outside["rows"]) == (0, [])


async def test_an_export_is_on_record(counted: Any) -> None:
    reply = await counted[0]("/export")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    noted = "SELECT count(*) FROM kernel_audit WHERE action = 'cases.statistics_exported'"
    assert await db.value(noted) == 1


@pytest.mark.parametrize(
    ("first", "last"), [("2026-11-22", "2026-11-21"), ("2020-01-01", "2026-01-01")]
)
async def test_a_span_that_is_none_is_refused(counted: Any, first: str, last: str) -> None:
    reply = await counted[0](first=first, last=last)
    assert (reply.status_code, reply.json()["code"]) == (422, "cases.span_too_long")


@pytest.mark.parametrize("bad", [{"by": "applicant"}, {"first": "x"}, {"item_type": "1;"}])
async def test_what_cannot_be_counted_by_is_refused(counted: Any, bad: dict[str, str]) -> None:
    assert (await counted[0](**bad)).status_code == 422


def test_a_spreadsheet_takes_no_text_for_a_formula() -> None:
    assert [_plain(t) for t in ("=1+1", "@x", "住建局")] == ["'=1+1", "'@x", "住建局"]
