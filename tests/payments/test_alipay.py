"""Alipay: every product, every class of answer, refunds, certificate mode."""

import asyncio
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from app_server.kernel.rsa2 import to_sign, verifies
from payments.providers.alipay import Alipay
from payments.providers.alipay_account import AlipayPayBusinessSettings
from payments.providers.alipay_certificates import certificate_serial, root_serial
from payments.providers.gateway import Created, Fact, NoAnswer, Payer, RefundFact, Refused
from payments.simulators.faults import CALL_FAULTS
from tests.builders.channels import (
    alipay_pair,
    alipay_world,
    cheap_key,
    giving_back,
    in_memory,
    opened,
    order,
    private_pem,
    public_pem,
    self_signed,
    turnable,
    vectors,
)

MINI = {"product": "mini", "payer": Payer("2026", "o-open-id")}


@pytest.fixture
def now():
    with turnable() as made:
        yield made


async def test_a_stranger_with_another_key_or_app_moves_nothing_and_hears_why(now):
    world, account = alipay_world(now)
    for changes, why in (
        ({"app_private_key": private_pem(cheap_key())}, "isv.invalid-signature"),
        ({"key_id": "SIM-ANOTHER"}, "isv.invalid-app-id"),
    ):
        stranger = Alipay(account.model_copy(update=changes), in_memory(world))
        assert await stranger.create(order(**MINI)) == NoAnswer(why)
    assert not world.orders


async def test_every_product_says_how_to_go_on(now):
    world, gateway = alipay_pair(now)
    for product, method in (("h5", "alipay.trade.wap.pay"), ("page", "alipay.trade.page.pay")):
        told = await gateway.create(order(f"ORDER-{product}", product=product))
        assert isinstance(told, Created)
        assert told.kind == "redirect"
        params = dict(parse_qsl(urlsplit(told.told["url"]).query))
        assert params["method"] == method
        assert params["return_url"] == "http://shell.example/pay/result/1"
        assert '"time_expire":"2026-06-01 12:30:00"' in params["biz_content"]
        # The page is opened by a browser: until then Alipay knows of nothing.
        assert (await gateway.query(f"ORDER-{product}")).state == "missing"
        assert opened(world, told.told["url"])[0] == 302
        assert (await gateway.query(f"ORDER-{product}")).state == "waiting"
    app = await gateway.create(order("ORDER-APP", product="app"))
    mini = await gateway.create(order("ORDER-MINI", **MINI))
    code = await gateway.create(order("ORDER-CODE", product="native"))
    signed = dict(parse_qsl(app.told["orderStr"]))
    assert verifies(world.sellers[0].theirs, to_sign(signed), signed["sign"])
    assert mini.told["tradeNO"] == mini.channel_trade_no != ""
    assert (code.kind, code.told["code"][:4]) == ("qr", "http")


async def test_words_with_every_awkward_character_arrive_as_they_were(now):
    world, gateway = alipay_pair(now)
    title = '工本费 + & % = "},"sign":"zz" 😀 \\/ <b>'
    await gateway.create(order(title=title, **MINI))
    (told,) = world.orders.values()
    assert told["subject"] == title
    assert (await gateway.query("ORDER00001")).state == "waiting"


async def test_the_same_number_is_the_same_order_and_another_amount_is_asked_about(now):
    world, gateway = alipay_pair(now)
    assert await gateway.create(order(**MINI)) == await gateway.create(order(**MINI))
    assert len(world.orders) == 1
    assert await gateway.create(order(fen=1, **MINI)) == NoAnswer("ACQ.CONTEXT_INCONSISTENT")
    world.pay("ORDER00001")
    assert await gateway.create(order(**MINI)) == NoAnswer("ACQ.TRADE_HAS_SUCCESS")
    assert await gateway.create(order("B", product="mini")) == Refused("ACQ.BUYER_NOT_EXIST")
    await gateway.create(order("ORDER00002", **MINI))
    await gateway.close("ORDER00002")
    assert await gateway.create(order("ORDER00002", **MINI)) == NoAnswer("ACQ.TRADE_HAS_CLOSE")


async def test_an_order_is_missing_waiting_paid_and_stays_paid_when_all_is_given_back(now):
    world, gateway = alipay_pair(now)
    seen = []
    for act in (
        lambda: None,
        lambda: gateway.create(order(**MINI)),
        lambda: world.pay("ORDER00001"),
        lambda: gateway.refund(giving_back(fen=2000)),
    ):
        done = act()
        if asyncio.iscoroutine(done):
            await done
        fact = await gateway.query("ORDER00001")
        assert isinstance(fact, Fact)
        seen.append(fact.state)
    assert seen == ["missing", "waiting", "success", "success"]
    ((_, told),) = world.orders.items()
    assert told["trade_status"] == "TRADE_CLOSED"
    assert (fact.merchant, fact.app_id) == (gateway.merchant, gateway.app_id("mini"))
    assert (fact.amount_fen, fact.paid_at) == (2000, now.at)
    assert "SIMULATED" not in fact.raw


async def test_closing_asks_first_and_follows_what_the_channel_says(now):
    world, gateway = alipay_pair(now)
    assert (await gateway.close("ORDER00001")).state == "missing"
    for number in ("ORDER00001", "ORDER00002", "ORDER00003"):
        await gateway.create(order(number, **MINI))
    world.pay("ORDER00002")
    closed = await gateway.close("ORDER00001")
    assert (closed.state, closed.source, closed.amount_fen) == ("closed", "close", 2000)
    assert not world.pay("ORDER00001")
    assert (await gateway.close("ORDER00002")).state == "success"
    now.turn(minutes=31)
    assert not world.pay("ORDER00003")
    assert (await gateway.query("ORDER00003")).state == "closed"


