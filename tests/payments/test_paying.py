"""Paying a bill at the non-tax gateway: asked, told, told twice, told lies."""

import asyncio
import time
from datetime import timedelta

import httpx
import orjson
import pytest

from app_server.kernel import clock, db
from payments import service as payments
from payments.errors import BadNotice, BillNotPayable, GatewayUnreachable, NoSuchBill
from payments.providers.nontax import NOTICES, NonTaxSettings, envelope
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident

NONTAX = payments.Wish("nontax", "h5")
KEY = {"idempotency-key": "a-key-of-one-order"}


async def pay(cashier_url: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as browser:
        reply = await browser.post(cashier_url, data={"act": "pay"})
        assert reply.status_code == 303


async def fault(simulators: dict[str, str], **kinds: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{simulators['nontax']}/__fault", json=kinds)


async def notice_for(bill_no: str, **changes) -> tuple[dict[str, str], bytes]:
    """A correctly signed success notice for the bill's attempt, with changes."""
    attempt = await db.row("SELECT * FROM payments_attempt LIMIT 1")
    body = {
        "code": "OK",
        "merchant": NonTaxSettings().merchant,
        "out_trade_no": attempt["out_trade_no"],
        "amount_fen": attempt["amount_fen"],
        "state": "PAID",
        "trade_no": "SIM1",
        "paid_at": int(time.time()),
        "notice_id": "N1",
    } | changes
    raw = orjson.dumps(body)
    return envelope(NonTaxSettings(), NOTICES, raw), raw


async def balance() -> dict[str, int]:
    rows = await db.rows(
        "SELECT account, sum(amount_fen)::bigint AS fen FROM payments_ledger_entry GROUP BY 1"
    )
    return {row["account"].partition(":")[0]: row["fen"] for row in rows}


async def test_a_stranger_cannot_pay_and_learns_what_tier_it_takes(public):
    reply = await public.post("/bills/B1/orders", json={"channel": "nontax"}, headers=KEY)
    assert reply.status_code == 401
    assert reply.json()["required_tier"] == 2


async def test_a_tier_one_resident_cannot_pay_online(public):
    payer = await resident(tier=1)
    bill = await unpaid_bill(payer)
    headers = await bearer(payer) | KEY
    reply = await public.post(f"/bills/{bill}/orders", json={"channel": "nontax"}, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, "kernel.tier_required")


async def test_somebody_elses_bill_is_not_there(database, simulators):
    bill = await unpaid_bill(await resident())
    with pytest.raises(NoSuchBill):
        await payments.start_order(await resident(tier=2), bill, NONTAX)


async def test_paying_at_the_cashier_pays_the_bill_once_the_gateway_says_so(public, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    headers = await bearer(payer)
    order = await public.post(
        f"/bills/{bill}/orders", json={"channel": "nontax"}, headers=headers | KEY
    )
    assert order.status_code == 201, order.text
    again = await public.post(
        f"/bills/{bill}/orders", json={"channel": "nontax"}, headers=headers | KEY
    )
    assert again.json() == order.json()
    path = f"/orders/{order.json()['order_no']}"
    assert (await public.get(path, headers=headers)).json()["state"] == "paying"
    await pay(order.json()["go"]["told"]["url"])
    assert (await public.get(path, headers=headers)).json()["state"] == "paid"
    told = (await public.get(f"/bills/{bill}", headers=headers)).json()
    assert told["state"] == "paid"
    assert await balance() == {"channel": 2000, "agency": -2000}


async def test_a_signed_notice_pays_without_anybody_asking(partner, listeners, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    headers, raw = await notice_for(bill)
    url = f"{listeners['partner']}/callbacks/nontax"
    reply = await partner.post(url, content=raw, headers=headers)
    assert (reply.status_code, reply.text) == (200, "success")
    assert (await payments.bill_summary(bill)).state == "paid"


async def test_a_hundred_copies_of_a_notice_book_once(database, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    headers, raw = await notice_for(bill)
    acks = await asyncio.gather(
        *(payments.take_notice("nontax", "treasury", headers, raw) for _ in range(100))
    )
    assert {ack.body for ack in acks} == {b"success"}
    assert await db.value("SELECT count(*) FROM payments_ledger_transaction") == 1
    assert await balance() == {"channel": 2000, "agency": -2000}
    assert (
        await db.value("SELECT count(*) FROM kernel_event WHERE name='payments.bill_paid/1'") == 1
    )


@pytest.mark.parametrize("lie", ["signature", "clock", "body", "key", "nothing"])
async def test_a_forged_notice_changes_nothing(lie, database, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    headers, raw = await notice_for(bill)
    match lie:
        case "signature":
            headers["x-nontax-mark"] = "0" * 64
        case "clock":
            headers["x-nontax-time"] = "1577836800"
        case "body":
            raw = raw.replace(b"2000", b"2001")
        case "key":
            headers["x-nontax-key"] = "SOMEBODY"
        case "nothing":
            headers = {}
    with pytest.raises(BadNotice):
        await payments.take_notice("nontax", "treasury", headers, raw)
    assert (await payments.bill_summary(bill)).state == "locked"
    assert await db.value("SELECT state FROM payments_attempt") == "waiting"
    assert await db.value("SELECT count(*) FROM payments_channel_fact WHERE source='notify'") == 0


@pytest.mark.parametrize(
    "change", [{"amount_fen": 1999}, {"amount_fen": 2001}, {"merchant": "SOMEBODY"}]
)
async def test_a_signed_notice_about_other_money_is_kept_and_never_pays(
    change, database, simulators
):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    headers, raw = await notice_for(bill, **change)
    assert (await payments.take_notice("nontax", "treasury", headers, raw)).body == b"success"
    assert await db.value("SELECT verdict FROM payments_channel_fact") == "mismatch"
    assert (await payments.bill_summary(bill)).state == "locked"
    assert await balance() == {}


async def test_a_lost_answer_is_unknown_and_the_same_number_is_used_again(database, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await fault(simulators, answer_lost=1)
    with pytest.raises(GatewayUnreachable):
        await payments.start_order(payer, bill, NONTAX)
    order = await payments.start_order(payer, bill, NONTAX)
    assert order.go["told"]["url"]
    assert await db.value("SELECT count(*) FROM payments_attempt") == 1


async def test_the_watch_finds_a_payment_whose_notice_was_lost(
    database, simulators, deliver, monkeypatch
):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await fault(simulators, notice_dropped=99)
    order = await payments.start_order(payer, bill, NONTAX)
    await pay(order.go["told"]["url"])
    await deliver()
    assert (await payments.bill_summary(bill)).state == "paid"
    await fault(simulators, notice_dropped=0)


async def test_a_success_after_we_closed_is_still_applied(database, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    number = await db.value("SELECT out_trade_no FROM payments_attempt")
    await db.execute("UPDATE payments_order SET expires_at = $1", clock.now() - timedelta(hours=1))
    await payments.ask_gateway(number)
    assert await db.value("SELECT state FROM payments_order") == "closed"
    assert (await payments.bill_summary(bill)).state == "unpaid"
    headers, raw = await notice_for(bill)
    await payments.take_notice("nontax", "treasury", headers, raw)
    assert (await payments.bill_summary(bill)).state == "paid"


async def test_a_paid_bill_takes_no_second_order(database, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    await payments.start_order(payer, bill, NONTAX)
    headers, raw = await notice_for(bill)
    await payments.take_notice("nontax", "treasury", headers, raw)
    with pytest.raises(BillNotPayable):
        await payments.start_order(payer, bill, NONTAX)


async def test_an_unbalanced_ledger_transaction_cannot_commit(database):
    with pytest.raises(Exception, match="out of balance"):
        async with db.unit_of_work():
            await db.execute(
                "INSERT INTO payments_ledger_entry (id, transaction_id, account, amount_fen) "
                "VALUES (gen_random_uuid(), gen_random_uuid(), 'x', 1)"
            )
