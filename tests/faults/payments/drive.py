"""A wave of orders, driven on the virtual clock until everything is quiet.

At each moment people act, notices arrive and the worker works at the same time; then the clock
goes on to the next moment at which anything is due.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from app_server.kernel import db, outbox
from app_server.kernel.principal import Principal
from payments import jobs
from payments import service as payments
from payments.providers.gateway import Ack
from payments.service import reconciling
from payments.simulators.notices import Outgoing
from tests.builders.payments import COST, ORG, listed
from tests.builders.people import resident
from tests.faults.payments.stories import STORIES, Person, is_weather, late
from tests.faults.payments.town import Channel, Crash, Town

SWEEP = timedelta(minutes=5)
LONGEST = timedelta(hours=46)
PERFORMERS = 6
# A file is asked for again ever more slowly, and some lines lose three calls of four all the time:
# four days without it would be stuck, twelve hours are bad luck.
HALF_HOURS = 192
DUE = """
SELECT EXISTS (SELECT 1 FROM kernel_event WHERE NOT relayed) OR EXISTS (
  SELECT 1 FROM kernel_delivery WHERE state = 'ready' AND run_at <= $1
  AND (lease_until IS NULL OR lease_until < $1))
"""
# What is parked is taken up again by the sweep, unless it was refused.
BUSY = "SELECT 1 FROM kernel_delivery WHERE state IN ('ready', 'parked') LIMIT 1"
EMPTIED = (
    "payments_bill, payments_order, payments_attempt, payments_refund, payments_channel_fact, "
    "payments_ledger_transaction, payments_ledger_entry, payments_receipt, payments_recon_batch, "
    "payments_recon_difference, kernel_event, kernel_delivery, kernel_attempt"
)


async def payers(count: int = 20) -> list[Principal]:
    """People who may pay, and what they may be charged."""
    made = [await resident(tier=2) for _ in range(count)]
    if COST not in {one.code for one in await payments.fees(ORG)}:
        await listed()
    return made


async def empty() -> None:
    """Forget the wave before."""
    await db.execute(f"TRUNCATE {EMPTIED}")


async def wave(town: Town, people: list[Principal], orders: int) -> None:
    """Drive so many orders, stories and channels in turn, until all is quiet."""
    for number in range(orders):
        town.start(_story(town, people, number))
    while True:
        await asyncio.gather(town.settled(), _work(town), *map(_tell(town), town.channels.values()))
        await _work(town)
        if town.times.at - town.began > LONGEST or await _quiet(town):
            break
        await _on(town)
    await _next_day(town)


async def _story(town: Town, people: list[Principal], number: int) -> None:
    names, stories = list(town.channels), list(STORIES)
    channel = town.channels[names[number % 3]]
    other = town.channels[names[(number % 3 + town.dice.choice((1, 2))) % 3]]
    act = STORIES[stories[number // 3 % 5]]
    if "late_success" in town.plan.kinds and act is STORIES["close"]:
        act = late
    payer, fen = people[number % len(people)], 300 + town.dice.randrange(100_000)
    async with town.turns, db.unit_of_work():
        bill_no = await payments.create_bill(
            person_id=payer.subject,
            title="居住证补领工本费",
            items=[payments.BillItem("工本费", COST, fen)],
            agency_code=ORG,
            agency_name="演示公安分局",
            region="341602",
            source="faults",
            source_ref=f"{number}",
        )
    await act(Person(town, payer, bill_no, fen, channel, other))


# --- what arrives ----------------------------------------------------------------


def _tell(town: Town) -> Callable[[Channel], Awaitable[None]]:
    async def tell(channel: Channel) -> None:
        world = channel.world
        if hasattr(world, "settle_refunds"):
            world.settle_refunds()
        due = world.due if hasattr(world, "due") else world.notices.due
        await asyncio.gather(*(_bring(town, channel, told) for told in due(town.times.at)))

    return tell


async def _bring(town: Town, channel: Channel, told: Outgoing) -> None:
    headers = {name.lower(): value for name, value in told.headers.items()}
    async with town.turns:
        ack = await _taken(town, channel, headers, told.body)
    ok = ack is not None and channel.took(ack)
    if ok and told.number is None:
        raise AssertionError("a forged notice was taken")
    channel.world.notices.answered(told, town.times.at, ok=ok)


async def _taken(town: Town, channel: Channel, headers: dict[str, str], raw: bytes) -> Ack | None:
    try:
        taken: Any = await town.under_fire(
            payments.take_notice(channel.name, "treasury", headers, raw)
        )
    except Crash:
        return None
    except Exception as error:  # noqa: BLE001 - what is answered then is no `success`: it comes again
        if not is_weather(error):
            town.refused[type(error).__name__] += 1
        return None
    return taken  # type: ignore[no-any-return]


# --- the worker ------------------------------------------------------------------


async def _work(town: Town) -> None:
    steps = [outbox.relay, outbox.handle_one, *[outbox.perform_one] * PERFORMERS]
    while await db.value(DUE, town.times.at) and any(
        await asyncio.gather(*(_step(town, step) for step in steps))
    ):
        pass


async def _step(town: Town, step: Callable[[], Awaitable[Any]]) -> bool:
    worked = False
    while True:
        try:
            async with town.turns:
                if not await town.under_fire(step()):
                    return worked
        except Crash:
            # The worker died; another one begins.
            pass
        except Exception as error:
            if not is_weather(error):
                raise
        worked = True


# --- time ------------------------------------------------------------------------


async def _quiet(town: Town) -> bool:
    if town.next_waking() or any(len(one.world.notices) for one in town.channels.values()):
        return False
    if town.times.at - town.began < timedelta(minutes=90):
        return False
    return await db.value(BUSY) is None


async def _on(town: Town) -> None:
    """Turn the clock to what comes next, the sweep at the latest where one is needed."""
    now = town.times.at
    moments = [town.next_waking(), *(_next_of(one) for one in town.channels.values())]
    moments.append(
        await db.value(
            "SELECT min(greatest(run_at, coalesce(lease_until, run_at))) FROM kernel_delivery "
            "WHERE state = 'ready'"
        )
    )
    young = now - town.began < timedelta(hours=2)
    sweep = now + (SWEEP - (now - town.began) % SWEEP)
    coming = [moment for moment in moments if moment is not None]
    target = min([*coming, sweep] if young or not coming else coming)
    # What lies close together is done together.
    town.times.at = max(target, now + timedelta(seconds=10 if young else 300))
    if (now - town.began) // SWEEP != (town.times.at - town.began) // SWEEP:
        await _job(town, jobs.sweep)
    town.wake()


def _next_of(channel: Channel) -> datetime | None:
    queue = channel.world.notices._queue
    settling = getattr(channel.world, "settling", None)
    moments = [queue[0][0]] if queue else []
    if settling:
        moments.append(settling[0]["due"])
    return min(moments) if moments else None


async def _job(town: Town, job: Callable[[], Awaitable[None]]) -> None:
    try:
        await town.under_fire(job())
    except Crash:
        return
    except Exception as error:
        if not is_weather(error):
            raise


async def _next_day(town: Town) -> None:
    """The files of the days come: whatever they must mend is counted."""
    before = await db.value(
        "SELECT count(*) FROM payments_attempt WHERE state IN ('success', 'duplicate')"
    )
    town.times.at = (town.times.at + timedelta(days=1)).replace(hour=5, minute=0)
    for day in range((town.times.at.date() - town.began.date()).days):
        await reconciling.ask_for_days(town.began.date() + timedelta(days=day))
    for _ in range(HALF_HOURS):
        await _work(town)
        if await db.value(BUSY) is None:
            break
        town.times.at += timedelta(minutes=30)
        await asyncio.gather(*map(_tell(town), town.channels.values()))
        await _job(town, jobs.sweep)
    after = await db.value(
        "SELECT count(*) FROM payments_attempt WHERE state IN ('success', 'duplicate')"
    )
    town.mended = after - before
