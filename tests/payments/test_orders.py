"""Orders: one open one a bill, another channel when wished, money that came twice goes back."""

import asyncio
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from payments import service as payments
from payments.errors import BillNotPayable, GatewayRefused, GatewayUnreachable, NotThisWay
from tests.builders.channels import turnable
from tests.builders.gateways import channels
from tests.builders.payments import FINE, RENT, unpaid_bill
from tests.builders.people import resident

NONTAX, WECHAT = payments.Wish("nontax", "h5"), payments.Wish("wechat", "h5")


@pytest.fixture
def gateways(database):
    with channels() as made:
        yield made


@pytest.fixture
def times(gateways):
    with turnable(clock.now()) as made:
        yield made


async def numbers(state: str = "") -> list[str]:
    rows = await db.rows(
        "SELECT out_trade_no FROM payments_attempt WHERE $1 = '' OR state = $1 ORDER BY id", state
    )
    return [row["out_trade_no"] for row in rows]


async def states(bill: str) -> tuple[str, list[str], list[str]]:
    """Of the bill, its orders, and its attempts."""
    orders = await db.rows("SELECT state FROM payments_order ORDER BY id")
    attempts = await db.rows("SELECT state FROM payments_attempt ORDER BY id")
    facts = await payments.bill_summary(bill)
    return facts.state, [o["state"] for o in orders], [a["state"] for a in attempts]


async def ledger() -> dict[str, int]:
    rows = await db.rows(
        "SELECT account, sum(amount_fen)::bigint AS fen FROM payments_ledger_entry GROUP BY 1"
    )
    return {row["account"].partition(":")[0]: row["fen"] for row in rows if row["fen"]}


