"""The provincial exchange: checked row by row, and any order of the same rows ends the same."""

import asyncio
import itertools
import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_server.cases import service as cases
from app_server.exchange import rules, service
from app_server.exchange.models import Record
from app_server.exchange.rules import errors_of, gb_time, newest, word
from app_server.exchange.service import exporting
from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from tests.builders.cases import approved, desk_of, submitted, version_of
from tests.builders.exchange import registered
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import bearer, resident
from tests.builders.staff import administrator

NOWHERE = "http://127.0.0.1:9"
STATE = "SELECT kind, row_guid, digest, event_at, rank FROM exchange_record ORDER BY 1, 2"


@pytest.fixture
async def item(database):
    return (await catalogue())[UNEMPLOYMENT]


@pytest.fixture
async def system(partner, item):
    return await registered(item, NOWHERE, partner)


def at(minutes: int) -> str:
    return gb_time(clock.now() - timedelta(hours=2) + timedelta(minutes=minutes))


def process(guid: str, minutes: int = 0, operation: str = "I", **more):
    told = {
        "kind": "process", "row_guid": guid, "project_no": "34160020261122000001",
        "cd_operation": operation, "cd_time": at(minutes),
    }  # fmt: skip
    if operation != "D":
        told |= {
            "process_name": "现场核查", "event_name": "01", "event_start_time": at(minutes),
            "handle_user_name": "王审批",
        }  # fmt: skip
    return told | more


def basic(item, guid: str = "a-1", **more):
    return {
        "kind": "accept", "row_guid": guid, "project_no": "34160020261122000001",
        "cd_operation": "I", "cd_time": at(0), "task_code": item.code, "task_name": item.name,
        "project_type": "2", "project_name": "某某的申请", "apply_type": "2", "apply_date": at(0),
        "applyer_name": "李明轩", "applyer_type": "1", "org_name": item.department,
        "org_code": item.org,
    } | more  # fmt: skip


def client_of(system) -> Principal:
    return Principal(kind="client", id=system.row.id, org=system.row.client_id)


async def sent(system, number: str, *rows):
    told = {"cd_batch": number, "rows": list(rows)}
    reply = await system.partner.post("/exchange/batches", json=told, headers=system.token)
    assert reply.status_code == 200, reply.text
    return reply.json()


async def state() -> list[tuple]:
    return [tuple(row) for row in await db.rows(STATE)]


async def test_a_stranger_hands_in_and_reads_no_batch(partner, system):
    told = {"cd_batch": "b", "rows": [process("p")]}
    assert (await partner.post("/exchange/batches", json=told)).status_code == 401
    assert (await partner.get("/exchange/batches/b")).status_code == 401
    assert (await partner.get("/exchange/cases")).status_code == 401
    assert (await partner.get("/exchange/batches/b", headers=system.token)).status_code == 404


async def test_good_rows_are_kept_sealed_and_bad_ones_reported_by_field(
    system, item, staff_surface
):
    rows = [
        basic(item), process("p-1"), {"kind": "nothing"}, "no row", process("p-2", event_name="07"),
        process("p-3", surprise="x"), process("p-4", process_name=7),
        {k: v for k, v in process("p-5").items() if k != "handle_user_name"},
        process("p-6", cd_time="20261301T000000"), process("p-7", cd_time="29990101T000000"),
        process("p-8", operation="D", process_name="x"), basic(item, "a-2", org_code="1" * 18),
        process("../p-9"),
    ]  # fmt: skip
    report = await sent(system, "b-1", *rows)
    assert (report["rows"], report["taken"], report["refused"]) == (13, 2, 11)
    found = {(e["row"], e["field"], e["code"]) for e in report["errors"]}
    assert found == {
        (3, "kind", "unknown_kind"), (4, "kind", "unknown_kind"),
        (5, "event_name", "not_in_code_set"), (6, "surprise", "unknown_field"),
        (7, "process_name", "wrong_type"), (8, "handle_user_name", "missing"),
        (9, "cd_time", "wrong_time"), (10, "cd_time", "time_ahead"),
        (11, "process_name", "unknown_field"), (12, "org_code", "not_your_organisation"),
        (13, "row_guid", "wrong_format"),
    }  # fmt: skip
    assert all(e["batch"] == "b-1" and e["sentence"] for e in report["errors"])
    assert "办理人缺少必填项" in [e["sentence"] for e in report["errors"]]
    raw = await db.value("SELECT string_agg(content, '') FROM exchange_record")
    assert "李明轩" not in raw
    assert "李明轩" in (await Record.get(kind="accept")).content
    admin = await bearer(await administrator())
    shown = await staff_surface.get(f"/exchange/systems/{system.row.id}/batches", headers=admin)
    assert shown.json()["items"][0]["refused"] == 11


async def test_rows_that_no_database_could_hold_are_rows_with_errors(system, item):
    rows = [
        process("p-1", project_no="a\x00b"), process("p-2") | {"\x00\n": "x"},
        basic(item, task_version=10**30), {"kind": 10**40}, [[[[]]]], None,
        process("p-3", handle_explain="x" * 2001), {"kind": ["accept"]},
    ]  # fmt: skip
    report = await sent(system, "b-1", *rows)
    assert (report["taken"], report["refused"]) == (0, len(rows))
    found = {(e["row"], e["code"]) for e in report["errors"]}
    assert found == {
        (1, "unstorable"), (2, "unknown_field"), (3, "out_of_range"), (4, "unknown_kind"),
        (5, "unknown_kind"), (6, "unknown_kind"), (7, "too_long"), (8, "unknown_kind"),
    }  # fmt: skip
    assert (await sent(system, "b-1", *rows))["repeated"]


