"""UnionPay: a chain of certificates, orders placed by browsers, refunds, files, lies."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from app_server.kernel import clock, db, settings
from app_server.kernel.ids import uuid7
from app_server.kernel.rsa2 import private_key, sign
from app_server.kernel.settings import ConfigurationRefused, load
from payments.errors import BadBill, BadNotice
from payments.providers import unionpay_account
from payments.providers.gateway import Created, Fact, Incoming, NoAnswer, NotReady, Refused
from payments.providers.unionpay import UnionPay, time_of
from payments.providers.unionpay_account import UnionPaySettings, made_unionpay
from payments.providers.unionpay_bill import unionpay_lines, unpack
from payments.providers.unionpay_signing import digest
from tests.builders.channels import (
    giving_back,
    order,
    turnable,
    union_certificates,
    unionpay_pair,
)
from tests.builders.payments import unpaid_bill
from tests.builders.people import bearer, resident


@pytest.fixture
def now():
    with turnable() as clock_of_all:
        yield clock_of_all


@pytest.fixture
def pair(now):
    return unionpay_pair(now)


async def placed(pair, number: str = "", **more) -> str:
    """An order whose payer's browser has reached UnionPay; its number."""
    world, door = pair
    number = number or uuid7().hex
    made = await door.create(order(number, **more))
    assert isinstance(made, Created)
    fields = dict(made.told)
    url = fields.pop("url")
    path = url.removeprefix(door.account.url)
    status, headers, _ = world.handle("POST", path, {}, urlencode(fields).encode())
    assert status == 302, headers
    return number


def notice(world, **changes) -> Incoming:
    """The last notice as it leaves, its fields changed, signed anew by `key`."""
    [told] = world.due(clock.now())
    fields = dict(parse_qsl(told.body.decode())) | {
        name: value for name, value in changes.items() if name != "key"
    }
    if "key" in changes:
        fields["signature"] = sign(private_key(changes["key"]), digest(fields))
    return Incoming({}, urlencode(fields).encode())


async def test_a_phone_is_sent_on_by_a_signed_form_and_paying_is_told_once(pair, now):
    world, door = pair
    number = await placed(pair)
    told = await door.query(number)
    assert isinstance(told, Fact)
    assert told.state == "missing"
    assert world.pay(number)
    assert not world.pay(number)
    [sent] = world.due(clock.now())
    fact = door.read_notice(Incoming({}, sent.body), clock.now())
    asked = await door.query(number)
    for one in (fact, asked):
        assert (one.state, one.amount_fen, one.out_trade_no) == ("success", 2000, number)
        assert one.paid_at == clock.now().replace(microsecond=0)
        assert "6226" not in one.raw
    assert door.ack(ok=True).status == 200


LIES = {
    "another amount": {"txnAmt": "1"},
    "another signature": {"signature": "AAAA"},
    "hashed only": {"signMethod": "11"},
    "no certificate": {"signPubKeyCert": ""},
    "not a certificate": {"signPubKeyCert": "-----BEGIN"},
}


@pytest.mark.parametrize("how", [*LIES, "doubled", "another owner", "another root", "authority"])
async def test_a_forged_notice_is_refused(how, pair, now):
    world, door = pair
    assert world.pay(await placed(pair))
    if how == "doubled":
        told = notice(world)
        told = Incoming({}, told.raw + b"&txnAmt=2000")
    elif how in {"another owner", "another root"}:
        other = made_unionpay("别的公司" if how == "another owner" else "中国银联股份有限公司")
        told = notice(world, signPubKeyCert=other.signing, key=other.signing_key)
        if how == "another owner":
            door = UnionPay(
                UnionPaySettings(
                    private_key=other.our_private,
                    root_certificate=other.root,
                    middle_certificate=other.middle,
                )
            )
    elif how == "authority":
        told = notice(world, signPubKeyCert=union_certificates().middle)
    else:
        told = notice(world, **LIES[how])
    with pytest.raises(BadNotice):
        door.read_notice(told, clock.now())


async def test_a_certificate_out_of_its_time_signs_nothing(pair, now):
    world, door = pair
    assert world.pay(await placed(pair))
    told = notice(world)
    with pytest.raises(BadNotice):
        door.read_notice(told, clock.now() + timedelta(days=9_000))


async def test_a_notice_for_another_merchant_is_refused(now):
    world, door = unionpay_pair(now)
    assert world.pay(await placed((world, door)))
    _, other = unionpay_pair(now, merchant="SIM000000000001")
    with pytest.raises(BadNotice):
        other.read_notice(notice(world), clock.now())


async def test_a_failed_card_may_be_followed_by_another(pair, now):
    world, door = pair
    number = await placed(pair)
    world.fail(number)
    assert (await door.query(number)).state == "missing"
    assert world.pay(number)
    assert (await door.close(number)).state == "success"


