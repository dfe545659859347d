"""The calendar: announced or provisional, imported by an operator, explained day by day."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from app_server.kernel import db, working_days
from tests.builders.people import bearer
from tests.builders.staff import administrator, officer

# 2027 as it might be announced (演示值): every statutory holiday and its moved working days.
OFF = {
    "元旦": ["2027-01-01"],
    "春节": [f"2027-02-{d:02d}" for d in range(5, 13)],
    "清明": ["2027-04-05"],
    "劳动节": [f"2027-05-{d:02d}" for d in range(1, 6)],
    "端午": ["2027-06-09"],
    "中秋": ["2027-09-15"],
    "国庆": [f"2027-10-{d:02d}" for d in range(1, 8)],
}
WORKED = ["2027-01-30", "2027-02-20", "2027-04-25", "2027-05-08", "2027-09-26", "2027-10-09"]
DAYS: list[dict[str, Any]] = [
    {"day": day, "working": False, "name": name} for name, days in OFF.items() for day in days
] + [{"day": day, "working": True, "name": "调休"} for day in WORKED]
BODY = {"days": DAYS, "source": "国务院办公厅通知（演示）"}


@pytest.fixture
async def calendar(staff_surface: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """The staff surface; afterwards the calendar is the library's again."""
    yield staff_surface
    await db.execute("DELETE FROM kernel_calendar_day")
    await db.execute("DELETE FROM kernel_calendar_year")
    await db.execute("TRUNCATE kernel_calendar_import")
    await working_days.import_library()


async def admin() -> dict[str, str]:
    return await bearer(await administrator())


async def test_a_stranger_and_an_officer_import_nothing(calendar: httpx.AsyncClient) -> None:
    assert (await calendar.put("/calendar/2027", json=BODY)).status_code == 401
    headers = await bearer(await officer(login="desk"))
    reply = await calendar.put("/calendar/2027", json=BODY, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "kernel.not_your_role")
    assert (await calendar.get("/calendar/2027", headers=headers)).status_code == 403


async def test_an_imported_year_counts_at_once_and_everyone_is_told(
    calendar: httpx.AsyncClient,
) -> None:
    headers = await admin()
    before = (await calendar.get("/calendar/2027", headers=headers)).json()
    assert (before["announced"], before["days"]) == (False, [])
    start = date(2027, 9, 30)
    assert (await working_days.calendar()).add_working_days(start, 3) == (date(2027, 10, 5), True)
    reply = await calendar.put("/calendar/2027", json=BODY, headers=headers)
    assert (reply.status_code, reply.json()["announced"]) == (200, True), reply.text
    # 8 October (Friday), the Saturday worked on the 9th, and Monday.
    assert (await working_days.calendar()).add_working_days(start, 3) == (date(2027, 10, 11), False)
    told = await db.value("SELECT payload FROM kernel_event WHERE name='kernel.calendar_changed/1'")
    assert json.loads(told)["years"] == [2027]
    assert await db.value("SELECT count(*) FROM kernel_audit WHERE action LIKE 'kernel.cal%'") == 1


async def test_the_same_import_again_changes_nothing_and_a_change_keeps_what_was(
    calendar: httpx.AsyncClient,
) -> None:
    headers = await admin()
    await calendar.put("/calendar/2027", json=BODY, headers=headers)
    await calendar.put("/calendar/2027", json=BODY, headers=headers)
    assert await db.value("SELECT count(*) FROM kernel_event WHERE name LIKE 'kernel%'") == 1
    longer = {"day": "2027-02-15", "working": False, "name": "春节"}
    more = [*DAYS, longer, {"day": "2027-02-28", "working": True, "name": "调休"}]
    emergency = {"days": more, "source": "延长春节假期的通知（演示）"}
    assert (
        await calendar.put("/calendar/2027", json=emergency, headers=headers)
    ).status_code == 200
    history = (await calendar.get("/calendar/2027/imports", headers=headers)).json()["items"]
    assert [len(h["previous"]) for h in history] == [len(DAYS), 0]
    assert history[0]["source"] == "延长春节假期的通知（演示）"
    assert not (await working_days.calendar()).works(date(2027, 2, 15))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"day": "2026-12-31", "working": False, "name": "元旦"}, "不在 2027 年"),
        ({"day": "2027-01-01", "working": False, "name": "元旦"}, "重复"),
        ({"day": "2027-03-03", "working": True, "name": "调休"}, "本是工作日"),
    ],
)
async def test_a_day_that_cannot_be_is_named(
    calendar: httpx.AsyncClient, changed: dict[str, Any], message: str
) -> None:
    body = BODY | {"days": [*DAYS, changed]}
    reply = await calendar.put("/calendar/2027", json=body, headers=await admin())
    assert reply.status_code == 422
    assert any(message in e["message"] for e in reply.json()["errors"])
    assert await db.value("SELECT count(*) FROM kernel_calendar_import") == 0


@pytest.mark.parametrize("missing", OFF)
async def test_an_announced_year_without_a_holiday_is_not_complete(
    calendar: httpx.AsyncClient, missing: str
) -> None:
    body = BODY | {"days": [d for d in DAYS if d["name"] != missing]}
    found = await calendar.put("/calendar/2027", json=body, headers=await admin())
    assert found.status_code == 422
    assert any(missing in e["message"] for e in found.json()["errors"])


async def test_days_off_that_nobody_makes_up_for_are_questioned(
    calendar: httpx.AsyncClient,
) -> None:
    body = BODY | {"days": [d for d in DAYS if not d["working"]]}
    found = await calendar.put("/calendar/2027", json=body, headers=await admin())
    assert "调休上班只有 0 天" in found.json()["errors"][0]["message"]


async def test_an_expected_year_may_be_incomplete_and_stays_provisional(
    calendar: httpx.AsyncClient,
) -> None:
    body = {"days": DAYS[:1], "announced": False, "source": "预排"}
    reply = await calendar.put(
        "/calendar/2028",
        json=body | {"days": [{"day": "2028-01-01", "working": False, "name": "元旦"}]},
        headers=await admin(),
    )
    assert (reply.status_code, reply.json()["announced"]) == (200, False)
    assert (await working_days.calendar()).add_working_days(date(2028, 1, 3), 1)[1]


@pytest.mark.parametrize("year", [2003, 2100, "abc", "2027;--"])
async def test_a_year_that_is_none_is_refused(calendar: httpx.AsyncClient, year: object) -> None:
    reply = await calendar.put(f"/calendar/{year}", json=BODY, headers=await admin())
    assert reply.status_code in {404, 422}


async def test_the_librarys_announced_year_passes_our_own_checks(database: None) -> None:
    for year in (2025, 2026):
        facts = await working_days.year_of(year)
        assert facts.announced
        assert working_days._findings(year, facts.days, announced=True) == []
