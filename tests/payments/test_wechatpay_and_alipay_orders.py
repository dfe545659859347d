"""Orders of both channels through the service: paid once, closed at the channel, given back."""

import asyncio

import pytest

from app_server.kernel import clock, db
from payments import service as payments
from payments.errors import BadNotice, GatewayUnreachable
from payments.providers import GATEWAYS
from tests.builders.channels import alipay_pair, incoming, opened, wechat_pair
from tests.builders.payments import unpaid_bill
from tests.builders.people import resident

PRODUCTS = {"wechat": "native", "alipay": "page"}
PAIRS = {"wechat": wechat_pair, "alipay": alipay_pair}


@pytest.fixture(params=PRODUCTS)
def channel(request, monkeypatch, database):
    """A channel in process, behind the service; answers its name and its world."""
    world, gateway = PAIRS[request.param](clock.now)
    monkeypatch.setitem(GATEWAYS, request.param, lambda _: gateway)
    return request.param, world


async def started(name: str, world, payer) -> tuple[payments.OrderFacts, str]:
    """An order that a browser went to; answers it and its number at the channel."""
    bill = await unpaid_bill(payer)
    order = await payments.start_order(payer, bill, payments.Wish(name, PRODUCTS[name]))
    if order.go["kind"] == "redirect":
        assert opened(world, order.go["told"]["url"])[0] == 302
    return order, await db.value("SELECT out_trade_no FROM payments_attempt")


async def test_a_notice_pays_the_bill_and_a_hundred_copies_pay_it_once(channel):
    name, world = channel
    payer = await resident(tier=2)
    order, number = await started(name, world, payer)
    assert world.pay(number)
    (told,) = world.due(clock.now())
    notice = incoming(told)
    acks = await asyncio.gather(
        *(payments.take_notice(name, "treasury", notice.headers, notice.raw) for _ in range(100))
    )
    assert {ack.status for ack in acks} <= {200, 204}
    assert (await payments.bill_summary(order.bill_no)).state == "paid"
    assert await db.value("SELECT count(*) FROM payments_ledger_transaction") == 1
    kept = await db.value("SELECT told FROM payments_channel_fact WHERE source = 'notify'")
    assert "SIMULATED" not in kept


async def test_a_forged_notice_pays_nothing_and_asking_pays_without_any(channel):
    name, world = channel
    payer = await resident(tier=2)
    order, number = await started(name, world, payer)
    world.faults.set({"notice_forged": 1})
    world.pay(number)
    forged = incoming(world.due(clock.now())[0])
    with pytest.raises(BadNotice):
        await payments.take_notice(name, "treasury", forged.headers, forged.raw)
    assert (await payments.bill_summary(order.bill_no)).state == "locked"
    assert (await payments.order_now(payer, order.order_no)).state == "paid"


async def test_an_answer_that_was_lost_loses_no_money(channel):
    name, world = channel
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    wish = payments.Wish(name, PRODUCTS[name])
    if name == "wechat":
        world.faults.set({"answer_lost": 1})
        with pytest.raises(GatewayUnreachable):
            await payments.start_order(payer, bill, wish)
    order = await payments.start_order(payer, bill, wish)
    if name == "alipay":
        opened(world, order.go["told"]["url"])
    assert await db.value("SELECT count(*) FROM payments_attempt") == 1
    world.pay(await db.value("SELECT out_trade_no FROM payments_attempt"))
    world.faults.set({"answer_lost": 1})
    assert (await payments.order_now(payer, order.order_no)).state == "paying"
    assert (await payments.order_now(payer, order.order_no)).state == "paid"


async def test_a_notice_of_another_amount_app_or_seller_is_kept_and_pays_nothing(channel):
    name, world = channel
    payer = await resident(tier=2)
    order, number = await started(name, world, payer)
    (told,) = world.orders.values()
    if name == "wechat":
        told["amount"] = {"total": 1999, "currency": "CNY"}
    else:
        told["total_fen"] = 1999
    world.pay(number)
    notice = incoming(world.due(clock.now())[0])
    await payments.take_notice(name, "treasury", notice.headers, notice.raw)
    assert (await payments.bill_summary(order.bill_no)).state == "locked"
    verdict = await db.value("SELECT verdict FROM payments_channel_fact WHERE source = 'notify'")
    assert verdict == "mismatch"
