"""WeChat non-tax: orders by executing unit, no notice believed, refunds with their order."""

from datetime import timedelta

import httpx
import pytest

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from payments import service as payments
from payments.errors import BadBill, BadNotice
from payments.providers import wechat_nontax_account
from payments.providers.gateway import Created, Incoming, NoAnswer, NotReady, Refused
from payments.providers.wechat_nontax_account import Behind
from payments.providers.wechat_nontax_bill import nontax_bill_lines
from payments.rules import BillItem
from tests.builders.channels import (
    giving_back,
    order,
    some_token,
    turnable,
    wechat_nontax_pair,
)
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG


@pytest.fixture
def pair(monkeypatch):
    async def locate(number: str) -> Behind | None:
        item = BillItem("工本费", "103044001", 2000)
        if number.startswith("0" * 8):
            return None
        return Behind(ORG, "演示公安分局", "341602", [item], is_fine=False, created_at=clock.now())

    monkeypatch.setattr(wechat_nontax_account.Lent, "locate", staticmethod(locate))
    monkeypatch.setattr(wechat_nontax_account.Lent, "token", staticmethod(some_token))
    with turnable() as now:
        world, door = wechat_nontax_pair(now)
        yield world, door, now


async def placed(pair) -> str:
    _, door, _ = pair
    number = uuid7().hex
    made = await door.create(order(number))
    assert isinstance(made, Created)
    assert made.told["url"].startswith(f"{door.account.url}/cashier?order_id=AQ")
    return number


async def test_a_number_of_nobodys_is_not_placed(pair):
    _, door, _ = pair
    assert await door.create(order("0" * 32)) == Refused("NO_BILL")
    assert (await door.query("0" * 32)).state == "missing"


async def test_an_order_is_found_by_unit_region_and_number_and_paid_once(pair):
    world, door, _ = pair
    number = await placed(pair)
    assert (await door.query(uuid7().hex)).state == "missing"
    assert (await door.query(number)).state == "waiting"
    assert world.pay(number)
    assert not world.pay(number)
    fact = await door.query(number)
    assert (fact.state, fact.amount_fen, fact.merchant) == ("success", 2000, door.merchant)
    assert fact.paid_at == clock.now()
    assert "openid" not in fact.raw


async def test_after_a_lost_answer_the_paid_order_of_two_counts(pair):
    world, door, _ = pair
    number = uuid7().hex
    world.faults.set({"answer_lost": 1})
    assert isinstance(await door.create(order(number)), NoAnswer)
    assert isinstance(await door.create(order(number)), Created)
    assert len(world.orders) == 2
    assert world.pay(number)
    assert (await door.query(number)).state == "success"


async def test_a_busy_platform_a_dead_line_and_an_old_token_are_no_answers(pair):
    world, door, _ = pair
    number = await placed(pair)
    for fault in ("busy", "garbage", "server_error", "request_lost", "slow"):
        world.faults.set({fault: 1})
        assert isinstance(await door.query(number), NoAnswer), fault
    world.faults.set({"bad_signature": 1})
    assert await door.query(number) == NoAnswer("token")


async def test_an_old_token_is_fetched_anew_once(pair, monkeypatch):
    world, door, _ = pair
    number = await placed(pair)
    given = iter(["OLD", "NEW", "NEWER", "NEWEST"])

    async def token() -> str:
        return next(given)

    monkeypatch.setattr(wechat_nontax_account.Lent, "token", staticmethod(token))
    world.faults.set({"bad_signature": 1})
    assert (await door.query(number)).state == "waiting"


async def test_no_notice_is_believed(pair):
    _, door, _ = pair
    with pytest.raises(BadNotice):
        door.read_notice(Incoming({}, b'{"status":3}'), clock.now())


async def test_what_nobody_pays_closes_itself(pair):
    _, door, now = pair
    number = await placed(pair)
    now.turn(days=2)
    assert (await door.close(number)).state == "closed"


async def test_refunds_stand_with_their_order_and_happen_once(pair):
    world, door, _ = pair
    number = await placed(pair)
    one, two = giving_back(uuid7().hex, number, 500), giving_back(uuid7().hex, number, 1600)
    assert isinstance(await door.refund(one), Refused)
    assert world.pay(number)
    world.faults.set({"answer_lost": 0})
    assert (await door.query_refund(one)).state == "missing"
    assert (await door.refund(one)).state == "processing"
    assert (await door.refund(one)).state in {"processing", "success"}
    world.settle_refunds()
    told = await door.query_refund(one)
    assert (told.state, told.amount_fen, told.out_trade_no) == ("success", 500, number)
    assert isinstance(await door.refund(two), Refused)
    assert (await door.query(number)).state == "success"


async def test_the_statement_of_a_day_adds_up(pair, tmp_path):
    world, door, now = pair
    number = await placed(pair)
    assert world.pay(number)
    back = giving_back(uuid7().hex, number, 500)
    await door.refund(back)
    world.settle_refunds()
    day = clock.today()
    assert isinstance(await door.bill(day, tmp_path), NotReady)
    now.turn(days=1)
    file = await door.bill(day, tmp_path)
    paid, returned = list(door.lines(file))
    assert (paid.kind, paid.out_trade_no, paid.amount_fen) == ("trade", number, 2000)
    assert (returned.kind, returned.out_refund_no, returned.amount_fen) == (
        "refund", back.out_refund_no, 500,
    )  # fmt: skip
    text = file.read_text(encoding="utf-8-sig")
    for lie in (text.replace("`20.00", "`20.01", 1), text.rpartition("总交易")[0], text[30:], ""):
        file.write_text(lie)
        with pytest.raises(BadBill):
            list(nontax_bill_lines(file))
    assert list(door.lines(await door.bill(day - timedelta(days=3), tmp_path))) == []


async def test_a_bill_is_paid_inside_wechat(public, simulators):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    headers = await bearer(payer)
    ways = await public.get(f"/bills/{bill}/ways?client=wechat", headers=headers)
    assert "wechat_nontax" in {one["channel"] for one in ways.json()["items"]}
    made = await public.post(
        f"/bills/{bill}/orders",
        json={"channel": "wechat_nontax", "product": "h5"},
        headers=headers | {"idempotency-key": "a-key-of-one-order"},
    )
    assert made.status_code == 201, made.text
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = await browser.get(made.json()["go"]["told"]["url"])
        assert "模拟网关 不发生真实扣款" in page.text
        back = await browser.post(made.json()["go"]["told"]["url"], data={"act": "pay"})
    assert back.headers["location"].endswith(f"/pay/result/{made.json()['order_no']}")
    told = await public.get(f"/orders/{made.json()['order_no']}", headers=headers)
    assert told.json()["state"] == "paid"
    assert await db.value("SELECT channel FROM payments_bill") == "wechat_nontax"
    assert (await payments.bill_summary(bill)).state == "paid"
