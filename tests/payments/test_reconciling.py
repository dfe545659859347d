"""A day's file against our books: eight kinds of difference, and a proof before it is closed."""

from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.kernel.events import Rejected
from payments import service as payments
from payments.errors import DayNotProved, IllegalMove
from payments.service import reconciling
from tests.builders.channels import turnable
from tests.builders.gateways import channels
from tests.builders.payments import unpaid_bill
from tests.builders.people import resident
from tests.builders.staff import officer

NONTAX = payments.Wish("nontax", "h5")


@pytest.fixture
def gateways(database):
    noon = clock.now().replace(hour=4, minute=0)
    with channels() as made, turnable(noon) as made.times:
        yield made


async def paid(gateways, ref: str, fen: int = 2000, *, told: bool = True) -> str:
    """A bill paid at the gateway; its attempt's number."""
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer, fen, ref=ref)
    await payments.start_order(payer, bill, NONTAX)
    number = await db.value("SELECT out_trade_no FROM payments_attempt ORDER BY id DESC LIMIT 1")
    assert gateways.pay(number)
    if told:
        await gateways.tell()
    return number


async def reconciled(gateways):
    """Yesterday's file of the non-tax channel, matched."""
    gateways.times.turn(days=1)
    await reconciling.ask_for_days()
    day = clock.today() - timedelta(days=1)
    await reconciling.pursue_day("nontax", "treasury", day)
    [batch] = [b for b in await reconciling.batches(day) if b.channel == "nontax"]
    return batch


async def kinds(batch) -> dict[str, str]:
    found = await reconciling.differences(batch.id)
    return {one.kind: one.state for one in found}


async def test_a_clean_day_balances_and_is_closed(gateways):
    await paid(gateways, "1")
    await paid(gateways, "2", 300)
    batch = await reconciled(gateways)
    assert (batch.state, batch.rows, batch.trade_fen, batch.unproved_fen) == (
        "balanced",
        2,
        2300,
        0,
    )
    closed = await reconciling.close_day(await officer("treasurer"), batch.id, batch.version)
    assert closed.state == "closed"
    assert await db.value("SELECT count(*) FROM payments_recon_line") == 0


async def test_a_day_is_asked_for_once_and_not_before_its_file_is_made(gateways):
    await paid(gateways, "1")
    assert await reconciling.ask_for_days(clock.today()) == 2
    assert await reconciling.ask_for_days(clock.today()) == 0
    outcome = await reconciling.pursue_day("nontax", "treasury", clock.today())
    assert outcome.detail == "not ready"


async def test_a_payment_we_never_heard_of_is_applied_from_the_file(gateways):
    number = await paid(gateways, "1", told=False)
    await db.execute("UPDATE payments_attempt SET state = 'closed'")
    await db.execute("UPDATE payments_order SET state = 'closed'")
    batch = await reconciled(gateways)
    assert await kinds(batch) == {"STATE": "resolved"}
    assert (batch.state, batch.unproved_fen) == ("balanced", 0)
    assert await db.value("SELECT state FROM payments_bill") == "paid"
    assert await db.value("SELECT state FROM payments_attempt") == "success"
    assert number in await db.value("SELECT external_id FROM payments_channel_fact LIMIT 1")


async def test_every_kind_of_difference_is_found_and_nothing_else(gateways):
    first = await paid(gateways, "1")
    lost = await paid(gateways, "2", 500)
    dear = await paid(gateways, "3", 700)
    world = gateways.worlds["nontax"]
    world.orders[dear]["fee_fen"] = 4
    del world.orders[lost]
    world.orders[first]["amount_fen"] += 1
    strange = world.orders[first] | {"out_trade_no": "NOBODY-KNOWS-IT", "amount_fen": 40}
    world.orders["x"] = strange
    world.orders["y"] = strange
    world.orders["z"] = strange | {"out_trade_no": "ELSEWHERE", "merchant": "OTHER"}
    batch = await reconciled(gateways)
    found = await reconciling.differences(batch.id)
    assert sorted((d.kind, d.number == first) for d in found) == [
        ("AMOUNT", True),
        ("CHANNEL_MISSING", False),
        ("DUPLICATE_LINE", False),
        ("FEE", False),
        ("LOCAL_MISSING", False),
        ("UNKNOWN_MERCHANT", False),
    ]
    assert batch.state == "differs"


