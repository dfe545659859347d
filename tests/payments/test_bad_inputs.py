"""Bad inputs of payments-channels.md §9 that no file of one channel or one flow holds yet.

docs/payments-faults.md names the test of every one.
"""

import asyncio
import json

import orjson
import pytest

from app_server.kernel import clock, db
from app_server.kernel.cache import redis
from payments import service as payments
from payments.errors import BadNotice, BillInUse, NotRefundable
from payments.providers import GATEWAYS
from payments.providers.gateway import Incoming, Payer, RefundFact
from payments.providers.nontax import NOTICES, NonTaxSettings, envelope
from tests.builders.channels import alipay_pair, incoming, turnable, wechat_pair
from tests.builders.gateways import channels
from tests.builders.payments import FINE, unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

NONTAX, WECHAT = payments.Wish("nontax", "h5"), payments.Wish("wechat", "h5")


@pytest.fixture
def gateways(database):
    with channels() as made, turnable(clock.now()) as made.times:
        yield made


@pytest.fixture
async def waiting(gateways):
    """A bill, its payer, and the attempt that waits at the non-tax gateway."""
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    return payer, bill, await db.value("SELECT out_trade_no FROM payments_attempt")


def signed(raw: bytes) -> Incoming:
    return Incoming(envelope(NonTaxSettings(), NOTICES, raw), raw)


async def notice(raw: bytes) -> None:
    told = signed(raw)
    await payments.take_notice("nontax", "treasury", told.headers, told.raw)


async def state(bill: str) -> str:
    return (await payments.bill_summary(bill)).state


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"notice_id":"1","amount_fen":NaN}',
        b'{"x":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"notice_id":"\xff"}',
        b'{"pad":"' + b"x" * 1024 * 1024 + b'"}',
    ],
    ids=lambda raw: repr(raw[:16]),
)
async def test_a_signed_body_of_the_non_tax_system_that_is_no_notice_is_refused(raw, waiting):
    with pytest.raises(BadNotice):
        await notice(raw)
    assert await state(waiting[1]) == "locked"


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_fen": 0}, {"amount_fen": -2000}, {"amount_fen": "2000"}, {"amount_fen": 20.0},
        {"amount_fen": True}, {"amount_fen": 2**64}, {"amount_fen": "１"}, {"amount_fen": None},
        {"amount_fen": 1999}, {"amount_fen": 2001}, {"merchant": "OTHER"}, {"merchant": None},
        {"state": "SUCCESS"}, {"state": None}, {"out_trade_no": "NOBODYS"}, {"paid_at": "noon"},
        {"paid_at": 10**30}, {"notice_id": ""},
    ],
    ids=str,
)  # fmt: skip
async def test_no_signed_word_about_other_money_pays(changes, waiting):
    _, bill, number = waiting
    told = {
        "notice_id": "N1", "merchant": NonTaxSettings().merchant, "out_trade_no": number,
        "amount_fen": 2000, "state": "PAID", "trade_no": "T1",
        "paid_at": int(clock.now().timestamp()),
    }  # fmt: skip
    try:
        # The plain writer: orjson writes no number of more than 64 bits.
        await notice(json.dumps(told | changes).encode())
    except BadNotice:
        pass
    else:
        verdicts = await db.rows("SELECT verdict FROM payments_channel_fact")
        assert {row["verdict"] for row in verdicts} <= {"mismatch", "unknown_order"}
    assert await state(bill) == "locked"
    assert await db.value("SELECT count(*) FROM payments_ledger_entry") == 0
    await notice(orjson.dumps(told | {"notice_id": "N2"}))
    assert await state(bill) == "paid"