async def test_refunds_are_partial_once_each_and_never_more_than_was_paid(now):
    world, gateway = alipay_pair(now)
    assert await gateway.refund(giving_back()) == Refused("ACQ.TRADE_NOT_EXIST")
    assert (await gateway.query_refund(giving_back())).state == "missing"
    await gateway.create(order(**MINI))
    assert isinstance(await gateway.refund(giving_back()), NoAnswer)
    world.pay("ORDER00001")
    assert (await gateway.query_refund(giving_back())).state == "missing"
    first, again = await gateway.refund(giving_back()), await gateway.refund(giving_back())
    assert isinstance(first, RefundFact)
    # The second time no money moved: whether it is done has to be asked.
    assert (first.state, again.state, len(world.refunds)) == ("success", "processing", 1)
    second = giving_back("REFUND0002", fen=700)
    assert (await gateway.refund(second)).amount_fen == 700
    asked = await gateway.query_refund(second)
    assert (asked.state, asked.amount_fen, asked.refunded_at) == ("success", 700, now.at)
    other = await gateway.refund(giving_back(fen=600))
    assert other == Refused("ACQ.DISCORDANT_REPEAT_REQUEST")
    over = await gateway.refund(giving_back("REFUND0003", fen=801))
    assert over == Refused("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")


@pytest.mark.parametrize("kind", CALL_FAULTS)
async def test_a_bad_line_is_no_answer_and_the_next_word_is_the_truth(now, kind):
    world, gateway = alipay_pair(now)
    world.faults.set({kind: 1})
    assert isinstance(await gateway.create(order(**MINI)), NoAnswer)
    placed = kind not in {"request_lost", "busy"}
    assert (await gateway.query("ORDER00001")).state == ("waiting" if placed else "missing")
    await gateway.create(order(**MINI))
    world.pay("ORDER00001")
    for ask in (gateway.query, gateway.close):
        world.faults.set({kind: 1})
        assert isinstance(await ask("ORDER00001"), NoAnswer)
        assert (await ask("ORDER00001")).state == "success"
    world.faults.set({kind: 1})
    assert isinstance(await gateway.refund(giving_back()), NoAnswer)
    await gateway.refund(giving_back())
    world.faults.set({kind: 1})
    assert isinstance(await gateway.query_refund(giving_back()), NoAnswer)
    assert (await gateway.query_refund(giving_back())).state == "success"
    assert len(world.refunds) == 1


async def test_an_answer_to_another_question_is_no_answer(now):
    world, gateway = alipay_pair(now)
    for number in ("ORDER00001", "ORDER00002"):
        await gateway.create(order(number, **MINI))
    world.pay("ORDER00002")
    true, replayed = world.handle, []

    def replay(method, target, headers, body):
        replayed.append(true(method, target, headers, body))
        return replayed[0]

    world.handle = replay
    assert (await gateway.query("ORDER00002")).state == "success"
    assert await gateway.query("ORDER00001") == NoAnswer("another order")


async def test_a_number_of_seconds_off_is_refused_and_says_so(now):
    world, gateway = alipay_pair(now)
    world.now = lambda: now.at.replace(year=2025)
    assert await gateway.query("ORDER00001") == NoAnswer("isv.invalid-timestamp")


async def test_certificate_mode_names_certificates_and_refuses_others(now):
    ours, theirs = cheap_key(), cheap_key()
    named = {
        "app_certificate": self_signed(ours, "app"),
        "alipay_certificate": self_signed(theirs, "alipay"),
        "alipay_root_certificate": self_signed(cheap_key(), "root"),
    }
    world, account = alipay_world(now, **named)
    account = account.model_copy(update={"app_private_key": private_pem(ours)})
    seller = replace(world.sellers[0], account=account, theirs=ours.public_key(), ours=theirs)
    world.sellers = [seller]
    gateway = Alipay(account, in_memory(world))
    assert isinstance(await gateway.create(order(**MINI)), Created)
    assert (await gateway.query("ORDER00001")).state == "waiting"
    other = account.model_copy(update={"app_certificate": self_signed(ours, "other")})
    wrong = await Alipay(other, in_memory(world)).query("ORDER00001")
    assert wrong == NoAnswer("isv.app-cert-sn-not-match")
    renewed = account.model_copy(update={"alipay_certificate": self_signed(theirs, "renewed")})
    world.sellers = [replace(seller, account=renewed)]
    assert isinstance(await gateway.query("ORDER00001"), NoAnswer)


async def test_the_second_account_is_another_seller_with_an_address_of_its_own(now):
    keys = cheap_key(), cheap_key()
    account = AlipayPayBusinessSettings(
        app_private_key=private_pem(keys[0]), alipay_public_key=public_pem(keys[1])
    )
    world, _ = alipay_pair(now)
    world.sellers = [
        *world.sellers,
        replace(world.sellers[0], account=account, theirs=keys[0].public_key(), ours=keys[1]),
    ]
    gateway = Alipay(account, in_memory(world))
    assert isinstance(await gateway.create(order(**MINI)), Created)
    (told,) = world.orders.values()
    assert told["notify_url"].endswith("/callbacks/alipay?account=business")
    assert told["seller"].account.merchant == gateway.merchant == "SIM2088000000002"


def test_the_outside_vectors_of_certificate_names_hold(shared):
    told = vectors(shared, "alipay_cert_sn.json")
    assert certificate_serial(told["app_cert"]) == told["expected"]["app"]
    assert certificate_serial(told["alipay_cert"]) == told["expected"]["alipay"]
    assert root_serial(told["root_cert"]) == told["expected"]["root"]
