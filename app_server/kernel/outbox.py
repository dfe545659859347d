"""Announce in the transaction, deliver after it: the outbox and its worker's steps.

`announce` adds the event to the caller's unit of work. The worker relays events to deliveries,
one per listener, and runs them: database effects in the transaction that marks them done
(exactly once), outside effects under a lease with the attempt row committed first. Deliveries
of one listener about one aggregate keep their order; a parked one holds back only those.
"""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg
import orjson
import structlog

from app_server.kernel import clock, db
from app_server.kernel.events import (
    SUBSCRIPTIONS,
    Delivery,
    Event,
    Ok,
    Outcome,
    Rejected,
    Subscription,
    Unknown,
    listeners,
)
from app_server.kernel.ids import uuid7
from app_server.kernel.telemetry import DELIVERIES, begin_trace
from app_server.kernel.wake import wake_workers
from app_server.kernel.writing import Row

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 12
LEASE = timedelta(seconds=60)
TIMED: dict[str, Callable[[dict[str, object]], Awaitable[None]]] = {}


def announce(event: Event) -> None:
    """Write an event with the current unit of work; raises `OutsideUnitOfWork` without one."""
    uow = db.needed()
    uow.add(
        "kernel_event",
        {
            "id": uuid7(),
            "name": event.name,
            "aggregate": event.aggregate,
            "payload": orjson.Fragment(event.model_dump_json()),
            "at": clock.now(),
            "relayed": False,
        },
    )
    uow.then(wake_workers)


async def relay(limit: int = 200) -> int:
    """Turn new events into deliveries; answers how many events were taken."""
    async with db.unit_of_work() as uow:
        taken = await db.rows(
            "SELECT seq, name, aggregate, payload FROM kernel_event WHERE NOT relayed "
            "ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED",
            limit,
        )
        if not taken:
            return 0
        for event in taken:
            for listener in listeners(event["name"]):
                uow.add("kernel_delivery", _delivery(event, listener))
        await uow.flush()
        await db.execute(
            "UPDATE kernel_event SET relayed = true WHERE seq = ANY($1::bigint[])",
            [event["seq"] for event in taken],
        )
    return len(taken)


def _delivery(event: asyncpg.Record, listener: Subscription) -> Row:
    return {
        "id": uuid7(),
        "event_seq": event["seq"],
        "handler": listener.name,
        "aggregate": event["aggregate"],
        "payload": orjson.Fragment(event["payload"]),
        "state": "ready",
        "attempts": 0,
        "run_at": clock.now(),
    }


# A delivery is due when no earlier one of its listener and aggregate is still open. The state
# of an earlier one that another worker holds is still 'ready' here, so order survives races.
_DUE = """
SELECT d.id, d.handler, d.payload, d.attempts FROM kernel_delivery d
WHERE d.state = 'ready' AND d.run_at <= $1
  AND (d.lease_until IS NULL OR d.lease_until < $1)
  AND d.handler = ANY($2::text[])
  AND (d.event_seq IS NULL OR NOT EXISTS (
    SELECT 1 FROM kernel_delivery p WHERE p.handler = d.handler AND p.aggregate = d.aggregate
      AND p.event_seq < d.event_seq AND p.state IN ('ready', 'parked')))
ORDER BY d.run_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED
"""


def _names(kind: str) -> list[str]:
    return [s.name for s in SUBSCRIPTIONS.values() if s.kind == kind]


async def handle_one() -> bool:
    """Run one database delivery or timed job; the effect and the mark commit together."""
    try:
        async with db.unit_of_work() as uow:
            due = await db.row(_DUE, clock.now(), [*_names("handles"), *TIMED])
            if due is None:
                return False
            begin_trace()
            failure = await _run_in_savepoint(due)
            if failure is None:
                await uow.flush()
                await _mark_done(due)
            else:
                uow.pending.clear()
                uow.after.clear()
                await _put_off(due, repr(failure))
    except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError) as error:
        log.warning("delivery_collided", error=str(error))
    return True


