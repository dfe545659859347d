"""WeChat Pay: every product, every class of answer, refunds, keys that change."""

import asyncio
from dataclasses import replace

import pytest

from app_server.kernel.rsa2 import public_key, verifies
from payments.providers.gateway import Created, Fact, NoAnswer, Payer, RefundFact, Refused
from payments.providers.wechatpay import WeChatPay
from payments.providers.wechatpay_account import WeChatPayBusinessSettings
from payments.providers.wechatpay_signing import message
from payments.simulators.faults import CALL_FAULTS
from tests.builders.channels import (
    cheap_key,
    giving_back,
    in_memory,
    order,
    private_pem,
    public_pem,
    turnable,
    wechat_pair,
    wechat_world,
)


@pytest.fixture
def now():
    with turnable() as made:
        yield made


async def test_a_stranger_with_another_key_learns_nothing_and_moves_nothing(now):
    world, account = wechat_world(now)
    stranger = account.model_copy(update={"private_key": private_pem(cheap_key())})
    told = await WeChatPay(stranger, in_memory(world)).create(order())
    assert isinstance(told, NoAnswer)
    assert not world.orders
    another = account.model_copy(update={"key_id": "SIM-OTHER-SERIAL"})
    assert isinstance(await WeChatPay(another, in_memory(world)).create(order()), NoAnswer)
    assert not world.orders


async def test_every_product_is_placed_and_says_how_to_go_on(now):
    world, gateway = wechat_pair(now)
    h5 = await gateway.create(order("ORDER-H5"))
    assert isinstance(h5, Created)
    assert h5.kind == "redirect"
    assert "redirect_url=http%3A%2F%2Fshell.example" in h5.told["url"]
    native = await gateway.create(order("ORDER-NATIVE", product="native"))
    assert isinstance(native, Created)
    assert (native.kind, native.told["code"][:19]) == ("qr", "weixin://wxpay/bizp")
    mini = await gateway.create(order("ORDER-MINI", product="mini", payer=Payer("", "oTEST")))
    app = await gateway.create(order("ORDER-APP", product="app"))
    assert isinstance(mini, Created)
    assert isinstance(app, Created)
    ours = world.merchants[0].theirs
    one = mini.told
    signed = message(one["appId"], one["timeStamp"], one["nonceStr"], one["package"])
    assert verifies(ours, signed, one["paySign"])
    one = app.told
    signed = message(one["appid"], one["timestamp"], one["noncestr"], one["prepayid"])
    assert verifies(ours, signed, one["sign"])
    for told in world.orders.values():
        assert told["time_expire"] == "2026-06-01T12:30:00+08:00"
        assert told["appid"] == gateway.app_id(
            {"jsapi": "mini"}.get(told["product"], told["product"])
        )


async def test_the_same_number_is_the_same_order_and_another_amount_is_asked_about(now):
    world, gateway = wechat_pair(now)
    first, second = await gateway.create(order()), await gateway.create(order())
    assert first == second
    assert len(world.orders) == 1
    assert await gateway.create(order(fen=1)) == NoAnswer("OUT_TRADE_NO_USED")
    world.pay("ORDER00001")
    assert await gateway.create(order()) == NoAnswer("ORDERPAID")


async def test_what_the_channel_refuses_is_refused(now):
    _, gateway = wechat_pair(now)
    foreign = order(product="mini", payer=Payer("wx-of-another", "oX"))
    assert await gateway.create(foreign) == Refused("APPID_OPENID_MISMATCH")
    assert await gateway.create(order(product="mini")) == Refused("PARAM_ERROR")
    assert await gateway.create(order("短")) == Refused("PARAM_ERROR")
    unknown = await gateway.refund(giving_back())
    assert unknown == Refused("RESOURCE_NOT_EXISTS")


async def test_an_order_is_missing_waiting_paid_and_stays_paid_when_refunded(now):
    world, gateway = wechat_pair(now)
    seen = []
    for act in (
        lambda: None,
        lambda: gateway.create(order()),
        lambda: world.pay("ORDER00001"),
        lambda: gateway.refund(giving_back()),
    ):
        done = act()
        if asyncio.iscoroutine(done):
            await done
        fact = await gateway.query("ORDER00001")
        assert isinstance(fact, Fact)
        seen.append(fact.state)
    assert seen == ["missing", "waiting", "success", "success"]
    assert (fact.merchant, fact.app_id) == (gateway.merchant, gateway.app_id("h5"))
    assert (fact.amount_fen, fact.currency, fact.paid_at) == (2000, "CNY", now.at)
    assert "oSIMULATED" not in fact.raw


async def test_closing_asks_first_and_follows_what_the_channel_says(now):
    world, gateway = wechat_pair(now)
    assert (await gateway.close("ORDER00001")).state == "missing"
    await gateway.create(order())
    await gateway.create(order("ORDER00002"))
    world.pay("ORDER00002")
    closed = await gateway.close("ORDER00001")
    assert (closed.state, closed.source, closed.amount_fen) == ("closed", "close", 2000)
    assert not world.pay("ORDER00001")
    assert (await gateway.close("ORDER00002")).state == "success"


async def test_an_order_past_its_time_is_closed_at_the_channel(now):
    world, gateway = wechat_pair(now)
    await gateway.create(order())
    now.turn(minutes=31)
    assert not world.pay("ORDER00001")
    assert (await gateway.query("ORDER00001")).state == "closed"


