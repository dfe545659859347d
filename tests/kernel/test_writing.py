"""Writing: commands of the same moment share a statement, and only the guilty one fails."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from app_server.kernel import db
from app_server.kernel.ids import uuid7
from app_server.kernel.writing import MOST_TOGETHER, Together, statement

KEYS = "SELECT key FROM kernel_idempotency ORDER BY key"


def claim(key, scope="somebody"):
    row = {"scope": scope, "key": key, "request": "r", "at": datetime.now(UTC)}
    return [(("kernel_idempotency", tuple(row), ""), row)]


async def held():
    return [row["key"] for row in await db.rows(KEYS)]


@pytest.fixture
def sent():
    return []


@pytest.fixture
def together(database, sent):
    async def execute(sql, groups):
        sent.append(sql)
        await db.execute(sql, *groups)

    return Together(execute)


async def test_commands_that_end_together_share_statements(together, sent):
    await asyncio.gather(*(together.write(claim(f"{n:03d}")) for n in range(60)))
    assert await held() == [f"{n:03d}" for n in range(60)]
    assert len(sent) <= 4


async def test_a_refused_command_fails_alone_and_its_neighbours_are_written(together):
    await together.write(claim("taken"))
    outcomes = await asyncio.gather(
        *(together.write(claim(key)) for key in ("a", "taken", "b", "c")), return_exceptions=True
    )
    assert [type(o) for o in outcomes] == [
        type(None),
        asyncpg.UniqueViolationError,
        type(None),
        type(None),
    ]
    assert await held() == ["a", "b", "c", "taken"]


async def test_fifty_commands_that_want_the_same_key_give_one_success(together):
    outcomes = await asyncio.gather(
        *(together.write(claim("same")) for _ in range(50)), return_exceptions=True
    )
    assert sum(o is None for o in outcomes) == 1
    assert sum(isinstance(o, asyncpg.UniqueViolationError) for o in outcomes) == 49


async def test_a_command_with_two_rows_is_written_whole_or_not_at_all(together):
    await together.write(claim("taken"))
    with pytest.raises(asyncpg.UniqueViolationError):
        await together.write([*claim("mine"), *claim("taken")])
    assert await held() == ["taken"]


async def test_a_caller_who_went_away_does_not_hold_up_the_others(together):
    gone = asyncio.create_task(together.write(claim("gone")))
    stays = asyncio.create_task(together.write(claim("stays")))
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert "stays" in await held()


async def test_a_lost_database_is_told_to_every_waiting_command():
    async def execute(_sql, _groups):
        raise ConnectionResetError

    lost = Together(execute)
    outcomes = await asyncio.gather(
        *(lost.write(claim(str(n))) for n in range(MOST_TOGETHER + 5)), return_exceptions=True
    )
    assert all(isinstance(o, ConnectionResetError) for o in outcomes)


async def test_values_survive_the_way_as_json(database):
    key = uuid7()
    async with db.unit_of_work() as uow:
        uow.add(
            "kernel_delivery",
            {
                "id": key,
                "handler": "test",
                "aggregate": "名字 \" ' \\ 😀\n",
                "payload": {"深": [1, None, 0.5, "\u2028"]},
                "state": "ready",
                "attempts": 2**31 - 1,
                "run_at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
            },
        )
    found = await db.row("SELECT * FROM kernel_delivery WHERE id=$1", key)
    assert found["aggregate"] == "名字 \" ' \\ 😀\n"
    assert found["payload"] == '{"深": [1, null, 0.5, "\u2028"]}'
    assert found["attempts"] == 2**31 - 1
    assert found["run_at"] == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    assert found["lease_until"] is None


def test_a_statement_has_one_parameter_for_each_kind_of_row():
    sql, groups = statement(
        [*claim("a"), *claim("b"), (("t", ("x",), "ON CONFLICT DO NOTHING"), {"x": 1})]
    )
    assert len(groups) == 2
    assert sql.count("INSERT INTO") == 2
    assert sql.count("ON CONFLICT") == 1


def test_what_json_cannot_say_is_refused_before_anything_is_sent():
    with pytest.raises(TypeError):
        statement([(("t", ("x",), ""), {"x": object()})])


async def test_a_command_that_cannot_be_said_does_not_take_its_neighbours_along(together):
    row = {"scope": object()}
    outcomes = await asyncio.gather(
        together.write(claim("a")),
        together.write([(("kernel_idempotency", tuple(row), ""), row)]),
        return_exceptions=True,
    )
    assert outcomes[0] is None
    assert isinstance(outcomes[1], TypeError)
    assert await held() == ["a"]