async def _run_in_savepoint(due: asyncpg.Record) -> Exception | None:
    payload = orjson.loads(due["payload"])
    try:
        async with db.savepoint() as uow:
            if due["handler"] in TIMED:
                await TIMED[due["handler"]](payload)
            else:
                listener = SUBSCRIPTIONS[due["handler"]]
                await listener.run(listener.event.model_validate(payload))
            await uow.flush()
    except Exception as error:
        log.exception("delivery_failed", handler=due["handler"], delivery=str(due["id"]))
        return error
    return None


async def _mark_done(due: asyncpg.Record) -> None:
    await db.execute(
        "UPDATE kernel_delivery SET state='done', done_at=$2, attempts=attempts+1, error=NULL "
        "WHERE id=$1",
        due["id"],
        clock.now(),
    )
    DELIVERIES.labels(due["handler"], "ok").inc()


async def _put_off(due: asyncpg.Record, error: str, *, final: bool = False) -> None:
    attempts = due["attempts"] + 1
    parked = final or attempts >= MAX_ATTEMPTS
    # Exponential with full jitter: a recovering party is not met by everyone at once.
    wait = timedelta(seconds=random.uniform(0.2, 1) * min(2**attempts, 900))  # noqa: S311
    await db.execute(
        "UPDATE kernel_delivery SET state=$2, attempts=$3, run_at=$4, error=$5, lease_until=NULL "
        "WHERE id=$1",
        due["id"],
        "parked" if parked else "ready",
        attempts,
        clock.now() + wait,
        error[:2000],
    )
    DELIVERIES.labels(due["handler"], "parked" if parked else "retry").inc()


async def perform_one() -> bool:
    """Run one outside delivery: lease and attempt row first, then the call, then the answer."""
    async with db.unit_of_work():
        due = await db.row(_DUE, clock.now(), _names("performs"))
        if due is None:
            return False
        # Counted by the attempts themselves: a replayed delivery begins its back-off anew, but
        # was tried before, and its earlier attempts stay on record.
        number = 1 + await db.value(
            "SELECT coalesce(max(number), 0) FROM kernel_attempt WHERE delivery_id=$1", due["id"]
        )
        await db.execute(
            "UPDATE kernel_delivery SET lease_until=$2, attempts=$3 WHERE id=$1",
            due["id"],
            clock.now() + LEASE,
            due["attempts"] + 1,
        )
        await db.execute(
            "INSERT INTO kernel_attempt (delivery_id, number, started_at) VALUES ($1,$2,$3)",
            due["id"],
            number,
            clock.now(),
        )
    begin_trace()
    outcome = await _call(due, number)
    async with db.unit_of_work():
        await db.execute(
            "UPDATE kernel_attempt SET ended_at=$3, outcome=$4, detail=$5 "
            "WHERE delivery_id=$1 AND number=$2",
            due["id"],
            number,
            clock.now(),
            type(outcome).__name__.lower(),
            outcome.detail[:2000],
        )
        if isinstance(outcome, Ok):
            await _mark_done(due)
        else:
            await _put_off(due, outcome.detail, final=isinstance(outcome, Rejected))
    return True


async def _call(due: asyncpg.Record, number: int) -> Outcome:
    listener = SUBSCRIPTIONS[due["handler"]]
    event = listener.event.model_validate_json(due["payload"])
    delivery = Delivery(str(due["id"]), number)
    try:
        # An earlier attempt may have arrived without our knowing: ask before telling again.
        if number > 1 and listener.ask is not None:
            known = await listener.ask(event, delivery)
            if not isinstance(known, Rejected):
                return known
        outcome: Outcome = await listener.run(event, delivery)
    except Exception as error:
        log.exception("perform_failed", handler=due["handler"], delivery=delivery.id)
        return Unknown(repr(error))
    return outcome


async def replay(delivery_id: str) -> bool:
    """Let a parked delivery run again (operators); False when it was not parked."""
    return bool(
        await db.execute(
            "UPDATE kernel_delivery SET state='ready', attempts=0, run_at=$2 "
            "WHERE id=$1::uuid AND state='parked'",
            delivery_id,
            clock.now(),
        )
    )
