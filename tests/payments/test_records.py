"""The standard payment record: seven fields, one's own agency, and every payer sees the look."""

import csv
import io

from app_server.kernel import clock
from payments import service as payments
from tests.builders.gateways import channels
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer


async def test_a_stranger_and_a_cashier_take_nothing_out(staff_surface):
    asked = {"first": "2026-01-01", "last": "2026-01-02", "purpose": "月报"}
    reply = await staff_surface.get("/payment-records", params=asked)
    assert reply.status_code == 401
    till = await bearer(await officer("cashier", login="till"))
    reply = await staff_surface.get("/payment-records", params=asked, headers=till)
    assert reply.status_code == 403


async def test_the_record_has_the_seven_fields_of_the_standard(staff_surface, public):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    with channels() as made:
        await payments.start_order(payer, bill, payments.Wish("nontax", "h5"))
        [number] = made.worlds["nontax"].orders
        made.pay(number)
        await made.tell()
    today = clock.today().isoformat()
    asked = {"first": today, "last": today, "purpose": "年度审计"}
    own = await bearer(await officer("finance", login="one", org=ORG, region="341602"))
    reply = await staff_surface.get("/payment-records", params=asked, headers=own)
    assert reply.status_code == 200, reply.text
    head, row = list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff"))))
    assert head == [
        "办件编号",
        "缴款单号",
        "收费单位",
        "收费人员",
        "收费金额",
        "收费时间",
        "缴款人",
    ]
    told = await payments.bill_summary(bill)
    assert row[1:5] == [told.pay_code, "演示公安分局", "线上缴费", "20.00"]
    seen = (await public.get("/me/accesses", headers=await bearer(payer))).json()["items"]
    assert "年度审计" in {one["purpose"] for one in seen}
    far = await bearer(await officer("finance", login="far", org="11340100MBDT001582"))
    other = await staff_surface.get("/payment-records", params=asked, headers=far)
    assert len(other.text.splitlines()) == 1


async def test_a_span_turned_round_or_too_long_is_refused(staff_surface):
    own = await bearer(await officer("finance", login="one", org=ORG, region="341602"))
    for first, last in (("2026-02-01", "2026-01-01"), ("2026-01-01", "2026-02-01")):
        asked = {"first": first, "last": last, "purpose": "年度审计"}
        reply = await staff_surface.get("/payment-records", params=asked, headers=own)
        assert reply.status_code == 422
