"""The worker: relays events, runs deliveries, jobs whose time has come, and stops cleanly."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

from app_server import registry
from app_server.kernel import audit_chain, db, outbox, schedule
from app_server.kernel.settings import load
from app_server.kernel.telemetry import set_up_logging
from app_server.kernel.wake import CHANNEL

log = structlog.get_logger(__name__)

POLL = 0.15
HANDLERS = 3
PERFORMERS = 4

Step = Callable[[], Awaitable[int | bool]]


class Worker:
    """The loops of one worker process."""

    def __init__(self) -> None:
        self.stopping = asyncio.Event()
        self.woken = asyncio.Event()

    async def loop(self, step: Step, pause: float = POLL, *, steady: bool = False) -> None:
        """Repeat a step while it finds work; then wait for the poll, or (not `steady`) for news."""
        while not self.stopping.is_set():
            try:
                if await step():
                    continue
            except Exception:
                log.exception("worker_step_failed")
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for((self.stopping if steady else self.woken).wait(), pause)

    async def listen(self) -> None:
        """Hear notifications; when the connection is lost, polling carries on meanwhile."""
        while not self.stopping.is_set():
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await db.dedicated_connection()
                try:
                    await connection.add_listener(CHANNEL, self._wake)
                    while not (  # noqa: ASYNC110 - asyncpg has no event for a lost connection
                        self.stopping.is_set() or connection.is_closed()
                    ):
                        await asyncio.sleep(1)
                finally:
                    await connection.close(timeout=2)
            await asyncio.sleep(1)

    def _wake(self, *_: object) -> None:
        self.woken.set()
        asyncio.get_running_loop().call_later(0.01, self.woken.clear)

    async def run(self) -> None:
        """Run all loops until `stopping`, then let what runs finish."""
        await registry.connect()
        loops = [
            self.loop(outbox.relay),
            *(self.loop(outbox.handle_one) for _ in range(HANDLERS)),
            *(self.loop(outbox.perform_one) for _ in range(PERFORMERS)),
            *(self.loop(step) for step in registry.WORKER_STEPS),
            self.loop(schedule.run_due, 5),
            self.loop(audit_chain.sequence, 1, steady=True),
            self.listen(),
        ]
        tasks = [asyncio.create_task(loop) for loop in loops]
        await self.stopping.wait()
        self.woken.set()
        await asyncio.wait(tasks, timeout=8)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await registry.disconnect()


async def _main() -> None:
    worker = Worker()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, worker.stopping.set)
    await worker.run()


def run() -> None:
    """Work until SIGTERM; what was begun is finished or rolled back."""
    set_up_logging(load().log_level, "worker")
    registry.assemble()
    asyncio.run(_main())
