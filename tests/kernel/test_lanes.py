"""Lanes: one statement at a time on a connection, and none that was cut off is used again."""

import asyncio

import asyncpg
import pytest

from app_server.kernel import db
from app_server.kernel.lanes import Lanes


@pytest.fixture
async def lanes(database):
    made = Lanes(3, db.dedicated_connection)
    yield made
    await made.close()


async def pid(lanes: Lanes) -> int:
    async with lanes.lane() as connection:
        await connection.execute("SELECT pg_sleep(0.01)")
        return await connection.fetchval("SELECT pg_backend_pid()")


async def test_fifty_statements_at_once_share_three_connections(lanes):
    pids = await asyncio.gather(*(pid(lanes) for _ in range(50)))
    assert len(set(pids)) == 3


async def test_a_refused_statement_leaves_its_lane_clean(lanes):
    with pytest.raises(asyncpg.UndefinedTableError):
        async with lanes.lane() as connection:
            await connection.execute("SELECT * FROM no_such_table")
    async with lanes.lane() as connection:
        assert await connection.fetchval("SELECT 1") == 1


async def test_a_cancelled_statement_takes_its_lane_along_and_the_next_gets_a_fresh_one(lanes):
    async def long() -> None:
        async with lanes.lane() as connection:
            await connection.execute("SELECT pg_sleep(30)")

    tasks = [asyncio.create_task(long()) for _ in range(3)]
    await asyncio.sleep(0.2)
    waiting = asyncio.create_task(pid(lanes))
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    assert await asyncio.wait_for(waiting, 5)


async def test_a_waiter_that_gives_up_loses_no_lane(lanes):
    async with lanes.lane(), lanes.lane(), lanes.lane():
        given_up = asyncio.create_task(pid(lanes))
        await asyncio.sleep(0.05)
        given_up.cancel()
    assert len(set(await asyncio.gather(*(pid(lanes) for _ in range(20))))) <= 3


async def test_a_killed_connection_is_replaced(lanes):
    victim = await pid(lanes)
    await db.execute("SELECT pg_terminate_backend($1)", victim)
    await asyncio.sleep(0.1)
    assert await pid(lanes) != victim
