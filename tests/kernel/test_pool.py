"""The process pool: a bad job or a dead worker costs one answer, never the server."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator

import pytest

from app_server.kernel.pool import PoolBusy, PoolLost, PoolStartError, PoolTimeout, ProcessPool

pytestmark = pytest.mark.asyncio

# Jobs come from the standard library: a worker must be able to import them by name.


@contextlib.asynccontextmanager
async def a_pool(**limits: object) -> AsyncIterator[ProcessPool]:
    """A started pool that is closed again."""
    pool = ProcessPool("test", **limits)  # type: ignore[arg-type]
    await pool.start()
    try:
        yield pool
    finally:
        await pool.close()


async def test_a_job_runs_in_another_process_and_its_result_comes_back() -> None:
    async with a_pool(workers=2) as pool:
        assert await pool.run(os.getpid) in pool.pids()
        assert await pool.run(divmod, 17, 5) == (3, 2)


async def test_two_workers_run_two_jobs_at_once() -> None:
    async with a_pool(workers=2) as pool:
        began = time.monotonic()
        await asyncio.gather(pool.run(time.sleep, 0.4), pool.run(time.sleep, 0.4))
        assert time.monotonic() - began < 0.75


async def test_what_a_job_raises_is_raised_to_its_caller_and_the_worker_lives_on() -> None:
    async with a_pool(workers=1) as pool:
        before = pool.pids()
        with pytest.raises(ZeroDivisionError):
            await pool.run(divmod, 1, 0)
        assert pool.pids() == before


async def test_a_library_that_quits_ends_neither_the_worker_nor_the_server() -> None:
    async with a_pool(workers=1) as pool:
        before = pool.pids()
        with pytest.raises(RuntimeError, match="SystemExit"):
            await pool.run(sys.exit, 0)
        assert pool.pids() == before


async def test_a_result_that_cannot_travel_is_an_error_and_not_a_hang() -> None:
    async with a_pool(workers=1) as pool:
        with pytest.raises(Exception, match="pickle"):
            await pool.run(compile, "lambda: 0", "x", "eval")
        assert await pool.run(abs, -1) == 1


async def test_a_worker_killed_with_9_loses_nothing() -> None:
    async with a_pool(workers=1) as pool:
        job = asyncio.create_task(pool.run(time.sleep, 0.5))
        await asyncio.sleep(0.2)
        (victim,) = pool.pids()
        os.kill(victim, signal.SIGKILL)
        await job
        assert await pool.run(os.getpid) != victim


async def test_a_worker_killed_while_idle_is_replaced_before_the_next_job() -> None:
    async with a_pool(workers=1) as pool:
        (victim,) = pool.pids()
        os.kill(victim, signal.SIGKILL)
        assert await pool.run(os.getpid) != victim


async def test_a_job_that_kills_every_worker_ends_with_a_clean_503() -> None:
    async with a_pool(workers=1) as pool:
        with pytest.raises(PoolLost) as caught:
            await pool.run(os._exit, 1)
        assert caught.value.status == 503
        assert await pool.run(abs, -1) == 1


async def test_a_job_over_its_deadline_is_killed_and_not_tried_again() -> None:
    async with a_pool(workers=1, deadline=0.3) as pool:
        (victim,) = pool.pids()
        began = time.monotonic()
        with pytest.raises(PoolTimeout) as caught:
            await pool.run(time.sleep, 60)
        assert time.monotonic() - began < 0.6
        assert caught.value.status == 503
        assert await pool.run(os.getpid) != victim


async def test_a_full_queue_answers_at_once_and_says_when_to_come_back() -> None:
    async with a_pool(workers=1, queue_limit=2) as pool:
        jobs = [asyncio.create_task(pool.run(time.sleep, 0.3)) for _ in range(2)]
        await asyncio.sleep(0.1)  # the first is running now
        jobs.append(asyncio.create_task(pool.run(time.sleep, 0.3)))
        await asyncio.sleep(0)
        assert pool.waiting() == 2
        began = time.monotonic()
        with pytest.raises(PoolBusy) as caught:
            await pool.run(abs, -1)
        assert time.monotonic() - began < 0.05
        assert caught.value.facts["retry_after_s"] == 1
        assert "Retry-After" in caught.value.headers
        assert await asyncio.gather(*jobs) == [None] * 3


async def test_nobody_waits_for_a_worker_longer_than_a_job_may_run() -> None:
    async with a_pool(workers=1, deadline=0.4) as pool:
        first = asyncio.create_task(pool.run(time.sleep, 60))
        second = asyncio.create_task(pool.run(time.sleep, 60))
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(result) for result in results] in ([PoolTimeout, PoolBusy], [PoolTimeout] * 2)


async def test_a_caller_who_leaves_does_not_leave_his_job_in_the_way() -> None:
    async with a_pool(workers=1) as pool:
        job = asyncio.create_task(pool.run(time.sleep, 0.2))
        queued = asyncio.create_task(pool.run(time.sleep, 60))
        await asyncio.sleep(0.05)
        job.cancel()
        queued.cancel()
        assert await pool.run(abs, -1) == 1


async def test_a_worker_is_replaced_after_so_many_jobs() -> None:
    async with a_pool(workers=1, max_tasks=3) as pool:
        seen = [await pool.run(os.getpid) for _ in range(5)]
        assert len(set(seen)) == 2


async def test_a_job_cannot_take_more_memory_than_its_worker_is_given() -> None:
    async with a_pool(workers=1, memory_limit=512 << 20) as pool:
        with pytest.raises(MemoryError):
            await pool.run(bytearray, 1 << 30)
        assert await pool.run(abs, -1) == 1


async def test_a_pool_whose_initializer_fails_does_not_start() -> None:
    pool = ProcessPool("test", workers=1, initializer=int, initargs=("not a number",))
    with pytest.raises(PoolStartError, match="not a number"):
        await pool.start()
    await pool.close()


async def test_a_worker_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    async with a_pool(workers=1) as pool:
        assert await pool.run(os.getenv, "DATABASE_URL") is None
        assert await pool.run(os.getenv, "OMP_NUM_THREADS") == "1"


async def test_closing_ends_the_workers_and_answers_everyone() -> None:
    pool = ProcessPool("test", workers=2)
    await pool.start()
    pids = pool.pids()
    jobs = [asyncio.create_task(pool.run(time.sleep, 60)) for _ in range(4)]
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await pool.close()
    assert time.monotonic() - began < 1
    results = await asyncio.gather(*jobs, return_exceptions=True)
    assert {type(result) for result in results} == {PoolLost}
    with pytest.raises(PoolLost):
        await pool.run(abs, -1)
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
