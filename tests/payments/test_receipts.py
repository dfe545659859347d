"""Electronic receipts: one a bill, downloaded by its payer only, reversed when all went back."""

from app_server.kernel import db
from app_server.kernel.events import Ok, Unknown
from payments import service as payments
from payments.service import receipts
from tests.builders.gateways import channels
from tests.builders.payments import RENT, unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer


async def paid(payer, made, channel: str = "nontax", **more) -> str:
    bill = await unpaid_bill(payer, **more)
    await payments.start_order(payer, bill, payments.Wish(channel, "h5"))
    [number] = made.worlds[channel].orders
    assert made.pay(number, channel)
    await made.tell(channel)
    return bill


async def test_the_receipt_of_a_fee_is_the_finance_departments(public, simulators, deliver):
    payer, other = await resident(tier=2), await resident(tier=2)
    with channels() as made:
        bill = await paid(payer, made)
        path = f"/bills/{bill}/receipt"
        early = await public.get(path, headers=await bearer(payer))
        assert (early.status_code, early.json()["code"]) == (404, "payments.no_such_receipt")
        await deliver()
    told = await payments.bill_summary(bill)
    row = await db.row("SELECT * FROM payments_receipt")
    assert told.receipt_no == f"{row['code']}-{row['number']}"
    assert row["code"].startswith("34")
    file = await public.get(path, headers=await bearer(payer))
    assert file.content.startswith(b"%PDF-")
    assert (await public.get(path, headers=await bearer(other))).status_code == 404
    assert (await public.get(path)).status_code == 401
    await payments.issue_receipt(bill)
    assert await db.value("SELECT count(*) FROM payments_receipt") == 1


async def test_a_charge_is_receipted_by_ourselves_in_a_row(database, deliver):
    with channels() as made:
        bill = await paid(await resident(tier=2), made, "wechat", code=RENT)
        await deliver()
    assert (await payments.bill_summary(bill)).receipt_no.startswith("WS")


async def test_what_went_back_in_full_has_no_receipt_any_more(public, simulators, deliver):
    payer = await resident(tier=2)
    one = await officer("finance", login="one", org=ORG, region="341602")
    two = await officer("finance", login="two", org=ORG, region="341602")
    with channels() as made:
        bill = await paid(payer, made)
        await deliver()
        for fen, left in ((500, "valid"), (1500, "reversed")):
            asked = await payments.ask_refund(one, bill, fen, "误收")
            await payments.decide_refund(two, asked.out_refund_no, asked.version, agreed=True)
            await deliver()
            made.worlds["nontax"].settle_refunds()
            await made.tell()
            await deliver()
            assert await db.value("SELECT state FROM payments_receipt") == left
    reply = await public.get(f"/bills/{bill}/receipt", headers=await bearer(payer))
    assert reply.status_code == 404


async def test_what_went_back_before_it_was_receipted_ends_without_a_valid_receipt(
    database, deliver, monkeypatch
):
    one = await officer("finance", login="one", org=ORG, region="341602")
    two = await officer("finance", login="two", org=ORG, region="341602")
    with channels() as made:
        door = made.gateway("nontax")
        monkeypatch.setattr(receipts, "nontax", lambda: door)
        bill = await paid(await resident(tier=2), made)
        asked = await payments.ask_refund(one, bill, 2000, "误收")
        await payments.decide_refund(two, asked.out_refund_no, asked.version, agreed=True)
        await payments.pursue_refund(asked.out_refund_no)
        made.worlds["nontax"].settle_refunds()
        await made.tell()
        # The reversal was delivered first, and found nothing to reverse.
        assert isinstance(await payments.reverse_receipt(bill), Ok)
        assert isinstance(await payments.issue_receipt(bill), Ok)
        (theirs,) = made.worlds["nontax"].receipts.values()
    assert theirs["is_reversal"]
    assert await db.value("SELECT state FROM payments_receipt") == "reversed"


async def test_a_silent_finance_department_is_asked_again(database, monkeypatch):
    with channels() as made:
        door = made.gateway("nontax")
        monkeypatch.setattr(receipts, "nontax", lambda: door)
        bill = await paid(await resident(tier=2), made)
        made.worlds["nontax"].faults.set({"answer_lost": 9})
        assert isinstance(await payments.issue_receipt(bill), Unknown)
        assert (await payments.bill_summary(bill)).receipt_no == ""
        made.worlds["nontax"].faults.set({"answer_lost": 0})
        outcome = await payments.issue_receipt(bill)
    assert isinstance(outcome, Ok)
    assert (await payments.bill_summary(bill)).receipt_no.endswith(outcome.detail)
    assert outcome.detail == "0000000001"