async def test_refunds_are_partial_asynchronous_once_each_and_never_more_than_was_paid(now):
    world, gateway = wechat_pair(now)
    await gateway.create(order())
    assert await gateway.refund(giving_back()) == Refused("INVALID_REQUEST")
    world.pay("ORDER00001")
    for _ in range(2):
        told = await gateway.refund(giving_back())
        assert isinstance(told, RefundFact)
        assert (told.state, told.amount_fen) == ("processing", 500)
    assert await gateway.refund(giving_back(fen=600)) == Refused("INVALID_REQUEST")
    assert await gateway.refund(giving_back("REFUND0002", fen=1501)) == Refused("NOT_ENOUGH")
    assert (await gateway.query_refund(giving_back("REFUND0002"))).state == "missing"
    now.turn(seconds=21)
    done = await gateway.query_refund(giving_back())
    assert (done.state, done.amount_fen, done.refunded_at) == ("success", 500, now.at)
    assert "零钱" not in done.raw


@pytest.mark.parametrize("kind", CALL_FAULTS)
async def test_a_bad_line_is_no_answer_and_the_next_word_is_the_truth(now, kind):
    world, gateway = wechat_pair(now)
    world.faults.set({kind: 1})
    assert isinstance(await gateway.create(order()), NoAnswer)
    placed = kind not in {"request_lost", "busy"}
    assert (await gateway.query("ORDER00001")).state == ("waiting" if placed else "missing")
    await gateway.create(order())
    world.pay("ORDER00001")
    for ask in (gateway.query, gateway.close):
        world.faults.set({kind: 1})
        assert isinstance(await ask("ORDER00001"), NoAnswer)
        assert (await ask("ORDER00001")).state == "success"
    for ask in (gateway.refund, gateway.query_refund):
        world.faults.set({kind: 1})
        assert isinstance(await ask(giving_back()), NoAnswer)
        assert (await ask(giving_back())).state == "processing"
    assert len(world.refunds) == 1


async def test_certificates_are_fetched_added_and_never_cleared(now):
    world, gateway = wechat_pair(now, public_key_id="", certificates=True)
    platform = world.merchants[0].platform
    assert isinstance(await gateway.create(order()), Created)
    (first,) = gateway.keys.certificates
    platform.rotate(now.at)
    # The new serial is refused at once; nothing hammers the list of certificates.
    assert await gateway.create(order("ORDER00002")) == NoAnswer("unknown serial")
    assert await gateway.create(order("ORDER00003")) == NoAnswer("unknown serial")
    assert len(gateway.keys.certificates) == 1
    now.turn(minutes=11)
    assert await gateway.create(order("ORDER00002")) == NoAnswer("unknown serial")
    for _ in range(20):
        await asyncio.sleep(0)
    assert first in gateway.keys.certificates
    assert len(gateway.keys.certificates) == 2
    assert isinstance(await gateway.create(order("ORDER00002")), Created)


async def test_a_failed_refresh_leaves_the_old_keys(now):
    world, gateway = wechat_pair(now, public_key_id="", certificates=True)
    assert await gateway.refresh_keys()
    known = dict(gateway.keys.certificates)
    for kind in CALL_FAULTS:
        world.faults.set({kind: 1})
        assert not await gateway.refresh_keys()
        assert gateway.keys.certificates == known
    now.turn(days=5 * 366)
    assert gateway.keys.get(next(iter(known)), now.at) is None


async def test_without_any_key_a_hundred_calls_ask_for_the_first_one_once(now):
    world, gateway = wechat_pair(now, public_key_id="", certificates=True)
    calls = []
    kept = world.handle
    world.handle = lambda *told: (calls.append(told[1]), kept(*told))[1]
    world.faults.set({"server_error": 1})
    for wanted in (NoAnswer, Fact):
        told = await asyncio.gather(*(gateway.query(f"ORDER{n:05d}") for n in range(100)))
        assert {type(one) for one in told} == {wanted}
        now.turn(seconds=6)
    assert calls.count("/v3/certificates") == 2


async def test_both_modes_stand_side_by_side(now):
    world, gateway = wechat_pair(now, certificates=True)
    assert await gateway.refresh_keys()
    assert isinstance(await gateway.create(order()), Created)
    platform = world.merchants[0].platform
    platform.public_key_id = ""
    assert (await gateway.query("ORDER00001")).state == "waiting"


async def test_a_hundred_unknown_serials_ask_for_keys_once(now):
    world, gateway = wechat_pair(now, public_key_id="", certificates=True)
    await gateway.refresh_keys()
    now.turn(minutes=11)
    world.merchants[0].platform.rotate(now.at)
    calls = []
    kept = world.handle
    world.handle = lambda *told: (calls.append(told[1]), kept(*told))[1]
    await asyncio.gather(*(gateway.query(f"ORDER{n:05d}") for n in range(100)))
    for _ in range(50):
        await asyncio.sleep(0)
    assert calls.count("/v3/certificates") == 1


async def test_the_second_account_is_another_merchant_with_an_address_of_its_own(now):
    keys = cheap_key(), cheap_key()
    account = WeChatPayBusinessSettings(
        private_key=private_pem(keys[0]), platform_public_key=public_pem(keys[1])
    )
    world, _ = wechat_pair(now)
    merchant = replace(
        world.merchants[0], account=account, theirs=keys[0].public_key(), ours=keys[1]
    )
    world.merchants = [*world.merchants, merchant]
    gateway = WeChatPay(account, in_memory(world))
    assert gateway.merchant == "SIM1900000002"
    assert isinstance(await gateway.create(order()), Created)
    (told,) = world.orders.values()
    assert told["notify_url"].endswith("/callbacks/wechatpay?account=business")
    assert public_key(account.platform_public_key).key_size == 1024
