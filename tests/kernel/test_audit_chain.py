"""The trail proves itself: every row has a place, and what is altered, gone or put in is found."""

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from app_server.cli import main
from app_server.kernel import audit, audit_chain, db
from app_server.kernel.audit_proof import Verdict, Verifier
from app_server.kernel.principal import Principal

OFFICER = Principal(kind="staff", id=uuid4(), name="赵", channel="web")
CLEAN = "完好"


async def noted(count: int, action: str = "test.seen") -> None:
    async with db.unit_of_work():
        for number in range(count):
            audit.record(OFFICER, action, f"thing:{number}", purpose="测试", kind="名称", n=number)


async def sequenced() -> None:
    while await audit_chain.sequence():
        pass


async def exported() -> list[str]:
    return [line.decode() async for line in audit_chain.export()]


def verdict(lines: list[str], kept: str = "") -> Verdict:
    return Verifier(audit_chain.public_keys()).check(lines, kept)


async def as_superuser(sql: str) -> None:
    """What only a superuser can do: the triggers are off for this transaction."""
    async with db.unit_of_work():
        await db.execute("SET LOCAL session_replication_role = replica")
        await db.execute(sql)


@pytest.fixture
async def trail(database: None) -> None:
    await noted(5)
    await sequenced()


@pytest.mark.parametrize("table", ["kernel_audit", "kernel_audit_chain", "kernel_audit_checkpoint"])
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
async def test_the_applications_own_user_alters_nothing(trail: None, table: str, deed: str) -> None:
    column = {"kernel_audit": "at"}.get(table, "seq")
    with pytest.raises(Exception, match="append-only"):
        await db.execute(deed.format(table, column, column))


async def test_an_intact_trail_verifies_to_its_last_row(trail: None) -> None:
    found = verdict(await exported())
    assert (found.findings, found.rows, found.signed_to) == ([], 5, 5)


async def test_a_row_that_commits_late_gets_its_place_after_the_others(database: None) -> None:
    late = await db.dedicated_connection()
    held = late.transaction()
    await held.start()
    await late.execute(
        "INSERT INTO kernel_audit (id, at, actor, actor_name, action, object, purpose, channel, "
        "trace, facts) VALUES (gen_random_uuid(), now(), 'x', '', 'test.late', 'y', '', '', '', "
        "'{}')"
    )
    await noted(3)
    await sequenced()
    # The earlier transaction still runs: what is younger waits, so that order stays provable.
    assert await db.value("SELECT count(*) FROM kernel_audit_chain") == 0
    await held.commit()
    await late.close()
    await sequenced()
    assert await db.value("SELECT count(*) FROM kernel_audit_chain") == 4
    assert verdict(await exported()).intact


async def test_many_writers_and_several_sequencers_leave_one_chain(database: None) -> None:
    async def write() -> None:
        for _ in range(10):
            await noted(2)

    async def chain() -> None:
        for _ in range(30):
            await audit_chain.sequence()
            await asyncio.sleep(0.005)

    await asyncio.gather(*(write() for _ in range(6)), *(chain() for _ in range(3)))
    await sequenced()
    found = verdict(await exported())
    assert (found.findings, found.rows) == ([], 120)


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("UPDATE kernel_audit SET purpose = '别的' WHERE object = 'thing:2'", "第 3 号记录"),
        ("UPDATE kernel_audit SET at = at + interval '1 microsecond'", "第 1 号记录"),
        ("UPDATE kernel_audit SET facts = '{\"n\": 9}' WHERE object = 'thing:1'", "第 2 号记录"),
        ("DELETE FROM kernel_audit WHERE object = 'thing:3'", "第 4 号记录已被删除"),
        ("DELETE FROM kernel_audit_chain WHERE seq = 3", "第 3 号起缺少"),
        (
            "DELETE FROM kernel_audit_chain WHERE seq = 5",
            "检查点所证明的第 5 号与导出内容不符",
        ),
        ("DELETE FROM kernel_audit_checkpoint", "没有任何签名检查点"),
        (
            (
                "INSERT INTO kernel_audit SELECT gen_random_uuid(), at, actor, actor_name, action, "
                "object, owner, purpose, channel, trace, facts, '3'::xid8 FROM kernel_audit LIMIT 1"
            ),
            "不在链中",
        ),
        (
            "UPDATE kernel_audit_chain c SET audit_id = gen_random_uuid() WHERE seq = 2",
            "第 2 号记录已被删除",
        ),
    ],
)
async def test_what_a_superuser_changed_is_found(trail: None, deed: str, told: str) -> None:
    await as_superuser(deed)
    found = verdict(await exported()).findings
    assert any(told in finding for finding in found), found


