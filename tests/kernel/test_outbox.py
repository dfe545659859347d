"""Announced in the transaction, delivered after it, in order, exactly once."""

import asyncio
import os
import signal
import subprocess
import sys
from typing import ClassVar
from uuid import UUID

import pytest

from app_server.kernel import clock, db, outbox, schedule
from app_server.kernel.events import (
    SUBSCRIPTIONS,
    Delivery,
    Event,
    Ok,
    Rejected,
    Unknown,
    handles,
    performs,
)
from app_server.kernel.ids import uuid7


class Ticked(Event):
    """Test news."""

    name: ClassVar[str] = "test.ticked/1"
    key: ClassVar[str] = "thing"
    thing: UUID
    number: int


@pytest.fixture
def seen(request):
    """Numbers in the order they were handled; the handler is forgotten afterwards."""
    numbers: list[int] = []

    @handles(Ticked)
    async def note(event: Ticked) -> None:
        if event.number < 0:
            raise RuntimeError("will not")
        numbers.append(event.number)
        await db.execute(
            "INSERT INTO kernel_slot (name, slot, ran_at) VALUES ($1, now(), now())",
            f"n{event.number}",
        )

    yield numbers
    for name in [n for n, s in SUBSCRIPTIONS.items() if s.event is Ticked]:
        del SUBSCRIPTIONS[name]


async def tick(thing: UUID, *numbers: int) -> None:
    for number in numbers:
        async with db.unit_of_work():
            outbox.announce(Ticked(thing=thing, number=number))


async def test_news_outside_a_transaction_is_refused(database):
    with pytest.raises(db.OutsideUnitOfWork):
        outbox.announce(Ticked(thing=uuid7(), number=1))


async def test_news_of_a_command_that_fails_is_never_told(database, seen, deliver):
    with pytest.raises(RuntimeError):
        async with db.unit_of_work():
            outbox.announce(Ticked(thing=uuid7(), number=1))
            raise RuntimeError("falls")
    await deliver()
    assert seen == []


async def test_news_about_one_thing_keeps_its_order_whoever_works(database, seen):
    thing = uuid7()
    await tick(thing, *range(20))
    while await outbox.relay():
        pass

    async def work() -> None:
        for _ in range(60):
            if not await outbox.handle_one():
                await asyncio.sleep(0.005)

    await asyncio.gather(*(work() for _ in range(6)))
    assert seen == list(range(20))


async def test_a_failing_handler_leaves_no_effect_and_holds_back_only_its_own_thing(
    database, seen, deliver
):
    bad, good = uuid7(), uuid7()
    await tick(bad, -1, 5)
    await tick(good, 7)
    await deliver()
    assert seen == [7]
    row = await db.row(
        "SELECT state, attempts, error FROM kernel_delivery WHERE attempts > 0 AND state = 'ready'"
    )
    assert row["attempts"] == 1
    assert "will not" in row["error"]


async def test_a_delivery_that_fails_for_good_is_parked_and_can_be_replayed(database, seen):
    await tick(uuid7(), -1)
    await outbox.relay()
    await db.execute("UPDATE kernel_delivery SET attempts = $1", outbox.MAX_ATTEMPTS - 1)
    await outbox.handle_one()
    parked = await db.row("SELECT id, state FROM kernel_delivery")
    assert parked["state"] == "parked"
    assert await outbox.replay(str(parked["id"]))
    assert await db.value("SELECT state FROM kernel_delivery") == "ready"


async def test_an_unknown_answer_is_asked_about_before_it_is_told_again(database):
    calls: list[str] = []

    async def ask(event: Ticked, delivery: Delivery):
        calls.append(f"ask {delivery.attempt}")
        return Ok("it had arrived")

    @performs(Ticked, ask=ask)
    async def tell(event: Ticked, delivery: Delivery):
        calls.append(f"tell {delivery.attempt}")
        return Unknown("time-out")

    try:
        await tick(uuid7(), 1)
        await outbox.relay()
        await outbox.perform_one()
        await db.execute("UPDATE kernel_delivery SET run_at = now()")
        await outbox.perform_one()
    finally:
        SUBSCRIPTIONS.pop(next(n for n, s in SUBSCRIPTIONS.items() if s.event is Ticked))
    assert calls == ["tell 1", "ask 2"]
    outcomes = await db.rows("SELECT outcome FROM kernel_attempt ORDER BY number")
    assert [row["outcome"] for row in outcomes] == ["unknown", "ok"]
    assert await db.value("SELECT state FROM kernel_delivery") == "done"


