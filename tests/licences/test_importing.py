"""What an office issued before is compared before it is stored (R-LIC-09, R-DAT-22)."""

import asyncio
from datetime import date

import pytest

from app_server.kernel import db
from app_server.kernel.errors import PreconditionFailed
from app_server.licences import service as licences
from app_server.licences.errors import ImportSettled, NoSuchImport
from app_server.licences.rules.identifier import identifier
from auth.people import service as people
from tests.builders.licences import CODE, TYPE, issued, keeper, trusted_keeper
from tests.builders.people import bearer, id_number, resident
from tests.builders.staff import ORG, officer


@pytest.fixture
async def store(database):
    """A keeper with leave to use the office's seal, and somebody who holds an old licence."""
    by, holder = await trusted_keeper(), await resident()
    facts = await people.person(holder.subject)
    old = {
        "identifier": identifier(TYPE, ORG, "20190000123"),
        "type_code": TYPE,
        "issuer_name": "演示住房城乡建设局",
        "region": "341602",
        "holder_name": facts.name,
        "holder_number": facts.id_number,
        "content": {"housing": "public"},
        "issued_on": date(2019, 5, 1),
        "expires_on": date(2029, 4, 30),
        "case_no": "",
    }
    return by, holder, old


async def taken(by, old, **changes):
    (facts,) = await licences.take_in(by, [licences.ImportRow(**old | changes)])
    return facts


async def test_nobody_but_a_keeper_takes_licences_in(staff_surface, store):
    by, _, old = store
    days = {name: old[name].isoformat() for name in ("issued_on", "expires_on")}
    body = {"items": [old | days]}
    assert (await staff_surface.post("/licence-imports", json=body)).status_code == 401
    other = await bearer(await officer())
    assert (
        await staff_surface.post("/licence-imports", headers=other, json=body)
    ).status_code == 403
    mine = await bearer(by)
    told = await staff_surface.post("/licence-imports", headers=mine, json=body)
    assert told.json()["items"][0]["state_name"] == "已入库", told.text
    queue = await staff_surface.get("/licence-imports?state=matched", headers=mine)
    assert len(queue.json()["items"]) == 1


async def test_what_fits_is_sealed_under_its_own_number_and_day_and_taken_once(store, deliver):
    by, holder, old = store
    first, again = await taken(by, old), await taken(by, old)
    assert first == again
    await deliver()
    (facts,) = await licences.licences_of(holder.subject)
    assert (facts.identifier, facts.issued_on, facts.state) == (
        old["identifier"],
        date(2019, 5, 1),
        "valid",
    )
    assert (await licences.check_identifier(by, old["identifier"])).valid


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"identifier": identifier(TYPE, ORG, "1")[:-1] + "?"}, "identifier"),
        ({"identifier": identifier(CODE, ORG, "1")}, "identifier"),
        ({"identifier": identifier(TYPE, "11340000MB0000000M", "1")}, "identifier"),
        ({"type_code": CODE, "identifier": ""}, "type_code"),
        ({"holder_name": "王芳"}, "holder_name"),
        ({"holder_number": id_number()}, "holder_number"),
        ({"issued_on": date(2199, 1, 1), "expires_on": None}, "issued_on"),
        ({"expires_on": date(2018, 1, 1)}, "expires_on"),
    ],
)
async def test_what_does_not_fit_waits_with_its_findings_and_is_not_stored(store, changes, field):
    by, _, old = store
    facts = await taken(by, old, **changes)
    assert (facts.state, facts.licence_id) == ("mismatch", None)
    assert field in {one["field"] for one in facts.findings}
    assert await db.value("SELECT count(*) FROM licences_licence") == 0


async def test_without_leave_to_use_the_seal_a_row_waits(store):
    _, _, old = store
    await db.execute("UPDATE seals_leave SET withdrawn_at = now()")
    facts = await taken(await keeper("another"), old)
    assert [one["message"] for one in facts.findings] == ["没有有效的用印授权"]


async def test_a_row_is_compared_with_what_the_case_gave(store, deliver):
    by, holder, old = store
    made = await issued(
        holder, by, holder_name=old["holder_name"], holder_number=old["holder_number"]
    )
    kept, _ = await licences.kept_licence(by, made.id)
    same = {
        "identifier": "",
        "case_no": kept.case_no,
        "issued_on": kept.facts.issued_on,
        "expires_on": kept.facts.expires_on,
    }
    assert (await taken(by, old, **same)).licence_id == made.id
    other = await taken(by, old, **same | {"expires_on": date(2030, 1, 1)})
    assert [one["field"] for one in other.findings] == ["expires_on"]
    assert "办件结果" in other.findings[0]["message"]
    held = await taken(by, old)
    assert [one["message"] for one in held.findings] == ["已持有同类有效证照"]


async def test_a_queued_row_is_compared_again_once_or_dropped_with_a_reason(store, deliver):
    by, holder, old = store
    await db.execute("UPDATE people_person SET name = '某人' WHERE id = $1", holder.subject)
    waiting = await taken(by, old)
    assert waiting.state == "mismatch"
    await db.execute(
        "UPDATE people_person SET name = $2 WHERE id = $1", holder.subject, old["holder_name"]
    )
    with pytest.raises(PreconditionFailed):
        await licences.compare_again(by, waiting.id, waiting.version + 1)
    with pytest.raises(NoSuchImport):
        stranger = await keeper("elsewhere", "11340000MB0000000M")
        await licences.compare_again(stranger, waiting.id, waiting.version)
    told = await asyncio.gather(
        *(licences.compare_again(by, waiting.id, waiting.version) for _ in range(6)),
        return_exceptions=True,
    )
    assert sum(not isinstance(one, Exception) for one in told) == 1
    assert await db.value("SELECT count(*) FROM licences_licence") == 1
    gone = await taken(by, old, holder_number=id_number())
    dropped = await licences.drop_import(by, gone.id, gone.version, "重复数据")
    assert (dropped.state, dropped.note) == ("dropped", "重复数据")
    with pytest.raises(ImportSettled):
        await licences.compare_again(by, gone.id, dropped.version)
    assert await licences.imports(by) == []