async def test_a_day_is_not_closed_before_its_sums_prove_to_zero(gateways):
    await paid(gateways, "1")
    world = gateways.worlds["nontax"]
    [order] = world.orders.values()
    world.orders["x"] = order | {"out_trade_no": "NOBODY-KNOWS-IT", "amount_fen": 40}
    batch = await reconciled(gateways)
    clerk = await officer("treasurer")
    with pytest.raises(DayNotProved):
        await reconciling.close_day(clerk, batch.id, batch.version)
    [difference] = await reconciling.differences(batch.id)
    with pytest.raises(IllegalMove):
        await reconciling.resolve(clerk, difference.id, difference.version, "unbook", "不对")
    with pytest.raises(IllegalMove):
        await reconciling.resolve(clerk, difference.id, difference.version, "explain", "查过了")
    assert (await reconciling.batches())[0].unproved_fen == 40


async def test_what_the_channel_has_and_we_have_not_is_booked_to_suspense(gateways):
    await paid(gateways, "1")
    world = gateways.worlds["nontax"]
    [order] = world.orders.values()
    world.orders["x"] = order | {"out_trade_no": "NOBODY-KNOWS-IT", "amount_fen": 40}
    batch = await reconciled(gateways)
    clerk = await officer("treasurer")
    [difference] = await reconciling.differences(batch.id)
    await reconciling.resolve(clerk, difference.id, difference.version, "book", "渠道流水 1 号")
    [batch] = [b for b in await reconciling.batches() if b.channel == "nontax"]
    assert (batch.adjusted_fen, batch.unproved_fen) == (40, 0)
    assert (await reconciling.close_day(clerk, batch.id, batch.version)).state == "closed"


async def test_what_was_paid_at_midnight_meets_its_row_in_the_next_days_file(gateways):
    gateways.times.turn(hours=11, minutes=59)
    number = await paid(gateways, "1")
    # By their clock it was the next day already.
    gateways.worlds["nontax"].orders[number]["paid_at"] += 120
    batch = await reconciled(gateways)
    assert await kinds(batch) == {"DAY_CUT": "waiting"}
    next_day = await reconciled(gateways)
    assert await kinds(next_day) == {"DAY_CUT": "resolved"}
    assert await kinds(batch) == {"DAY_CUT": "resolved"}
    assert next_day.unproved_fen == 0


async def test_what_waits_too_long_for_the_neighbours_file_is_missing(gateways):
    gateways.times.turn(hours=11, minutes=59)
    number = await paid(gateways, "1")
    del gateways.worlds["nontax"].orders[number]
    batch = await reconciled(gateways)
    assert await reconciling.mature() == 0
    gateways.times.turn(days=3)
    assert await reconciling.mature() == 1
    assert await kinds(batch) == {"CHANNEL_MISSING": "open"}


async def test_an_attempt_is_closed_for_good_only_with_the_file_of_its_day(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    gateways.times.turn(hours=1)
    [number] = [r["out_trade_no"] for r in await db.rows("SELECT * FROM payments_attempt")]
    await payments.ask_gateway(number)
    assert await db.value("SELECT state FROM payments_attempt") == "closed"
    await reconciled(gateways)
    assert await db.value("SELECT state FROM payments_attempt") == "closed_final"


async def test_a_file_that_does_not_add_up_is_not_used(gateways):
    await paid(gateways, "1")
    [order] = gateways.worlds["nontax"].orders.values()
    # A number with a comma tears its row.
    order["trade_no"] = "1,2"
    gateways.times.turn(days=1)
    await reconciling.ask_for_days()
    day = clock.today() - timedelta(days=1)
    outcome = await reconciling.pursue_day("nontax", "treasury", day)
    assert isinstance(outcome, Rejected), outcome
    assert await db.value("SELECT count(*) FROM payments_recon_line") == 0
    assert await db.value("SELECT DISTINCT state FROM payments_recon_batch") == "waiting"