async def test_a_trail_cut_short_and_signed_no_more_is_found_by_a_kept_checkpoint(
    trail: None,
) -> None:
    lines = await exported()
    kept = next(json.loads(x)["checkpoint"] for x in lines if "checkpoint" in x)
    await as_superuser("DELETE FROM kernel_audit_checkpoint")
    await as_superuser("DELETE FROM kernel_audit_chain")
    await as_superuser("DELETE FROM kernel_audit WHERE object = 'thing:4'")
    await as_superuser("DELETE FROM kernel_audit_sequencer")
    await sequenced()
    assert verdict(await exported()).intact  # a whole new history looks whole by itself
    assert any("第 5 号" in x for x in verdict(await exported(), kept).findings)


async def test_a_checkpoint_of_another_key_or_a_rewritten_one_does_not_count(trail: None) -> None:
    lines = await exported()
    head, _, tail = lines[-1].partition(".")
    changed = [*lines[:-1], f"{head}.A{tail[1:]}"]
    assert any("签名无效" in x for x in verdict(changed).findings)
    assert not verdict([*lines, '{"seq": 6, "hash": "00"}']).intact
    assert not verdict([*lines, "garbage", '{"other": 1}']).intact


async def test_checkpoints_are_at_most_five_seconds_apart_while_rows_come(
    trail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = audit_chain.clock.now()
    for second in range(1, 13):
        monkeypatch.setattr(
            "app_server.kernel.clock._source",
            lambda s=second: now + s * audit_chain.timedelta(0, 1),
        )
        await noted(1)
        await sequenced()
    rows = await db.rows("SELECT at FROM kernel_audit_checkpoint ORDER BY seq")
    times = [row["at"] for row in rows]
    assert len(times) >= 4
    assert max(b - a for a, b in pairwise(times)).total_seconds() <= 5


async def test_a_database_restored_into_a_younger_cluster_loses_no_row(trail: None) -> None:
    await as_superuser("UPDATE kernel_audit_sequencer SET horizon = '9000000000'::xid8")
    await as_superuser("UPDATE kernel_audit SET xid = '9000000000'::xid8")
    await noted(2)
    await sequenced()
    found = verdict(await exported())
    assert (found.findings, found.rows) == ([], 7)


async def test_the_command_line_verifies_an_export_without_the_platform(
    trail: None, tmp_path: Path
) -> None:
    file, key = tmp_path / "export.jsonl", tmp_path / "keys.json"
    lines = await exported()
    file.write_text("\n".join(lines), encoding="utf-8")
    key.write_text(json.dumps({"keys": audit_chain.public_keys()}))
    arguments = ["verify-audit", "--file", str(file), "--key", str(key)]
    told = CliRunner().invoke(main, arguments)
    assert (told.exit_code, told.output.startswith(CLEAN)) == (0, True), told.output
    file.write_text("\n".join(x for x in lines if '"seq":3' not in x), encoding="utf-8")
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 1
    assert "第 3 号起缺少" in told.output


def test_nothing_in_the_platform_takes_rows_from_the_trail() -> None:
    roots = ("app_server", "auth", "payments", "notify", "miniapps")
    project = Path(audit.__file__).resolve().parents[2]
    taken = [
        path
        for root in roots
        for path in (project / root).rglob("*.py")
        if "DELETE FROM kernel_audit" in path.read_text()
        or "DROP TABLE kernel_audit " in path.read_text()
    ]
    assert taken == []
