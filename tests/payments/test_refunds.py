"""Refunds: two people, never more than was paid, and the gateway has the last word."""

import asyncio

import pytest

from app_server.kernel import clock, db
from payments import service as payments
from payments.errors import IllegalMove, NeedsAnotherPerson, NoSuchBill, NotRefundable
from tests.builders.channels import turnable
from tests.builders.gateways import channels
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

NONTAX = payments.Wish("nontax", "h5")
FAULTS = ("request_lost", "answer_lost", "bad_signature", "server_error", "busy")


@pytest.fixture
def gateways(database):
    with channels() as made, turnable(clock.now()) as made.times:
        yield made


async def paid_bill(gateways, fen: int = 2000) -> str:
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer, fen)
    await payments.start_order(payer, bill, NONTAX)
    number = await db.value("SELECT out_trade_no FROM payments_attempt")
    assert gateways.pay(number)
    await gateways.tell()
    return bill


async def finance(login: str, org: str = ORG):
    return await officer("finance", login=login, org=org, region="341602")


async def ledger() -> dict[str, int]:
    rows = await db.rows(
        "SELECT account, sum(amount_fen)::bigint AS fen FROM payments_ledger_entry GROUP BY 1"
    )
    return {row["account"].partition(":")[0]: row["fen"] for row in rows if row["fen"]}


async def test_a_stranger_and_a_case_officer_see_no_refunds(staff_surface, gateways):
    assert (await staff_surface.get("/refunds")).status_code == 401
    clerk = await bearer(await officer("case_officer", login="clerk"))
    assert (await staff_surface.get("/refunds", headers=clerk)).status_code == 403


async def test_one_asks_another_agrees_and_the_money_goes_back(staff_surface, gateways, deliver):
    bill = await paid_bill(gateways)
    one, two = await finance("one"), await finance("two")
    asked = {"bill_no": bill, "amount_fen": 500, "reason": "多收退回"}
    key = {"idempotency-key": "refund-of-a-test"}
    made = await staff_surface.post("/refunds", json=asked, headers=await bearer(one) | key)
    assert made.status_code == 201, made.text
    path = f"/refunds/{made.json()['out_refund_no']}/decision"
    tag = {"if-match": f'"{made.json()["version"]}"'}
    own = await staff_surface.post(path, json={"agreed": True}, headers=await bearer(one) | tag)
    assert (own.status_code, own.json()["code"]) == (403, "payments.needs_another_person")
    done = await staff_surface.post(path, json={"agreed": True}, headers=await bearer(two) | tag)
    assert (done.status_code, done.json()["state_name"]) == (200, "退款中"), done.text
    await deliver()
    gateways.worlds["nontax"].settle_refunds()
    await gateways.tell(times=3)
    facts = await payments.bill_summary(bill)
    assert (facts.state, facts.refunded_fen) == ("paid", 500)
    assert await db.value("SELECT state FROM payments_order") == "part_refunded"
    assert await ledger() == {"channel": 1500, "agency": -1500}


async def test_another_agency_cannot_ask_and_learns_nothing(gateways):
    bill = await paid_bill(gateways)
    stranger = await finance("far", org="11340100MBDT001582")
    with pytest.raises(NoSuchBill):
        await payments.ask_refund(stranger, bill, 100, "试试看")


async def test_no_more_than_was_paid_goes_back_however_many_ask_at_once(gateways):
    bill = await paid_bill(gateways)
    one = await finance("one")
    with pytest.raises(NotRefundable):
        await payments.ask_refund(one, bill, 2001, "太多")
    made = await asyncio.gather(
        *(payments.ask_refund(one, bill, 800, "并发申请") for _ in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(m, payments.RefundFacts) for m in made) == 2
    assert sum(isinstance(m, NotRefundable) for m in made) == 18


async def test_what_was_turned_down_leaves_the_money_refundable(gateways):
    bill = await paid_bill(gateways)
    one, two = await finance("one"), await finance("two")
    made = await payments.ask_refund(one, bill, 2000, "误收")
    with pytest.raises(NeedsAnotherPerson):
        await payments.decide_refund(one, made.out_refund_no, made.version, agreed=False)
    await payments.decide_refund(two, made.out_refund_no, made.version, agreed=False)
    with pytest.raises(IllegalMove):
        await payments.decide_refund(two, made.out_refund_no, made.version, agreed=True)
    again = await payments.ask_refund(one, bill, 2000, "误收")
    assert again.state == "asked"


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_lost_word_about_a_refund_never_pays_back_twice(fault, gateways):
    bill = await paid_bill(gateways)
    one, two = await finance("one"), await finance("two")
    made = await payments.ask_refund(one, bill, 2000, "误收")
    await payments.decide_refund(two, made.out_refund_no, made.version, agreed=True)
    world = gateways.worlds["nontax"]
    world.faults.set({fault: 1})
    for _ in range(4):
        await payments.pursue_refund(made.out_refund_no)
    assert len(world.refunds) == 1
    assert (await payments.bill_summary(bill)).refunded_fen == 2000
    assert await db.value("SELECT state FROM payments_order") == "refunded"
    assert await ledger() == {}


async def test_a_refund_its_gateway_was_silent_about_for_hours_goes_on(gateways, deliver):
    bill = await paid_bill(gateways)
    one, two = await finance("one"), await finance("two")
    made = await payments.ask_refund(one, bill, 500, "误收")
    await payments.decide_refund(two, made.out_refund_no, made.version, agreed=True)
    world = gateways.worlds["nontax"]
    world.faults.set({"request_lost": 99})
    for _ in range(15):
        await deliver()
        gateways.times.turn(minutes=15)
    parked = "SELECT count(*) FROM kernel_delivery WHERE state = 'parked' AND handler = $1"
    assert await db.value(parked, "payments.pursue_refund") == 1
    world.faults.set({"request_lost": 0})
    await payments.sweep()
    for _ in range(3):
        await deliver()
        gateways.times.turn(minutes=15)
    assert (await payments.bill_summary(bill)).refunded_fen == 500
    assert len(world.refunds) == 1
