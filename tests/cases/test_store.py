"""The store of cases: months, what is unique in the province, and records that are kept."""

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest

from app_server.cases import rules, service
from app_server.cases.service import months, reading
from app_server.kernel import db
from app_server.kernel.ids import uuid7
from tests.builders.cases import desk_of, submitted
from tests.builders.items import UNEMPLOYMENT, catalogue
from tests.builders.people import resident

CASES = Path(service.__file__).parents[1]
TORTOISE = 'import sys; from tortoise.cli import main; sys.argv[0] = "tortoise"; sys.exit(main())'


async def test_every_row_lies_in_the_month_of_its_id(database: None) -> None:
    case_no = await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    month = f"{datetime.now(UTC).astimezone(reading.clock.SHANGHAI):%Y%m}"
    for table, column in (("cases_case", "id"), ("cases_step", "case_id")):
        place = await db.value(
            f"SELECT tableoid::regclass::text FROM {table} WHERE {column} = "
            "(SELECT id FROM cases_register WHERE case_no = $1)",
            case_no,
        )
        assert place == f"{table}_p{month}"


async def test_a_read_by_number_touches_one_month_alone(database: None) -> None:
    case_no = await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    month = reading.within(reading.month_of(case_no))
    plan = await db.rows(f"EXPLAIN SELECT id FROM cases_case WHERE case_no = '{case_no}'{month}")
    told = "\n".join(line[0] for line in plan)
    assert len(set(re.findall(r"cases_case_p\d{6}", told))) == 1
    locked = await db.dedicated_connection()
    async with locked.transaction():
        await locked.fetch(f"SELECT id FROM cases_case WHERE case_no = $1{month}", case_no)
        held = await locked.fetch(
            "SELECT relation::regclass::text AS name FROM pg_locks WHERE pid = pg_backend_pid() "
            "AND relation::regclass::text ~ '^cases_case_p[0-9]{6}$'"
        )
    await locked.close()
    assert len(held) == 1


async def test_a_number_whose_date_is_another_month_is_found_all_the_same(database: None) -> None:
    person = await resident()
    case_no = await submitted(person, (await catalogue())[UNEMPLOYMENT])
    foreign = case_no[:12] + "20210305" + case_no[20:]
    async with db.unit_of_work():
        await db.execute("SET LOCAL session_replication_role = replica")
        await db.execute("UPDATE cases_case SET case_no = $2 WHERE case_no = $1", case_no, foreign)
    assert (await service.own_case(person.subject, foreign)).row["case_no"] == foreign


async def test_the_first_id_of_a_month_is_the_same_in_both(database: None) -> None:
    for month in ("202601", "202612", "203001"):
        first = UUID(reading.within(month).split("'")[1])
        day = date(int(month[:4]), int(month[4:]), 1)
        assert await db.value("SELECT cases_month_start($1)", day) == first


async def test_the_coming_year_stands_and_what_is_missing_is_made(database: None) -> None:
    assert await service.make_months() in {0, 3}
    assert await service.make_months() == 0
    async with db.unit_of_work():
        assert await db.value("SELECT cases_make_months('2039-12-01', '2039-12-31')") == 3
        assert await db.value("SELECT to_regclass('cases_step_p203912') IS NOT NULL")
        for table in ("case", "step", "evidence"):
            await db.execute(f"DROP TABLE cases_{table}_p203912")
    defaults = await db.value("SELECT count(*) FROM pg_partitioned_table WHERE partdefid <> 0")
    assert defaults == 0


async def test_a_month_that_is_late_is_told(
    database: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(months.clock, "today", lambda: date(2038, 1, 1))
    monkeypatch.setattr(months, "AHEAD", months.timedelta(days=-1))
    await service.make_months()
    assert "case_months_late" in capsys.readouterr().out


async def test_the_database_and_the_rules_agree_which_cases_run(database: None) -> None:
    found = await db.rows(
        "SELECT s FROM unnest($1::text[]) AS s WHERE cases_runs(s)", list(rules.STATES)
    )
    assert {row["s"] for row in found} == set(rules.RUNNING)


async def test_a_case_that_ends_frees_its_item_whoever_ends_it(database: None) -> None:
    case_no = await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    running = "SELECT running FROM cases_register WHERE case_no = $1"
    assert await db.value(running, case_no)
    await db.execute("UPDATE cases_case SET state = 'withdrawn' WHERE case_no = $1", case_no)
    assert not await db.value(running, case_no)


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM cases_case",
        "UPDATE cases_case SET case_no = '1'",
        "UPDATE cases_case SET person_id = gen_random_uuid()",
        "UPDATE cases_case SET city_code = '340100'",
        "DELETE FROM cases_step",
        "UPDATE cases_step SET note = 'x'",
    ],
)
async def test_what_happened_cannot_be_made_undone(database: None, deed: str) -> None:
    await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    with pytest.raises(Exception, match="append-only"):
        await db.execute(deed)


