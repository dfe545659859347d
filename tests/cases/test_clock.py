"""The legal clock: what stops it, what extends it, and a calendar that changes."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from app_server.cases import service
from app_server.cases.errors import (
    ExtensionRefused,
    NoSuchProcedure,
    NotInThisState,
    SamePerson,
)
from app_server.kernel import clock, db, working_days
from app_server.kernel.errors import Conflict
from app_server.kernel.outbox import announce
from app_server.kernel.working_days import CalendarChanged
from tests.builders.cases import approved, desk_of, state_of, submitted
from tests.builders.cases_tailored import tailored
from tests.builders.items import PERMIT_COPY, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

HIGHER = "11340000MB0000000M"
EXPERT = {"code": "expert", "name": "专家评审", "days": 10}


async def titles(person: Any) -> list[str]:
    rows = await db.rows(
        "SELECT title FROM notify_message WHERE person_id=$1 ORDER BY id", person.subject
    )
    return [row["title"] for row in rows]


async def events(name: str) -> int:
    return await db.value("SELECT count(*) FROM kernel_event WHERE name=$1", name)


def at(monkeypatch: pytest.MonkeyPatch, moment: Any) -> None:
    """Let it be another time for everything that asks the clock."""
    monkeypatch.setattr(clock, "_source", lambda: moment)


async def test_a_special_procedure_stops_the_clock_for_its_needed_time_at_most(
    staff_surface: httpx.AsyncClient, deliver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await tailored(PERMIT_COPY, special_procedures=[EXPERT])
    owner, desk = await resident(), await desk_of(item)
    case_no = await submitted(owner, item)
    await service.accept(desk, case_no, 1)
    due = await db.value("SELECT due_on FROM cases_case")
    for kind, days in (("hearing", 1), ("expert", 11)):
        with pytest.raises(NoSuchProcedure):
            await service.suspend(desk, case_no, 2, kind=kind, days=days, reason="需评审")
    await service.suspend(desk, case_no, 2, kind="expert", days=3, reason="需专家评审")
    assert await db.value("SELECT due_on FROM cases_case") is None
    with pytest.raises(NotInThisState):
        await approved(desk, case_no, item)
    over = await db.value(
        "SELECT run_at FROM kernel_delivery WHERE handler='cases.suspension_over'"
    )
    at(monkeypatch, over + timedelta(days=9))
    await deliver()
    assert await state_of(case_no) == "in_review"
    calendar = await working_days.calendar()
    after = await db.value("SELECT due_on FROM cases_case")
    # However late the timer ran, three working days and no more are left out.
    assert calendar.working_days_between(due, after) == 3
    monkeypatch.undo()
    headers = await bearer(desk)
    told = (await staff_surface.get(f"/cases/{case_no}/clock", headers=headers)).json()
    assert (told["days"], told["unit"], told["paused"]) == (15, "workday", False)
    assert sum(line["counted"] for line in told["lines"]) == 15
    assert "特别程序期间，不计入" in {line["reason"] for line in told["lines"]}
    assert "进入特别程序" in await titles(owner)


async def test_an_extension_is_asked_by_one_approved_by_another_and_given_once(
    database: None, deliver: Any
) -> None:
    item = (await catalogue())[PERMIT_COPY]
    assert item.extension_days == 10
    owner, desk = await resident(), await desk_of(item)
    head = await officer("case_head", login="head", region=item.region, org=item.org)
    case_no = await submitted(owner, item)
    await service.accept(desk, case_no, 1)
    due = await db.value("SELECT due_on FROM cases_case")
    with pytest.raises(ExtensionRefused):
        await service.ask_extension(desk, case_no, 2, days=11, reason="案情复杂")
    with pytest.raises(ExtensionRefused):
        await service.extend(head, case_no, 2)
    await service.ask_extension(desk, case_no, 2, days=5, reason="案情复杂")
    with pytest.raises(SamePerson):
        await service.extend(desk, case_no, 3)
    await service.extend(head, case_no, 3, "同意")
    after = await db.value("SELECT due_on FROM cases_case")
    assert (await working_days.calendar()).working_days_between(due, after) == 5
    with pytest.raises(ExtensionRefused):
        await service.ask_extension(desk, case_no, 4, days=1, reason="再延一天")
    steps = (await service.own_case(owner.subject, case_no)).part("timeline")
    assert [s["state_name"] for s in steps] == ["已提交", "受理", "经批准延长办理期限"]
    await deliver()
    assert "办理期限延长" in await titles(owner)


async def test_a_changed_calendar_moves_open_limits_and_says_so(
    database: None, deliver: Any
) -> None:
    owner, item = await resident(), (await catalogue())[PERMIT_COPY]
    case_no = await submitted(owner, item)
    await service.accept(await desk_of(item), case_no, 1)
    row = await db.row("SELECT due_on, due_provisional, version FROM cases_case")
    assert row is not None
    day: date = row["due_on"]
    try:
        await db.execute(
            "INSERT INTO kernel_calendar_day (day, working, name) VALUES ($1, false, '临时放假') "
            "ON CONFLICT (day) DO UPDATE SET working=false",
            day,
        )
        async with db.unit_of_work():
            announce(CalendarChanged(years=[day.year]))
        await deliver()
        await deliver()
        moved = await db.row("SELECT due_on, version, clock FROM cases_case")
        assert moved is not None
        assert moved["due_on"] > day
        assert moved["version"] == row["version"] + 1
        assert str(day) in moved["clock"]
        assert "办结日期调整" in await titles(owner)
    finally:
        await db.execute("DELETE FROM kernel_calendar_day WHERE name='临时放假'")
        working_days.forget()


async def test_of_fifty_suspensions_one_changes_the_clock(database: None) -> None:
    item = await tailored(special_procedures=[EXPERT])
    desk = await desk_of(item)
    case_no = await submitted(await resident(), item)
    await service.accept(desk, case_no, 1)
    done = await asyncio.gather(
        *(
            service.suspend(desk, case_no, 2, kind="expert", days=3, reason="评审")
            for _ in range(50)
        ),
        return_exceptions=True,
    )
    assert sum(result is None for result in done) == 1, done[:3]
    assert sum(isinstance(result, Conflict) for result in done) == 49
    assert await db.value("SELECT jsonb_array_length(clock->'pauses') FROM cases_case") == 1
    assert await db.value("SELECT count(*) FROM cases_step WHERE move='suspend'") == 1
    assert await events("cases.clock_paused/1") == 1
