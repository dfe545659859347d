"""Counts and whose fault, error reports and corrections, data quality, unused systems."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_server.kernel import clock, db
from app_server.sharing import service as sharing
from app_server.sharing.errors import NoSuchReport, NotInThisState, NotTheProvider
from app_server.sharing.models import ErrorReport, Grant, Inventoried, Notice, Traffic
from app_server.sharing.rules.catalogue import ResourceField
from app_server.sharing.rules.quality import quality
from app_server.sharing.service import composing
from tests.builders.people import bearer
from tests.builders.sharing import HOUSING, LI, POLICE, granted, lead, published, steward, wanted
from tests.builders.staff import officer

SAID = {
    "org_name": "谯城区住建局（演示）",
    "record": "DEMO-341602-0001",
    "field": "size",
    "held": "3",
    "claimed": "4",
    "evidence": "出生医学证明",
}


def days(**more):
    today = clock.today().isoformat()
    return {"first": today, "last": today} | more


async def test_strangers_see_no_counts_and_no_reports(staff_surface, partner):
    for path in ("/sharing/statistics", "/sharing/errors", "/sharing/inventory"):
        assert (await staff_surface.get(path)).status_code == 401, path
    cashier = await bearer(await officer("cashier", login="c"))
    assert (await staff_surface.get("/sharing/inventory", headers=cashier)).status_code == 403
    assert (await partner.get("/sharing/corrections")).status_code == 401


async def test_counts_are_of_ones_own_services_and_calls_with_whose_fault_it_was(
    simulators, staff_surface, partner, monkeypatch
):
    made = await published()
    user = await granted(made, partner, quota=3)
    for _ in range(3):
        assert (await user.call()).status_code == 200
    assert (await user.call()).status_code == 429

    async def broken(*_):
        raise RuntimeError("a fault of ours")

    await sharing.decide(made.lead, user.grant.id, user.grant.version, "revoke", "换证")
    again = await granted(made, partner, code="household", quota=5)
    monkeypatch.setattr(composing, "answer", broken)
    assert (await again.call()).status_code == 500
    path = "/sharing/statistics"
    provider = await bearer(made.steward)
    lines = (await staff_surface.get(path, params=days(), headers=provider)).json()["items"]
    line = next(one for one in lines if one["service"] == "household")
    counts = {name: line[name] for name in ("calls", "answered", "refused", "unavailable")}
    assert counts == {"calls": 5, "answered": 3, "refused": 1, "unavailable": 1}
    assert (line["fault_caller"], line["fault_provider"], line["fault_us"]) == (1, 0, 1)
    assert 0 <= line["p50_ms"] <= line["p95_ms"]
    by_caller = await staff_surface.get(path, params=days(group="caller"), headers=provider)
    names = {one["caller_name"] for one in by_caller.json()["items"]}
    assert names == {"谯城区住建局（演示）"}
    caller = await bearer(user.applicant)
    mine = await staff_surface.get(path, params=days(group="total"), headers=caller)
    assert [one["calls"] for one in mine.json()["items"]] == [5]
    other = await bearer(await steward("11340000MBDM030290"))
    assert (await staff_surface.get(path, params=days(), headers=other)).json()["items"] == []
    watcher = await bearer(await officer("supervisor", login="watch"))
    assert (await staff_surface.get(path, params=days(), headers=watcher)).json()["items"]
    long = {"first": "2026-01-01", "last": "2026-12-31"}
    assert (await staff_surface.get(path, params=long, headers=watcher)).status_code == 422


async def test_our_own_reads_are_counted_too(simulators, database):
    from tests.builders.people import resident

    person = await resident()
    await sharing.read(person, "household.members", LI, owner=person.subject, purpose="试")
    row = await Traffic.get()
    assert (row.service, row.caller, row.outcome) == ("household.members", "platform", "answered")


async def test_a_field_is_disputed_until_the_provider_answers_and_the_correction_reaches_users(
    simulators, staff_surface, partner, deliver
):
    made = await published()
    user = await granted(made, partner)
    window = await bearer(await officer("case_officer", login="w", org=HOUSING))
    path = f"/sharing/resources/{made.resource.id}/errors"
    unknown = await staff_surface.post(path, json=SAID | {"field": "height"}, headers=window)
    assert unknown.status_code == 422
    report = (await staff_surface.post(path, json=SAID, headers=window)).json()
    assert (report["state"], report["overdue"]) == ("open", False)
    assert (await user.call()).json()["disputed"] == ["size"]
    answer = {"corrected": "4", "answer": "已按出生登记更正"}
    where = f"/sharing/errors/{report['id']}/answer"
    assert (await staff_surface.post(where, json=answer, headers=window)).status_code == 403
    with pytest.raises(NoSuchReport):
        await sharing.answer_report(await lead("11340000MBDM030290"), report["id"], "4", "答复")
    # An officer of the provider who knows the registry may answer.
    police = await bearer(await officer("case_officer", login="p", org=POLICE))
    done = await staff_surface.post(where, json=answer, headers=police)
    assert (done.json()["state_name"], done.json()["corrected"]) == ("已更正", "4")
    assert (await staff_surface.post(where, json=answer, headers=police)).status_code == 409
    assert (await user.call()).json()["disputed"] == []
    told = await partner.get("/sharing/corrections", headers=user.token)
    corrected = [(c["record"], c["field"], c["corrected"]) for c in told.json()["items"]]
    assert corrected == [("DEMO-341602-0001", "size", "4")]
    await deliver()
    assert await Notice.filter(org=HOUSING, about=f"corrected:{report['id']}").count() == 1
    kept = await db.row("SELECT * FROM sharing_error_report")
    assert "DEMO-341602-0001" not in str(dict(kept))
    await sharing.decide(made.lead, user.grant.id, user.grant.version, "revoke", "到期")
    gone = await partner.get("/sharing/corrections", headers=user.token)
    assert gone.status_code in {401, 403}


async def test_a_report_that_is_wrong_is_answered_so_and_told_to_its_reporter_alone(
    simulators, database, deliver
):
    made = await published()
    by = await steward(HOUSING)
    follower = await steward("11340000MBDM030290")
    await sharing.follow(follower, made.resource.id)
    said = sharing.ErrorSaid("一号", "size", "3", "4", "口头陈述")
    report = await sharing.report_error(by, "住建局", made.resource.id, said)
    with pytest.raises(NotTheProvider):
        await sharing.answer_report(by, report.id, None, "无误")
    await sharing.answer_report(made.steward, report.id, None, "经核对户籍底册无误")
    with pytest.raises(NotInThisState):
        await sharing.answer_report(made.lead, report.id, "4", "改了")
    await deliver()
    about = f"corrected:{report.id}"
    assert [one.org for one in await Notice.filter(about=about)] == [HOUSING]


FIELDS = (
    ResourceField("code", "编码", "code", "internal", "源", required=True),
    ResourceField("born", "出生日期", "date", "personal", "源"),
    ResourceField("count", "数量", "integer", "internal", "源"),
)
CELL = st.one_of(st.none(), st.integers(), st.text(max_size=6), st.booleans())
ROWS = st.lists(st.dictionaries(st.sampled_from(["code", "born", "count", "x"]), CELL), max_size=20)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS)
def test_quality_counts_add_up(rows):
    found = quality(FIELDS, ("code",), rows)
    assert found.rows == len(rows) >= found.faulty >= 0
    assert found.duplicates < max(len(rows), 1)
    assert all(one.nulls + one.malformed <= len(rows) for one in found.fields)


def test_quality_names_what_is_empty_ill_formed_or_twice_there():
    rows = [
        {"code": "A", "born": "1990-03-07", "count": "3"},
        {"code": "A", "born": "1990-13-07", "count": 4},
        {"code": " ", "born": None, "count": "many", "more": 1},
    ]
    found = quality(FIELDS, ("code",), rows)
    assert (found.faulty, found.duplicates, found.unknown_fields) == (2, 1, ("more",))
    assert [(f.name, f.nulls, f.malformed) for f in found.fields] == [
        ("code", 1, 0), ("born", 1, 1), ("count", 0, 1),
    ]  # fmt: skip


async def test_quality_reports_are_numbered_and_hold_no_records(simulators, staff_surface):
    made = await published()
    path = f"/sharing/resources/{made.resource.id}/quality-reports"
    rows = [{"household_no": "秘密户号", "size": "3"}, {"size": ""}]
    body = {"key": ["household_no"], "rows": rows}
    foreign = await bearer(await steward(HOUSING))
    assert (await staff_surface.post(path, json=body, headers=foreign)).status_code == 403
    headers = await bearer(made.steward)
    numbers = [
        (await staff_surface.post(path, json=body, headers=headers)).json()["number"]
        for _ in range(2)
    ]
    assert numbers == [1, 2]
    assert "秘密户号" not in str(await db.rows("SELECT * FROM sharing_quality"))
    unknown = await staff_surface.post(path, json=body | {"key": ["no"]}, headers=headers)
    assert unknown.status_code == 422
    assert len((await staff_surface.get(path, headers=foreign)).json()["items"]) == 2


async def test_a_system_nobody_uses_for_ninety_days_is_a_zombie_and_calls_are_use(
    simulators, staff_surface, partner
):
    made = await published()
    by = await steward(HOUSING, "inv")
    headers = await bearer(by)
    today = clock.today()
    line = {
        "name": "公租房管理系统", "org_name": "住建局", "purpose": "公租房申请审核",
        "launched_on": (today - timedelta(days=400)).isoformat(), "integrated": True,
    }  # fmt: skip
    path = "/sharing/inventory/rental-system"
    assert (await staff_surface.put(path, json=line, headers=headers)).status_code == 204
    foreign = await bearer(made.steward)
    assert (await staff_surface.put(path, json=line, headers=foreign)).status_code == 403

    async def listed(**query):
        found = await staff_surface.get("/sharing/inventory", params=query, headers=headers)
        return [(one["last_used_on"], one["zombie"]) for one in found.json()["items"]]

    assert await listed() == [(None, True)]
    use = {"day": (today - timedelta(days=91)).isoformat()}
    assert (await staff_surface.post(f"{path}/use", json=use, headers=headers)).status_code == 204
    assert await listed(zombies="true") == [(use["day"], True)]
    use = {"day": (today - timedelta(days=90)).isoformat()}
    await staff_surface.post(f"{path}/use", json=use, headers=headers)
    assert await listed() == [(use["day"], False)]
    await Inventoried.all().update(used_on=today - timedelta(days=300))
    user = await granted(made, partner, system_code="rental-system")
    assert await listed(zombies="true") != []
    assert (await user.call()).status_code == 200
    assert await listed(zombies="true") == []
    assert await listed() == [(today.isoformat(), False)]
    future = {"day": (today + timedelta(days=2)).isoformat()}
    refused = await staff_surface.post(f"{path}/use", json=future, headers=headers)
    assert refused.status_code == 422


async def test_a_provider_that_lets_things_lie_is_reminded_once(simulators, database):
    made = await published()
    by = await steward(HOUSING)
    asked = await sharing.apply(by, "household", "住建局", wanted())
    said = sharing.ErrorSaid("一号", "size", "3", "4", "口头陈述")
    report = await sharing.report_error(by, "住建局", made.resource.id, said)
    assert await sharing.remind() == 0
    past = clock.today() - timedelta(days=1)
    await Grant.all().update(due_on=past)
    await ErrorReport.all().update(due_on=past)
    for _ in range(2):
        assert await sharing.remind() == 2
    for thing in (asked, report):
        told = await Notice.filter(about=f"late:{thing.id}")
        assert {one.org for one in told} == {HOUSING, POLICE}
        assert len(told) == 2
    await sharing.decide(made.lead, asked.id, 1, "refuse", "不同意")
    await sharing.answer_report(made.lead, report.id, None, "无误，已核对")
    assert await sharing.remind() == 0
