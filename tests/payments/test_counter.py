"""A hall's counter: one bill once, what is due and nothing else, and back only with two people."""

import asyncio

import pytest

from app_server.kernel import db
from payments import service as payments
from payments.errors import BillInUse, BillNotPayable, NoSuchBill
from tests.builders.gateways import channels
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

HALL = "11341602MBDM00135W"
KEY = {"idempotency-key": "a-payment-at-the-counter"}


async def code_of(bill: str) -> str:
    return (await payments.bill_summary(bill)).pay_code


async def cashier(login: str = "cashier", region: str = "341602"):
    return await officer("cashier", login=login, org=HALL, region=region)


async def test_only_a_cashier_of_the_region_finds_a_bill(staff_surface):
    bill = await unpaid_bill(await resident(tier=1))
    path = f"/counter/bills/{await code_of(bill)}"
    assert (await staff_surface.get(path)).status_code == 401
    clerk = await bearer(await officer("finance", login="clerk", org=ORG))
    assert (await staff_surface.get(path, headers=clerk)).status_code == 403
    far = await bearer(await cashier("far", "340100"))
    assert (await staff_surface.get(path, headers=far)).status_code == 404
    here = await bearer(await cashier())
    assert (await staff_surface.get(path, headers=here)).json()["amount_fen"] == 2000
    wrong = await staff_surface.get(f"{path[:-1]}x", headers=here)
    assert wrong.status_code == 404


async def test_cash_pays_a_bill_of_any_tier_and_is_booked(staff_surface, deliver):
    bill = await unpaid_bill(await resident(tier=1))
    path = f"/counter/bills/{await code_of(bill)}/payment"
    headers = await bearer(await cashier()) | KEY
    body = {"amount_fen": 2000, "means": "cash"}
    made = await staff_surface.post(path, json=body, headers=headers)
    assert (made.status_code, made.json()["state"]) == (201, "paid"), made.text
    again = await staff_surface.post(path, json=body, headers=headers)
    assert again.json() == made.json()
    rows = await db.rows(
        "SELECT account, sum(amount_fen)::bigint AS fen FROM payments_ledger_entry GROUP BY 1"
    )
    assert {row["account"]: row["fen"] for row in rows} == {
        f"channel:counter/{HALL}": 2000,
        f"agency:treasury/{ORG}": -2000,
    }


async def test_another_amount_than_is_due_is_not_taken(database):
    bill = await unpaid_bill(await resident())
    with pytest.raises(BillNotPayable):
        await payments.pay_at_counter(await cashier(), await code_of(bill), 1999, "cash", "")
    with pytest.raises(NoSuchBill):
        await payments.bill_at_counter(await cashier("two"), "34160220260000000000")


async def test_a_bill_somebody_pays_online_is_not_taken_at_the_counter(database):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    with channels():
        await payments.start_order(payer, bill, payments.Wish("nontax", "h5"))
    with pytest.raises(BillInUse):
        await payments.pay_at_counter(await cashier(), await code_of(bill), 2000, "cash", "")


async def test_of_many_counters_one_takes_the_money(database):
    bill = await unpaid_bill(await resident())
    code, who = await code_of(bill), await cashier()
    made = await asyncio.gather(
        *(payments.pay_at_counter(who, code, 2000, "pos", f"S{n}") for n in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, payments.CounterBill) for one in made) == 1
    assert sum(isinstance(one, BillNotPayable | BillInUse) for one in made) == 19


async def test_what_was_taken_goes_back_over_the_counter_with_a_second_person(deliver, database):
    bill = await unpaid_bill(await resident())
    await payments.pay_at_counter(await cashier(), await code_of(bill), 2000, "cash", "")
    one = await officer("finance", login="one", org=ORG, region="341602")
    two = await officer("finance", login="two", org=ORG, region="341602")
    asked = await payments.ask_refund(one, bill, 2000, "收错了")
    await payments.decide_refund(two, asked.out_refund_no, asked.version, agreed=True)
    await deliver()
    assert (await payments.bill_summary(bill)).refunded_fen == 2000
    assert await db.value("SELECT coalesce(sum(amount_fen),0) FROM payments_ledger_entry") == 0
    assert await db.value("SELECT state FROM payments_order") == "refunded"