async def test_the_same_batch_changes_nothing_and_another_under_its_number_is_refused(system):
    first = await sent(system, "b-1", process("p-1"), process("p-2"))
    before = await state()
    again = await asyncio.gather(
        *(sent(system, "b-1", process("p-1"), process("p-2")) for _ in range(3))
    )
    assert all(reply["repeated"] for reply in again)
    assert [reply["taken"] for reply in again] == [first["taken"]] * 3
    assert await state() == before
    told = {"cd_batch": "b-1", "rows": [process("p-3")]}
    other = await system.partner.post("/exchange/batches", json=told, headers=system.token)
    assert (other.status_code, other.json()["code"]) == (409, "exchange.batch_differs")


@pytest.fixture(autouse=True)
def still(monkeypatch):
    """One moment for all rows of a test, so that the same row is the same."""
    moment = clock.now()
    monkeypatch.setattr(clock, "_source", lambda: moment)


async def test_event_time_wins_whatever_comes_first_and_a_deletion_stays(system):
    rows = [
        process("p", 1), process("p", 2, "U", handle_explain="改"), process("p", 3, "D"),
        process("q", 3, "D"), process("q", 1), process("r", 1, "D"), process("r", 2, "I"),
        # Two words of the same second: the stronger, then the digest, and never the order.
        process("s", 5, "I"), process("s", 5, "U", handle_explain="甲"),
        process("s", 5, "U", handle_explain="乙"),
    ]  # fmt: skip
    ends = []
    number = itertools.count()
    for seed in range(8):
        await Record.all().delete()
        shuffled = rows + random.Random(seed).sample(rows, 4)
        random.Random(seed).shuffle(shuffled)
        cut = 1 + seed
        for part in (shuffled[:cut], shuffled[cut:]):
            await sent(system, f"b-{next(number)}", *part)
        ends.append(await state())
    assert all(end == ends[0] for end in ends)
    assert {row[1]: row[4] for row in ends[0]} == {"p": 2, "q": 2, "r": 0, "s": 1}


words = st.builds(
    process,
    guid=st.sampled_from(["p", "q"]),
    minutes=st.integers(0, 3),
    operation=st.sampled_from("IUD"),
)


@given(st.lists(words, max_size=12), st.randoms(use_true_random=False))
def test_any_permutation_with_duplicates_ends_in_the_same_state(rows, chance):
    assert not [error for n, row in enumerate(rows) for error in errors_of(n, row)]
    mixed = rows + chance.sample(rows, len(rows) // 2)
    chance.shuffle(mixed)
    cut = chance.randint(0, len(mixed))
    whole = newest(word(row) for row in rows)
    first = newest(word(row) for row in mixed[:cut])
    assert newest([*first.values(), *(word(row) for row in mixed[cut:])]) == whole


async def test_two_batches_at_once_end_as_one_after_the_other(system):
    many = [process(f"p-{n}", n % 3) for n in range(40)]
    replies = await asyncio.gather(
        sent(system, "b-1", *many), sent(system, "b-2", *many[::-1]), sent(system, "b-3", *many)
    )
    assert sum(reply["taken"] for reply in replies) == 40
    assert await Record.all().count() == 40


async def test_our_own_cases_leave_in_the_same_schema_after_a_cursor(
    system, item, partner, monkeypatch
):
    monkeypatch.undo()
    monkeypatch.setattr(exporting, "SETTLE", timedelta(0))
    case_no = await submitted(await resident(), item)
    desk = await desk_of(item)
    await cases.accept(desk, case_no, await version_of(case_no))
    await approved(desk, case_no, item)
    page = (await partner.get("/exchange/cases", headers=system.token)).json()
    kinds = [row["kind"] for row in page["rows"]]
    assert {"accept", "process", "result"} <= set(kinds)
    assert not [error for n, row in enumerate(page["rows"]) for error in errors_of(n, row)]
    assert {row["project_no"] for row in page["rows"]} == {case_no}
    assert "李明轩" not in str(page)
    held = newest(word(row) for row in page["rows"])
    (basics,) = [one for one in held.values() if one.kind == "accept"]
    assert "accept_date" in basics.content
    following = {"cursor": page["next"]}
    empty = (await partner.get("/exchange/cases", params=following, headers=system.token)).json()
    assert (empty["rows"], empty["next"], empty["more"]) == ([], page["next"], False)
    await cases.enter_late(desk, case_no, title="省系统办结", note="", at=clock.now())
    more = (await partner.get("/exchange/cases", params=following, headers=system.token)).json()
    assert [row["process_name"] for row in more["rows"] if row["kind"] == "process"] == ["补录"]
    wrong = await partner.get("/exchange/cases?cursor=zzz", headers=system.token)
    assert wrong.status_code == 400
    seen = "SELECT count(*) FROM kernel_audit WHERE action='exchange.exported'"
    assert await db.value(seen) >= 1


async def test_another_departments_cases_do_not_leave(system, item, partner, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(exporting, "SETTLE", timedelta(0))
    other = next(i for i in (await catalogue()).values() if i.org != item.org and i.form_code)
    await submitted(await resident(tier=2), other)
    page = (await partner.get("/exchange/cases", headers=system.token)).json()
    assert page["rows"] == []


def test_every_kind_names_its_fields_and_source():
    assert list(rules.KINDS) == ["accept", "process", "special_procedure", "result", "material"]
    assert service.own_keys_and_name()[0] == "urn:wanshi:platform:340000"