async def test_evidence_has_one_entry_for_each_place(database: None) -> None:
    case_no = await submitted(await resident(), (await catalogue())[UNEMPLOYMENT])
    insert = (
        "INSERT INTO cases_evidence (id, case_id, seq, kind, facts, previous, hash) "
        "SELECT $2::uuid, id, 1, 'k', '{}', '', '' FROM cases_case WHERE case_no = $1"
    )
    await db.execute(insert, case_no, uuid7())
    with pytest.raises(Exception, match="cases_evidence_place_pkey"):
        await db.execute(insert, case_no, uuid7())
    assert await db.value("SELECT city_code FROM cases_evidence") == "340700"


def test_no_change_of_a_case_goes_without_a_step() -> None:
    """Whoever writes `UPDATE cases_case` or saves a Case leaves a step in the same function."""
    silent = []
    for path in sorted(CASES.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        top, *functions = re.split(r"\n(?=(?:async )?def )", path.read_text())
        named = re.findall(r"^(_[A-Z_]+) = \(?\s*f?\"UPDATE cases_case", top, re.MULTILINE)
        told = "|".join(
            ["UPDATE cases_case", r"case\.save\(", r"Case\.filter\(.*\.update\(", *named]
        )
        silent += [
            (path.name, function.partition("(")[0].split()[-1])
            for function in functions
            if re.search(told, function) and not re.search(r"cases_step|note_step\(", function)
        ]
    # `_update` is `move`'s own statement, used by nothing else; `move` writes the step.
    assert silent == [("steps.py", "_update")]
    steps = (CASES / "service" / "steps.py").read_text()
    assert len(re.findall(r"await _update\(", steps)) == 1


async def test_a_case_on_the_desk_has_its_steps(database: None) -> None:
    item = (await catalogue())[UNEMPLOYMENT]
    case_no = await submitted(await resident(), item)
    await service.accept(await desk_of(item), case_no, 1)
    moved = await db.rows("SELECT to_state, city_code FROM cases_step ORDER BY id")
    assert [m["to_state"] for m in moved] == ["submitted", "accepted"]
    assert {m["city_code"] for m in moved} == {"340700"}


OLD = """
INSERT INTO cases_case (id, case_no, draft_id, person_id, applicant, item_code, item_version,
  item_name, region, city_code, org, department, form_code, form_version, data, sources, materials,
  state, timeline, corrections, fee_fen, limit_unit, submitted_at, received_at, due_provisional,
  version)
SELECT (lpad(to_hex((extract(epoch FROM now() - n * interval '20 days') * 1000)::bigint), 12, '0')
        || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 1, 15))::uuid,
  '34160200000026112200000' || n, gen_random_uuid(), gen_random_uuid(), 'x', 'i', 1, 'n', '341602',
  '341600', 'o', 'd', 'f', 1, 'x', '{}', '[]', CASE WHEN n % 2 = 0 THEN 'submitted' ELSE 'closed' END,
  '[]', 0, 0, 'workday', now(), now(), false, 1 FROM generate_series(1, 9) AS n;
INSERT INTO cases_step SELECT id, id, 'submit', '', 'submitted', 'a', '', now() FROM cases_case;
INSERT INTO cases_evidence SELECT id, id, 1, 'k', '{}', '', '' FROM cases_case;
"""


def migrated(url: str, *arguments: str) -> None:
    told = subprocess.run(
        (sys.executable, "-c", TORTOISE, "-c", "app_server.registry.TORTOISE", *arguments),
        env=os.environ | {"DATABASE_URL": url},
        cwd=CASES.parents[1],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert told.returncode == 0, told.stderr[-1500:]


async def test_a_filled_province_is_carried_into_months_and_back(database: None) -> None:
    # Longer than other tests: the one migration that moves every case there is.
    await db.execute("DROP DATABASE IF EXISTS carried")
    await db.execute("CREATE DATABASE carried")
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path="/carried"))
    migrated(url, "migrate", "cases", "0006_one_running_each")
    there = await asyncpg.connect(
        host=parse_qs(parts.query)["host"][0],
        port=int(parse_qs(parts.query)["port"][0]),
        user=parts.username,
        password=parts.password,
        database="carried",
    )
    try:
        await there.execute(OLD)
        count = "SELECT count(*), count(DISTINCT tableoid) FROM "
        migrated(url, "migrate", "cases", "0008_number_blocks")
        rows, months_used = await there.fetchrow(count + "cases_case")
        assert (rows, months_used > 5) == (9, True)
        for table in ("cases_step", "cases_evidence"):
            found = await there.fetch(f"SELECT city_code FROM {table}")
            assert [row[0] for row in found] == ["341600"] * 9
        assert await there.fetchval("SELECT count(*) FROM cases_register WHERE running") == 4
        assert await there.fetchval("SELECT count(*) FROM cases_evidence_place") == 9
        migrated(url, "downgrade", "cases", "0006_one_running_each")
        for table in ("cases_case", "cases_step", "cases_evidence"):
            assert tuple(await there.fetchrow(count + table)) == (9, 1)
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await there.execute("DELETE FROM cases_evidence")
    finally:
        await there.close()
        await db.execute("DROP DATABASE carried")