async def test_a_rejected_delivery_is_not_told_again(database):
    @performs(Ticked)
    async def tell(event: Ticked, delivery: Delivery):
        return Rejected("no such number")

    try:
        await tick(uuid7(), 1)
        await outbox.relay()
        await outbox.perform_one()
    finally:
        SUBSCRIPTIONS.pop(next(n for n, s in SUBSCRIPTIONS.items() if s.event is Ticked))
    assert await db.value("SELECT state FROM kernel_delivery") == "parked"


async def test_a_timed_job_waits_for_its_moment(database, monkeypatch):
    ran: list[object] = []

    @schedule.timed("test.timer")
    async def ring(payload: dict[str, object]) -> None:
        ran.append(payload["n"])

    from datetime import timedelta

    async with db.unit_of_work():
        schedule.later("test.timer", "thing", clock.now() + timedelta(hours=1), n=3)
    assert not await outbox.handle_one()
    moment = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "_source", lambda: moment)
    assert await outbox.handle_one()
    assert ran == [3]
    outbox.TIMED.pop("test.timer")


async def test_a_recurring_job_runs_once_a_slot_however_many_workers_try(database):
    ran: list[int] = []
    from datetime import timedelta

    @schedule.every("test.cron", timedelta(hours=1))
    async def run() -> None:
        ran.append(1)

    try:
        await asyncio.gather(*(schedule.run_due() for _ in range(5)))
    finally:
        schedule.RECURRING.pop("test.cron")
    assert ran == [1]


CHILD = """
import asyncio, os, signal
from uuid import UUID
from app_server import registry
from app_server.kernel import db, outbox
from tests.kernel.test_outbox import Ticked
from app_server.kernel.events import handles

@handles(Ticked)
async def killed(event):
    await db.execute("INSERT INTO kernel_slot (name, slot, ran_at) VALUES ('kill', now(), now())")
    if os.environ["DIE"] == "1":
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    await registry.connect()
    while await outbox.relay():
        pass
    while await outbox.handle_one():
        pass
    await registry.disconnect()

asyncio.run(main())
"""


async def test_a_worker_killed_in_the_middle_of_a_handler_leaves_the_effect_exactly_once(database):
    await tick(uuid7(), 1)
    for die, status in (("1", -signal.SIGKILL), ("1", -signal.SIGKILL), ("0", 0)):
        child = subprocess.run(
            [sys.executable, "-c", CHILD], env={**os.environ, "DIE": die}, check=False
        )
        assert child.returncode == status
    assert await db.value("SELECT count(*) FROM kernel_slot WHERE name='kill'") == 1
    assert await db.value("SELECT state FROM kernel_delivery") == "done"


async def test_a_replayed_outside_delivery_is_tried_again_and_its_attempts_go_on(database):
    answers = [Rejected("not yet"), Ok("taken")]
    numbers: list[int] = []

    @performs(Ticked)
    async def tell(event: Ticked, delivery: Delivery):
        numbers.append(delivery.attempt)
        return answers.pop(0)

    try:
        await tick(uuid7(), 1)
        await outbox.relay()
        assert await outbox.perform_one()
        parked = await db.row("SELECT id, state FROM kernel_delivery")
        assert parked["state"] == "parked"
        assert await outbox.replay(str(parked["id"]))
        assert await outbox.perform_one()
    finally:
        SUBSCRIPTIONS.pop(next(n for n, s in SUBSCRIPTIONS.items() if s.event is Ticked))
    assert numbers == [1, 2]
    assert await db.value("SELECT state FROM kernel_delivery") == "done"
    outcomes = await db.rows("SELECT outcome FROM kernel_attempt ORDER BY number")
    assert [row["outcome"] for row in outcomes] == ["rejected", "ok"]
