"""补录: entered by hand with the time it happened; too late is told to supervision (R-CAS-15)."""

import asyncio
from datetime import timedelta

import pytest

from app_server.cases import service as cases
from app_server.exchange.models import Entry
from app_server.kernel import clock, db
from tests.builders.cases import desk_of, state_of, submitted, version_of
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

LATE = "SELECT payload FROM kernel_event WHERE name='exchange.late_entry/1'"
AGES = timedelta(days=20)


@pytest.fixture
async def item(database):
    return (await catalogue())[UNEMPLOYMENT]


@pytest.fixture
async def case_no(item):
    """A case that came in twenty days ago and is accepted."""
    number = await submitted(await resident(), item)
    await cases.accept(await desk_of(item), number, await version_of(number))
    await db.execute("UPDATE cases_case SET submitted_at = submitted_at - $1::interval", AGES)
    return number


@pytest.fixture
async def desk(item):
    return await bearer(await desk_of(item))


def told(hours: float, **more):
    at = (clock.now() - timedelta(hours=hours)).isoformat()
    return {"title": "省级系统受理", "note": "编号 X-1", "at": at} | more


async def test_a_stranger_and_another_desk_enter_nothing(staff_surface, case_no):
    at = f"/exchange/cases/{case_no}/entries"
    assert (await staff_surface.post(at, json=told(1))).status_code == 401
    other = await bearer(await officer(login="elsewhere", org="11340500MBDM0005XX"))
    assert (await staff_surface.post(at, json=told(1), headers=other)).status_code == 404
    admin = await bearer(await officer("system_admin", login="admin"))
    assert (await staff_surface.post(at, json=told(1), headers=admin)).status_code == 403
    assert await Entry.all().count() == 0


async def test_an_entry_in_time_stands_in_the_timeline_as_such_and_moves_nothing(
    staff_surface, case_no, desk
):
    at = f"/exchange/cases/{case_no}/entries"
    said = told(0.5)
    reply = await staff_surface.post(at, json=said, headers=desk)
    assert reply.status_code == 201, reply.text
    assert reply.json() == {"added": True, "late": False, "limit_days": 1}
    assert await state_of(case_no) == "accepted"
    view = await staff_surface.get(f"/cases/{case_no}", headers=desk)
    (line,) = [step for step in view.json()["steps"] if step.get("channel") == "补录"]
    assert (line["state_name"], line["note"]) == ("省级系统受理", "编号 X-1")
    assert not await db.rows(LATE)
    again = await staff_surface.post(at, json=said, headers=desk)
    assert again.json()["added"] is False
    assert await Entry.all().count() == 1


async def test_an_entry_after_the_limit_is_announced_once_with_both_times(
    staff_surface, case_no, desk, item
):
    at = f"/exchange/cases/{case_no}/entries"
    said = told(24 * 9)
    replies = await asyncio.gather(
        *(staff_surface.post(at, json=said, headers=desk) for _ in range(6))
    )
    assert {reply.status_code for reply in replies} == {201}
    assert [reply.json()["added"] for reply in replies].count(True) == 1
    (event,) = await db.rows(LATE)
    assert said["at"][:19] in event["payload"]
    assert item.org in event["payload"]
    assert "编号 X-1" not in event["payload"]
    listed = await staff_surface.get("/exchange/entries?late=true", headers=desk)
    assert [row["case_no"] for row in listed.json()["items"]] == [case_no]


async def test_the_head_of_the_items_organisation_sets_its_limit(
    staff_surface, case_no, desk, item
):
    at = f"/exchange/entry-limits/{item.code}"
    assert (await staff_surface.put(at, json={"days": 20}, headers=desk)).status_code == 403
    elsewhere = await officer("case_head", login="head2", org="11340500MBDM0005XX")
    foreign = await staff_surface.put(at, json={"days": 20}, headers=await bearer(elsewhere))
    assert foreign.json()["code"] == "exchange.not_your_item"
    head = await bearer(await officer("case_head", login="head", org=item.org, region=item.region))
    assert (await staff_surface.put(at, json={"days": 31}, headers=head)).status_code == 422
    assert (await staff_surface.put(at, json={"days": 20}, headers=head)).status_code == 204
    reply = await staff_surface.post(
        f"/exchange/cases/{case_no}/entries", json=told(24 * 9), headers=desk
    )
    assert reply.json() == {"added": True, "late": False, "limit_days": 20}
    assert not await db.rows(LATE)


@pytest.mark.parametrize(
    "change",
    [{"at": "2999-01-01T00:00:00+08:00"}, {"at": "2001-01-01T00:00:00+08:00"}, {"at": "soon"},
     {"at": "2026-11-20T00:00:00"}, {"title": "x"}, {"title": "题" * 61}, {"more": 1}],
    ids=str,
)  # fmt: skip
async def test_times_that_cannot_be_and_unknown_fields_are_refused(
    staff_surface, case_no, desk, change
):
    at = f"/exchange/cases/{case_no}/entries"
    reply = await staff_surface.post(at, json=told(1) | change, headers=desk)
    assert reply.status_code == 422, reply.text
    assert await Entry.all().count() == 0


async def test_a_withdrawn_case_takes_no_entry(staff_surface, item, desk):
    owner = await resident()
    number = await submitted(owner, item)
    await cases.withdraw(owner, number, await version_of(number))
    at = f"/exchange/cases/{number}/entries"
    reply = await staff_surface.post(at, json=told(0), headers=desk)
    assert reply.json()["code"] == "cases.not_in_this_state"