@pytest.mark.parametrize(("name", "pair"), [("wechat", wechat_pair), ("alipay", alipay_pair)])
async def test_the_same_words_played_an_hour_later_move_nothing(name, pair, monkeypatch, gateways):
    world, gateway = pair(clock.now)
    monkeypatch.setitem(GATEWAYS, name, lambda _: gateway)
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    product = {"wechat": "native", "alipay": "mini"}[name]
    who = Payer(gateway.app_id(product), "oSIMULATED")
    await payments.start_order(payer, bill, payments.Wish(name, product, who))
    world.pay(await db.value("SELECT out_trade_no FROM payments_attempt"))
    told = incoming(world.due(clock.now())[0])
    await payments.take_notice(name, "treasury", told.headers, told.raw)
    gateways.times.turn(hours=1)
    if name == "wechat":
        with pytest.raises(BadNotice):
            await payments.take_notice(name, "treasury", told.headers, told.raw)
    else:
        # Alipay's own retries bear the same number for a day: taken, and known.
        await payments.take_notice(name, "treasury", told.headers, told.raw)
    assert await db.value("SELECT count(*) FROM payments_ledger_transaction") == 1


async def test_a_refund_told_before_its_payment_is_kept_and_the_payment_counts(waiting):
    _, bill, number = waiting
    told = RefundFact(
        channel="nontax", source="notify", external_id="R1", out_refund_no="NOBODYS",
        out_trade_no=number, merchant=NonTaxSettings().merchant, state="success",
        amount_fen=2000, channel_refund_no="", refunded_at=None, raw="{}",
    )  # fmt: skip
    assert await payments.apply_refund_fact(told) == "unknown_order"
    assert await db.value("SELECT count(*) FROM payments_ledger_entry") == 0
    assert await state(bill) == "locked"


async def test_what_was_paid_twice_cannot_be_asked_back_a_third_time(waiting, gateways):
    payer, bill, first = waiting
    await payments.start_order(payer, bill, WECHAT)
    second = await db.value("SELECT out_trade_no FROM payments_attempt ORDER BY id DESC LIMIT 1")
    assert gateways.pay(first)
    assert gateways.pay(second, "wechat")
    await gateways.tell("nontax")
    await gateways.tell("wechat")
    one = await officer("finance", login="one", org=ORG, region="341602")
    # The duplicate goes back by itself: what a person may ask for is the payment, once.
    with pytest.raises(NotRefundable):
        await payments.ask_refund(one, bill, 4000, "误收")
    with pytest.raises(NotRefundable):
        await payments.ask_refund(one, bill, 2001, "误收")
    await payments.ask_refund(one, bill, 2000, "误收")
    with pytest.raises(NotRefundable):
        await payments.ask_refund(one, bill, 1, "误收")


async def test_an_amount_that_grew_while_paying_is_not_paid_by_the_old_order_again(gateways):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer, 10_000, code=FINE, due_on=clock.today())
    await payments.start_order(payer, bill, NONTAX)
    number = await db.value("SELECT out_trade_no FROM payments_attempt")
    gateways.times.turn(days=3)
    await payments.mark_overdue()
    # The order of three days ago is closed at its gateway before another amount is asked for.
    again = await payments.start_order(payer, bill, NONTAX)
    assert again.amount_fen == 10_900
    assert gateways.worlds["nontax"].orders[number]["state"] == "CLOSED"


async def test_a_bill_cannot_be_voided_while_somebody_pays(waiting):
    _, bill, _ = waiting
    one = await officer("finance", login="one", org=ORG, region="341602")
    version = (await payments.bill_summary(bill)).version
    with pytest.raises(BillInUse):
        await payments.void_bill(one, bill, version, "开错")


async def test_a_hundred_creates_with_one_key_are_one_order_and_another_body_is_refused(
    public, simulators
):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    headers = await bearer(payer) | {"idempotency-key": "one-key-for-a-hundred"}
    path, body = f"/bills/{bill}/orders", {"channel": "nontax", "product": "h5"}
    replies = await asyncio.gather(
        *(public.post(path, json=body, headers=headers) for _ in range(100))
    )
    made = [reply for reply in replies if reply.status_code == 201]
    assert made
    # Whoever comes too often is asked to wait; nobody is given another order.
    assert {reply.status_code for reply in replies} <= {201, 409, 429}
    assert len({reply.json()["order_no"] for reply in made}) == 1
    assert await db.value("SELECT count(*) FROM payments_order") == 1
    assert await db.value("SELECT count(*) FROM payments_attempt") == 1
    await redis().flushdb()
    other = await public.post(path, json={"channel": "wechat", "product": "h5"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "kernel.idempotency_key_reused")