async def test_a_hundred_starts_at_once_are_one_order_and_one_attempt(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    made = await asyncio.gather(
        *(payments.start_order(payer, bill, NONTAX) for _ in range(100)), return_exceptions=True
    )
    assert not [one for one in made if isinstance(one, Exception)]
    assert len({one.order_no for one in made}) == 1
    assert await states(bill) == ("locked", ["paying"], ["waiting"])
    assert len(gateways.worlds["nontax"].orders) == 1


async def test_another_channel_is_another_attempt_and_the_first_is_closed_at_its_gateway(
    gateways, deliver
):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    first = await payments.start_order(payer, bill, NONTAX)
    second = await payments.start_order(payer, bill, WECHAT)
    assert (second.order_no, second.channel) == (first.order_no, "wechat")
    await deliver()
    assert await states(bill) == ("locked", ["paying"], ["closed", "waiting"])
    left, taken = await numbers()
    assert gateways.worlds["nontax"].orders[left]["state"] == "CLOSED"
    assert gateways.pay(taken, "wechat")
    await gateways.tell("wechat", times=3)
    assert await states(bill) == ("paid", ["paid"], ["closed", "success"])
    assert await ledger() == {"channel": 2000, "agency": -2000}


async def test_paying_on_two_channels_pays_once_and_the_second_money_goes_back(gateways, deliver):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    await payments.start_order(payer, bill, WECHAT)
    first, second = await numbers()
    assert gateways.pay(first, "nontax")
    assert gateways.pay(second, "wechat")
    await gateways.tell("wechat")
    await gateways.tell("nontax")
    assert await states(bill) == ("paid", ["paid"], ["duplicate", "success"])
    await deliver()
    gateways.worlds["nontax"].settle_refunds()
    await gateways.tell("nontax", times=2)
    refund = await db.row("SELECT * FROM payments_refund")
    assert (refund["state"], refund["auto"], refund["amount_fen"]) == ("success", True, 2000)
    assert await ledger() == {"channel": 2000, "agency": -2000}
    await deliver()
    told = await db.rows("SELECT template FROM notify_message ORDER BY id")
    assert "payments.refunded_twice" in {row["template"] for row in told}


async def test_money_for_a_bill_that_was_voided_meanwhile_goes_back(times, gateways, deliver):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    [number] = await numbers()
    times.turn(hours=1)
    await payments.ask_gateway(number)
    assert await states(bill) == ("unpaid", ["closed"], ["closed"])
    await db.execute("UPDATE payments_bill SET state = 'void'")
    # The channel had closed it, and yet the money came: what it says is the truth.
    gateways.worlds["nontax"].orders[number]["state"] = "WAIT"
    assert gateways.pay(number)
    await gateways.tell()
    assert (await states(bill))[2] == ["duplicate"]
    assert await db.value("SELECT count(*) FROM payments_refund WHERE auto") == 1


async def test_an_order_past_its_time_is_closed_at_the_gateway_and_the_bill_waits_again(
    times, gateways
):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    times.turn(minutes=31)
    again = await payments.start_order(payer, bill, NONTAX)
    assert await states(bill) == ("locked", ["closed", "paying"], ["closed", "waiting"])
    assert again.go["told"]["url"]


async def test_an_order_paid_in_its_last_minute_is_found_when_one_starts_again(times, gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    [number] = await numbers()
    times.turn(minutes=29)
    assert gateways.pay(number)
    times.turn(minutes=2)
    with pytest.raises(BillNotPayable):
        await payments.start_order(payer, bill, NONTAX)
    assert await states(bill) == ("paid", ["paid"], ["success"])


async def test_a_create_that_lands_after_we_asked_is_still_found(times, gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    world = gateways.worlds["nontax"]
    world.faults.set({"request_lost": 1})
    with pytest.raises(GatewayUnreachable):
        await payments.start_order(payer, bill, NONTAX)
    [number] = await numbers()
    times.turn(minutes=31)
    await payments.ask_gateway(number)
    # Not there, but it may still be on its way: no end before five more minutes.
    assert await states(bill) == ("locked", ["closing"], ["sent"])
    times.turn(minutes=6)
    await payments.ask_gateway(number)
    assert await states(bill) == ("unpaid", ["closed"], ["closed"])


@pytest.mark.parametrize(
    "fault", ["answer_lost", "server_error", "garbage", "bad_signature", "slow"]
)
async def test_an_answer_that_cannot_be_trusted_is_no_answer_and_nothing_is_lost(fault, gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    gateways.worlds["nontax"].faults.set({fault: 1})
    with pytest.raises(GatewayUnreachable):
        await payments.start_order(payer, bill, NONTAX)
    [number] = await numbers()
    assert gateways.pay(number)
    await payments.ask_gateway(number)
    assert await states(bill) == ("paid", ["paid"], ["success"])


async def test_an_order_the_gateway_refuses_is_closed_and_the_bill_waits(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    world = gateways.worlds["nontax"]
    kept, world.account = world.account, world.account.model_copy(update={"merchant": "OTHER"})
    with pytest.raises(GatewayRefused):
        await payments.start_order(payer, bill, NONTAX)
    assert await states(bill) == ("unpaid", ["closed"], ["rejected"])
    world.account = kept
    await payments.start_order(payer, bill, NONTAX)
    assert (await states(bill))[0] == "locked"


async def test_a_commercial_charge_does_not_go_to_the_treasury(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer, code=RENT)
    with pytest.raises(NotThisWay):
        await payments.start_order(payer, bill, NONTAX)
    assert [w.channel for w in await payments.bill_ways(payer.subject, bill, "phone")] == ["wechat"]


async def test_a_fine_grows_by_three_per_cent_a_day_and_never_beyond_itself(times, gateways):
    payer = await resident(tier=2)
    due = clock.today() + timedelta(days=15)
    bill = await unpaid_bill(payer, 20_000, code=FINE, due_on=due)
    assert (await payments.bill(payer.subject, bill)).amount_fen == 20_000
    times.turn(days=17)
    assert await payments.mark_overdue() == 1
    facts = await payments.bill(payer.subject, bill)
    assert (facts.state, facts.amount_fen) == ("overdue", 21_200)
    assert facts.items[0]["penalty_fen"] == 1_200
    order = await payments.start_order(payer, bill, NONTAX)
    assert order.amount_fen == 21_200
    times.turn(days=400)
    again = await payments.start_order(payer, bill, NONTAX)
    assert again.amount_fen == 40_000


async def test_a_late_success_pays_what_was_due_on_the_day_it_was_paid(times, gateways):
    payer = await resident(tier=2)
    due = clock.today() + timedelta(days=1)
    bill = await unpaid_bill(payer, 10_000, code=FINE, due_on=due)
    await payments.start_order(payer, bill, NONTAX)
    [number] = await numbers()
    assert gateways.pay(number)
    times.turn(days=5)
    await payments.mark_overdue()
    await gateways.tell()
    facts = await payments.bill(payer.subject, bill)
    assert (facts.state, facts.amount_fen) == ("paid", 10_000)


async def test_an_attempt_nobody_watches_any_more_is_swept(times, gateways, deliver):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    await db.execute("UPDATE kernel_delivery SET state = 'parked'")
    await db.execute("UPDATE kernel_event SET relayed = true")
    times.turn(hours=2)
    assert await payments.sweep() == 1
    await deliver()
    assert await states(bill) == ("unpaid", ["closed"], ["closed"])
    assert await payments.sweep() == 0


async def test_a_watch_that_gave_up_is_taken_up_by_the_sweep(times, gateways, deliver):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    world = gateways.worlds["nontax"]
    world.faults.set({"request_lost": 99})
    for _ in range(15):
        await deliver()
        times.turn(minutes=15)
    parked = "SELECT count(*) FROM kernel_delivery WHERE state = 'parked' AND handler = $1"
    assert await db.value(parked, "payments.watch_attempt") == 1
    world.faults.set({"request_lost": 0})
    assert await payments.sweep() >= 1
    await deliver()
    assert await states(bill) == ("unpaid", ["closed"], ["closed"])


async def test_a_busy_gateway_has_refused_nothing(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    gateways.worlds["nontax"].faults.set({"busy": 1})
    with pytest.raises(GatewayUnreachable):
        await payments.start_order(payer, bill, NONTAX)
    again = await payments.start_order(payer, bill, NONTAX)
    assert (again.state, len(await numbers())) == ("paying", 1)


async def test_what_was_paid_while_its_answer_was_lost_is_no_refusal(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    gateways.worlds["nontax"].faults.set({"answer_lost": 1})
    with pytest.raises(GatewayUnreachable):
        await payments.start_order(payer, bill, NONTAX)
    [number] = await numbers()
    assert gateways.pay(number)
    # The gateway says that the number is paid already: it has to be asked, not believed refused.
    with pytest.raises(GatewayUnreachable):
        await payments.start_order(payer, bill, NONTAX)
    await payments.ask_gateway(number)
    assert await states(bill) == ("paid", ["paid"], ["success"])