async def test_a_code_and_an_app_are_placed_by_us_and_a_late_answer_asks(pair, now):
    world, door = pair
    number = uuid7().hex
    world.faults.set({"answer_lost": 1})
    assert isinstance(await door.create(order(number, product="native")), NoAnswer)
    made = await door.create(order(number, product="native"))
    assert made.kind == "qr"
    app = await door.create(order(uuid7().hex, product="app"))
    assert (app.kind, list(app.told)) == ("params", ["tn"])
    differs = await door.create(order(number, fen=5, product="native"))
    assert isinstance(differs, NoAnswer)
    for fault in ("busy", "bad_signature", "garbage", "server_error", "request_lost"):
        world.faults.set({fault: 1})
        assert isinstance(await door.create(order(uuid7().hex, product="app")), NoAnswer), fault
    assert isinstance(await door.create(order("NO-NUMBER-OF-OURS")), Refused)


async def test_an_answer_to_another_question_is_none(pair, now, monkeypatch):
    world, door = pair
    one, two = await placed(pair), await placed(pair)
    assert world.pay(one)
    world.orders[(door.merchant, two)]["orderId"] = one
    world.orders[(door.merchant, two)] |= {"state": "00", "at": clock.now()}
    assert isinstance(await door.query(two), NoAnswer)


async def test_a_refund_is_placed_once_and_told(pair, now):
    world, door = pair
    number = await placed(pair)
    early = await door.refund(giving_back(uuid7().hex, number, 500))
    assert isinstance(early, Refused)
    assert world.pay(number)
    world.due(clock.now())
    asked = giving_back(uuid7().hex, number, 500)
    assert (await door.query_refund(asked)).state == "missing"
    world.faults.set({"answer_lost": 1})
    assert isinstance(await door.refund(asked), NoAnswer)
    # The same number again is known there, and asked about.
    assert isinstance(await door.refund(asked), NoAnswer)
    assert (await door.query_refund(asked)).state == "processing"
    world.settle_refunds()
    told = door.read_notice(notice(world), clock.now())
    assert (told.state, told.amount_fen, told.out_trade_no) == ("success", 500, number)
    assert (await door.query_refund(asked)).state == "success"
    over = await door.refund(giving_back(uuid7().hex, number, 1501))
    assert isinstance(over, Refused)


async def test_the_file_of_a_day_has_what_was_paid_and_given_back(pair, now, tmp_path):
    world, door = pair
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
    assert (paid.kind, paid.out_trade_no, paid.amount_fen, paid.merchant) == (
        "trade", number, 2000, door.merchant,
    )  # fmt: skip
    assert (returned.kind, returned.out_refund_no, returned.amount_fen) == (
        "refund", back.out_refund_no, 500,
    )  # fmt: skip
    assert paid.at.date() == day
    empty = await door.bill(day - timedelta(days=9), tmp_path)
    assert empty == Refused("NO_FILE")
    short = tmp_path / "short.zm"
    short.write_bytes(file.read_bytes()[:200])
    with pytest.raises(BadBill):
        list(unionpay_lines(short, day))
    for lie in ("", "AAAA", "eJwDAAAAAAE="):
        with pytest.raises(BadBill):
            unpack(lie, door.merchant, tmp_path / "lie")


def test_the_time_of_a_number_is_the_moment_it_was_made():
    number = uuid7().hex
    assert re.fullmatch(r"20\d{12}", time_of(number))
    with pytest.raises(ValueError, match="badly formed"):
        time_of("B1")


async def test_a_bill_is_paid_through_the_simulated_unionpay_and_the_browser_comes_back(
    public, partner, listeners, simulators
):
    payer = await resident(tier=2)
    bill = await unpaid_bill(payer)
    headers = await bearer(payer)
    placed_at = await public.post(
        f"/bills/{bill}/orders",
        json={"channel": "unionpay", "product": "h5"},
        headers=headers | {"idempotency-key": "a-key-of-one-order"},
    )
    assert placed_at.status_code == 201, placed_at.text
    go = placed_at.json()["go"]
    assert go["kind"] == "form"
    fields = dict(go["told"])
    path = f"/orders/{placed_at.json()['order_no']}"
    async with httpx.AsyncClient(trust_env=False) as browser:
        reached = await browser.post(fields.pop("url"), data=fields)
        assert reached.status_code == 302
        cashier = reached.headers["location"]
        assert "模拟网关 不发生真实扣款" in (await browser.get(cashier)).text
        assert (await public.get(path, headers=headers)).json()["state"] == "paying"
        back = (await browser.post(cashier, data={"act": "pay"})).text
    assert "/pay/return/P" in back
    assert (await public.get(path, headers=headers)).json()["state"] == "paid"
    assert await db.value("SELECT channel FROM payments_bill") == "unionpay"
    came = await public.post(
        f"{listeners['public']}/pay/return/{placed_at.json()['order_no']}",
        content=b"respCode=00",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert came.status_code == 303, came.text
    assert came.headers["location"] == f"/pay/result/{placed_at.json()['order_no']}"


def test_production_takes_no_simulated_merchant_and_no_missing_certificate(monkeypatch):
    production = load().model_copy(update={"env": "production"})
    for module in (unionpay_account, settings):
        monkeypatch.setattr(module, "load", lambda: production)
    with pytest.raises(ConfigurationRefused):
        UnionPay(UnionPaySettings(endpoint="https://gateway.example"))
    with pytest.raises(ConfigurationRefused):
        _ = UnionPaySettings(endpoint="https://gateway.example", merchant="898340183980105").url
