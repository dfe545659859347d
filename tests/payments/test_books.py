"""What finance people look up: orders with their story, and the ledger of a day."""

from app_server.kernel import clock
from payments import service as payments
from tests.builders.gateways import channels
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer


async def test_other_agencies_and_residents_see_no_order(staff_surface):
    assert (await staff_surface.get("/pay-orders")).status_code == 401
    assert (await staff_surface.get("/ledger")).status_code == 401
    payer = await resident(tier=2)
    with channels():
        made = await payments.start_order(
            payer, await unpaid_bill(payer), payments.Wish("nontax", "h5")
        )
    path = f"/pay-orders/{made.order_no}"
    stranger = await bearer(await officer("finance", login="far", org="9" * 18))
    assert (await staff_surface.get(path, headers=stranger)).status_code == 404
    assert (await staff_surface.get("/pay-orders", headers=stranger)).json() == {"items": []}
    finance = await bearer(await officer("finance", login="one", org=ORG, region="341602"))
    assert (await staff_surface.get("/ledger", headers=finance)).status_code == 403
    assert (await staff_surface.get(path, headers=finance)).status_code == 200
    assert (await staff_surface.get("/pay-orders/none", headers=finance)).status_code == 404


async def test_an_order_tells_every_try_and_every_word(staff_surface):
    payer = await resident(tier=2)
    finance = await bearer(await officer("finance", login="one", org=ORG, region="341602"))
    with channels() as made:
        bill = await unpaid_bill(payer)
        await payments.start_order(payer, bill, payments.Wish("nontax", "h5"))
        [left] = made.worlds["nontax"].orders
        order = await payments.start_order(payer, bill, payments.Wish("wechat", "h5"))
        [number] = made.worlds["wechat"].orders
        assert made.pay(number, "wechat")
        await made.tell("wechat")
    for word in (order.order_no, bill, number, left):
        found = await staff_surface.get("/pay-orders", params={"number": word}, headers=finance)
        assert [one["order_no"] for one in found.json()["items"]] == [order.order_no]
    story = (await staff_surface.get(f"/pay-orders/{order.order_no}", headers=finance)).json()
    assert story["order"]["state_name"] == "已支付"
    assert {one["out_trade_no"]: one["state"] for one in story["attempts"]}[number] == "success"
    assert [one["abandoned"] for one in story["attempts"]] == [True, False]
    assert ("notify", "applied") in {(one["source"], one["verdict"]) for one in story["facts"]}


async def test_a_day_of_the_ledger_sums_to_nothing(staff_surface):
    payer = await resident(tier=2)
    treasury = await bearer(await officer("treasurer", login="two", region="340000"))
    with channels() as made:
        await payments.start_order(
            payer, await unpaid_bill(payer, 2000), payments.Wish("nontax", "h5")
        )
        [number] = made.worlds["nontax"].orders
        assert made.pay(number)
        await made.tell()
    day = (await staff_surface.get("/ledger", headers=treasury)).json()
    assert day["sum_fen"] == 0
    told = {one["account"].split(":")[0]: one for one in day["accounts"]}
    assert (told["channel"]["debit_fen"], told["agency"]["credit_fen"]) == (2000, 2000)
    asked = {"account": told["channel"]["account"], "day": clock.today().isoformat()}
    rows = await staff_surface.get("/ledger/entries", params=asked, headers=treasury)
    [row] = rows.json()["items"]
    assert (row["key"], row["amount_fen"]) == (f"collect:{number}", 2000)
    before = await staff_surface.get("/ledger", params={"day": "2020-01-01"}, headers=treasury)
    assert before.json()["accounts"] == []
