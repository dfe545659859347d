"""The desk: only what is within reach, by colour of the deadline, in two orders, counted cheaply."""

import importlib
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.kernel import clock, db, working_days
from app_server.kernel.principal import Principal
from tests.builders.cases import desk_of, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

# The package's `desk` is the command; this is its module.
desks = importlib.import_module("app_server.cases.service.desk")


@pytest.fixture
async def office(staff_surface: httpx.AsyncClient) -> Any:
    """Four submitted cases of one department, and its officer on the staff surface."""
    item = (await catalogue())[UNEMPLOYMENT]
    numbers = [await submitted(await resident(), item) for _ in range(4)]
    principal = await desk_of(item)
    headers = await bearer(principal)

    async def get(path: str, **params: Any) -> Any:
        reply = await staff_surface.get(path, headers=headers, params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    return SimpleNamespace(
        get=get,
        numbers=numbers,
        item=item,
        officer=principal,
        client=staff_surface,
        headers=headers,
    )


async def due(case_no: str, days: int, **more: Any) -> None:
    """Put the deadline `days` working days from today (natural days when past)."""
    calendar, today = await working_days.calendar(), clock.today()
    day = calendar.add_working_days(today, days)[0] if days >= 0 else today + timedelta(days=days)
    columns = {"state": "accepted", "due_on": day, "limit_days": 20, "limit_unit": "workday"} | more
    names = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
    await db.execute(
        f"UPDATE cases_case SET {names} WHERE case_no = $1", case_no, *columns.values()
    )


async def test_a_stranger_sees_no_desk(staff_surface: httpx.AsyncClient) -> None:
    for path in ("/cases", "/case-counts"):
        assert (await staff_surface.get(path)).status_code == 401


async def test_another_department_and_another_region_see_nothing(office: Any) -> None:
    for org, region in (("11341602MB0000000X", "340700"), (office.item.org, "341600")):
        other = await bearer(await officer(login=f"o{region}{org[-1]}", org=org, region=region))
        for path, key in (("/cases", "items"), ("/case-counts", "states")):
            reply = await office.client.get(path, headers=other)
            assert (reply.status_code, reply.json()[key]) == (200, []), path


async def test_a_submitted_case_shows_when_silence_becomes_acceptance(office: Any) -> None:
    page = await office.get("/cases")
    assert [x["case_no"] for x in page["items"]] == office.numbers[::-1]
    calendar = await working_days.calendar()
    last = calendar.add_working_days(clock.today(), 5)[0].isoformat()
    shown = {(x["silence_on"], x["deadline_on"], x["colour"]) for x in page["items"]}
    assert shown == {(last, last, "green")}


@pytest.mark.parametrize(
    ("days", "more", "colour"),
    [
        (-1, {}, "red"),
        (0, {}, "yellow"),
        (4, {}, "yellow"),  # a fifth of twenty
        (5, {}, "green"),
        (1, {"limit_days": 3}, "yellow"),  # at least one working day
        (2, {"limit_days": 3}, "green"),
        (0, {"state": "suspended"}, ""),
        (0, {"state": "correction_asked"}, ""),
        (0, {"limit_unit": "day", "limit_days": 1}, "yellow"),
    ],
)
async def test_the_colour_shown_is_the_colour_asked_for(
    office: Any, days: int, more: dict[str, Any], colour: str
) -> None:
    await due(office.numbers[0], days, **more)
    found = {
        name: [x["case_no"] for x in (await office.get("/cases", colour=name))["items"]]
        for name in ("red", "yellow", "green")
    }
    shown = {x["case_no"]: x["colour"] for x in (await office.get("/cases"))["items"]}
    assert shown[office.numbers[0]] == colour
    assert {n for n, cases in found.items() if office.numbers[0] in cases} == {colour} - {""}
    counted = {c["key"]: c["count"] for c in (await office.get("/case-counts"))["colours"]}
    assert counted == {name: len(cases) for name, cases in found.items()}


async def test_row_and_condition_agree_for_every_limit(office: Any) -> None:
    ahead = await desks.horizons()
    for n, limit in enumerate((1, 4, 5, 9, 10, 45, 90, 400)):
        for unit in ("workday", "day"):
            day = ahead.days[max(1, limit // 5)] + timedelta(days=n % 3 - 1)
            await due(office.numbers[1], 0, limit_days=limit, limit_unit=unit, due_on=day)
            rows = {
                colour: await service.desk(office.officer, service.Wanted(colour=colour))
                for colour in ("red", "yellow", "green")
            }
            for colour, found in rows.items():
                assert {r.colour for r in found} <= {colour}, (limit, unit, day)
            assert sum(len(found) for found in rows.values()) == 4


async def test_the_soonest_deadline_comes_first_page_by_page(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, case_no in zip((9, 2, 2, 5), office.numbers, strict=True):
        await due(case_no, days)
    order = [office.numbers[n] for n in (1, 2, 3, 0)]
    monkeypatch.setattr(desks, "PAGE", 2)
    monkeypatch.setattr(service, "DESK_PAGE", 2)
    first = await office.get("/cases", order="deadline")
    second = await office.get("/cases", order="deadline", cursor=first["next"])
    assert [x["case_no"] for x in first["items"] + second["items"]] == order
    newest = await office.get("/cases")
    rest = await office.get("/cases", cursor=newest["next"])
    assert [x["case_no"] for x in newest["items"] + rest["items"]] == office.numbers[::-1]
    # A place in one order is none in the other.
    for order_, cursor in (("newest", first["next"]), ("deadline", newest["next"])):
        reply = await office.client.get(
            "/cases", headers=office.headers, params={"order": order_, "cursor": cursor}
        )
        assert reply.status_code == 400


async def test_words_and_numbers_find_a_case(office: Any) -> None:
    whole = await office.get("/cases", q=office.numbers[2])
    assert [x["case_no"] for x in whole["items"]] == [office.numbers[2]]
    assert len((await office.get("/cases", q="失业"))["items"]) == 4
    assert (await office.get("/cases", q="%"))["items"] != []
    assert (await office.get("/cases", q="没有的事项"))["items"] == []


async def test_counts_stop_at_a_hundred(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await office.get("/case-counts"))["states"] == [
        {"key": "submitted", "name": "已提交", "count": 4, "more": False}
    ]
    monkeypatch.setattr(desks, "MOST_COUNTED", 3)
    monkeypatch.setattr(service, "MOST_COUNTED", 3)
    counted = (await office.get("/case-counts"))["states"][0]
    assert (counted["count"], counted["more"]) == (3, True)


@pytest.mark.parametrize(
    "params",
    [
        {"order": "price"},
        {"colour": "blue"},
        {"cursor": "x"},
        {"cursor": "A" * 22 + "99999999"},
        {"region": "34' OR 1=1"},
        {"scope": "all"},
        {"q": "x" * 51},
        {"state": "gone"},
    ],
)
async def test_what_no_list_knows_is_refused(office: Any, params: dict[str, str]) -> None:
    reply = await office.client.get("/cases", headers=office.headers, params=params)
    assert reply.status_code in {400, 422}
    assert reply.headers["content-type"].startswith("application/problem+json")


def test_a_principal_without_a_region_lists_nothing() -> None:
    nobody = Principal(kind="staff", roles=frozenset({"case_officer"}), org="x", region="")
    where = desks.Conditions(nobody, "own")
    assert where.args[1] == ""
