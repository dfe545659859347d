"""Timed work: once at a moment (`later`), or again and again (`every`).

A moment is a delivery row with `run_at`, written with the command that set it. A recurring job
takes a (name, slot) row in the transaction that does its work: whoever inserts it first runs.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import TIMED

Timed = Callable[[dict[str, object]], Awaitable[None]]


def timed(name: str) -> Callable[[Timed], Timed]:
    """Name an async function that `later` may call; it runs in the marking transaction."""

    def register(run: Timed) -> Timed:
        TIMED[name] = run
        return run

    return register


def later(name: str, key: str, at: datetime, **payload: object) -> None:
    """Have `name` run at `at`, in the current unit of work; `key` names what it is about."""
    db.needed().add(
        "kernel_delivery",
        {
            "id": uuid7(),
            "handler": name,
            "aggregate": key,
            "payload": payload,
            "state": "ready",
            "attempts": 0,
            "run_at": at,
        },
    )


@dataclass(frozen=True, slots=True)
class Recurring:
    """A job that runs once per slot of `interval`."""

    name: str
    interval: timedelta
    run: Callable[[], Awaitable[None]]


RECURRING: dict[str, Recurring] = {}


def every(
    name: str, interval: timedelta
) -> Callable[[Callable[[], Awaitable[None]]], Callable[[], Awaitable[None]]]:
    """Register a recurring job under a stable name."""

    def register(run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        RECURRING[name] = Recurring(name, interval, run)
        return run

    return register


async def run_due() -> int:
    """Run every recurring job whose present slot nobody has taken yet."""
    ran = 0
    for job in RECURRING.values():
        seconds = job.interval.total_seconds()
        slot = datetime.fromtimestamp(clock.now().timestamp() // seconds * seconds, UTC)
        async with db.unit_of_work():
            taken = await db.execute(
                "INSERT INTO kernel_slot (name, slot, ran_at) VALUES ($1,$2,$3) "
                "ON CONFLICT (name, slot) DO NOTHING",
                job.name,
                slot,
                clock.now(),
            )
            if taken:
                await job.run()
                ran += 1
    return ran
