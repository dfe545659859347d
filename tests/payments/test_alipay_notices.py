"""Alipay's notices: the outside vectors under both signing rules, and everything that is none."""

import base64
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from app_server.kernel.rsa2 import public_key, sign, signed_node, to_sign, verifies
from payments.errors import BadNotice
from payments.providers.alipay_form import check_form, fields_of, in_charset
from payments.providers.gateway import Fact, Incoming
from payments.simulators.alipay_books import RETRIES
from payments.simulators.faults import NOTICE_FAULTS
from tests.builders.channels import (
    alipay_pair,
    cheap_key,
    giving_back,
    incoming,
    order,
    turnable,
    vectors,
)
from tests.payments.test_alipay import MINI


@pytest.fixture
def now():
    with turnable() as made:
        yield made


@pytest.fixture
async def told(now):
    """A paid order: its world, our gateway, and the fields of the one notice of it."""
    world, gateway = alipay_pair(now)
    await gateway.create(order(title="工本费 + & % 😀", **MINI))
    world.pay("ORDER00001")
    (notice,) = world.due(now.at)
    return world, gateway, dict(parse_qsl(notice.body.decode()))


def signed(world, fields: dict[str, str], charset="utf-8", *, keep_type=False) -> bytes:
    """Fields as a form, with a signature that holds under the one rule or the other."""
    bare = {k: v for k, v in fields.items() if k != "sign" and (keep_type or k != "sign_type")}
    mark = sign(world.sellers[0].ours, in_charset(bare, charset))
    return urlencode(fields | {"sign": mark}, encoding=charset).encode()


def read(gateway, raw: bytes, now) -> Fact:
    return gateway.read_notice(Incoming({}, raw), now.at)


async def test_a_notice_is_the_fact_the_order_was_placed_for(told, now):
    world, gateway, fields = told
    fact = read(gateway, signed(world, fields), now)
    assert isinstance(fact, Fact)
    assert (fact.state, fact.out_trade_no, fact.amount_fen) == ("success", "ORDER00001", 2000)
    assert (fact.merchant, fact.app_id) == (gateway.merchant, gateway.app_id("mini"))
    assert (fact.external_id, fact.paid_at) == (fields["notify_id"], now.at)
    assert "SIMULATED" not in fact.raw


async def test_both_signing_rules_hold_and_gbk_is_decoded_once(told, now):
    world, gateway, fields = told
    assert read(gateway, signed(world, fields, keep_type=True), now).state == "success"
    fields |= {"charset": "gbk", "subject": "居住证 + % 工本费"}
    assert read(gateway, signed(world, fields, "gbk"), now).amount_fen == 2000
    with pytest.raises(BadNotice):
        read(gateway, signed(world, fields, "utf-8"), now)


@pytest.mark.parametrize(
    "changes",
    [
        {"total_amount": "20.01"},
        {"out_trade_no": "ORDER00002"},
        {"seller_id": "2088"},
        {"extra": "1"},
        {"sign": ""},
        {"sign": "no base64"},
        {"subject": "%E5%B7%A5"},
        {"charset": "utf-16"},
        {"sign_type": "RSA"},
        {"sign_type": ""},
    ],
    ids=str,
)
async def test_a_field_that_was_changed_is_refused(told, now, changes):
    world, gateway, fields = told
    raw = dict(parse_qsl(signed(world, fields).decode())) | changes
    with pytest.raises(BadNotice):
        read(gateway, urlencode(raw).encode(), now)


async def test_weaker_signatures_and_other_keys_are_refused(told, now):
    world, gateway, fields = told
    bare = to_sign({k: v for k, v in fields.items() if k not in {"sign", "sign_type"}})
    for key, digest in (
        (world.sellers[0].ours, hashes.SHA1()),  # noqa: S303 - what must be refused
        (world.sellers[0].ours, hashes.MD5()),  # noqa: S303 - what must be refused
        (cheap_key(), hashes.SHA256()),
    ):
        mark = base64.b64encode(key.sign(bare, PKCS1v15(), digest)).decode()
        with pytest.raises(BadNotice):
            read(gateway, urlencode(fields | {"sign": mark}).encode(), now)


async def test_forms_that_can_be_read_two_ways_are_refused(told, now):
    world, gateway, fields = told
    raw = signed(world, fields)
    for bad in (
        raw + b"&out_trade_no=ORDER00002",
        raw + b"&%6Fut_trade_no=ORDER00002",
        raw + b"&x=%",
        raw + b"&x=%zz",
        raw + b"&x=%ff",
        raw + b"&" + "名=1".encode(),
        raw.replace(b"utf-8", b"utf-7"),
        b"",
        b"{}",
        b"&" * 70_000,
        b"&".join(b"f%d=1" % n for n in range(200)),
    ):
        with pytest.raises(BadNotice):
            read(gateway, bad, now)
    escaped = quote(raw.decode())
    with pytest.raises(BadNotice):
        read(gateway, escaped.encode(), now)


@pytest.mark.parametrize(
    "changes",
    [
        {"total_amount": "0.00"},
        {"total_amount": "-20.00"},
        {"total_amount": "1.005"},
        {"total_amount": "1e2"},
        {"total_amount": "２０.00"},
        {"total_amount": ""},
        {"trade_status": "PAID"},
        {"notify_type": "servicemarket_order_notify"},
        {"notify_id": ""},
        {"gmt_payment": "yesterday"},
    ],
    ids=str,
)
async def test_a_signed_word_of_another_form_is_refused(told, now, changes):
    world, gateway, fields = told
    with pytest.raises(BadNotice):
        read(gateway, signed(world, fields | changes), now)
    for name in ("seller_id", "app_id", "out_trade_no", "trade_status"):
        missing = {key: value for key, value in fields.items() if key != name}
        with pytest.raises(BadNotice):
            read(gateway, signed(world, missing), now)


async def test_another_seller_app_or_amount_is_told_as_it_is(told, now):
    world, gateway, fields = told
    changed = fields | {"seller_id": "S2", "app_id": "A2", "total_amount": "19.99"}
    fact = read(gateway, signed(world, changed), now)
    assert (fact.merchant, fact.app_id, fact.amount_fen) == ("S2", "A2", 1999)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"trade_status": "TRADE_FINISHED"}, "success"),
        ({"trade_status": "TRADE_FINISHED", "refund_fee": "20.00"}, "success"),
        ({"trade_status": "TRADE_CLOSED", "refund_fee": "20.00"}, "success"),
        ({"trade_status": "TRADE_CLOSED"}, "success"),
        ({"trade_status": "TRADE_CLOSED", "gmt_payment": ""}, "closed"),
        ({"trade_status": "TRADE_CLOSED", "gmt_payment": "", "refund_fee": "1.00"}, "success"),
        ({"trade_status": "WAIT_BUYER_PAY", "gmt_payment": ""}, "waiting"),
    ],
    ids=str,
)
async def test_what_was_paid_and_given_back_was_paid(told, now, changes, state):
    world, gateway, fields = told
    assert read(gateway, signed(world, fields | changes), now).state == state


async def test_a_refund_tells_of_its_order_again_as_paid(told, now):
    world, gateway, _ = told
    await gateway.refund(giving_back(fen=2000))
    (notice,) = world.due(now.at)
    fact = gateway.read_notice(incoming(notice), now.at)
    assert (fact.state, fact.amount_fen, fact.out_trade_no) == ("success", 2000, "ORDER00001")


async def test_an_unanswered_notice_comes_again_with_its_number_by_their_table(told, now):
    world, gateway, fields = told
    await gateway.create(order("ORDER00002", **MINI))
    world.pay("ORDER00002")
    numbers, times, begun = set(), [], now.at
    for _ in range(400):
        while sent := world.due(now.at):
            for notice in sent:
                numbers.add(gateway.read_notice(incoming(notice), now.at).external_id)
                times.append((now.at - begun).total_seconds())
                world.notices.answered(notice, now.at, ok=False)
        now.turn(minutes=4)
    assert len(times) == len(RETRIES)
    assert times[:4] == [0, 0, 0, 240]
    assert len(numbers) == 1
    assert fields["notify_id"] not in numbers


@pytest.mark.parametrize("kind", NOTICE_FAULTS)
async def test_notices_go_wrong_as_they_are_told_to(now, kind):
    world, gateway = alipay_pair(now)
    for number in ("ORDER00001", "ORDER00002"):
        await gateway.create(order(number, **MINI))
    world.faults.set({kind: 1})
    world.pay("ORDER00001")
    world.pay("ORDER00002")
    seen, forged = [], 0
    for notice in world.due(now.at):
        try:
            seen.append(gateway.read_notice(incoming(notice), now.at).out_trade_no[-1])
        except BadNotice:
            forged += 1
    # The first three tries are immediate: what was dropped comes again at once.
    assert world.faults.counts == {kind: 0}
    assert (seen, forged) == {
        "notice_dropped": (["1", "2"], 0),
        "notice_copies": (["1", "1", "1", "2"], 0),
        "notice_late": (["2"], 0),
        "notice_reordered": (["2", "1"], 0),
        "notice_forged": (["1", "2"], 1),
    }[kind]


def test_we_answer_exactly_as_they_ask(now):
    _, gateway = alipay_pair(now)
    assert (gateway.ack(ok=True).status, gateway.ack(ok=True).body) == (200, b"success")
    assert (gateway.ack(ok=False).status, gateway.ack(ok=False).body) == (200, b"fail")


def test_the_outside_vectors_hold_and_must_fails_fail(shared, capsys):
    told = vectors(shared, "alipay_notify_official.json")
    keys = {name: public_key(pem) for name, pem in told["public_keys"].items()}
    held = refused = 0
    for case in told["cases"]:
        # A sample without a signature type is one that must not pass; the rest say RSA2.
        raw = urlencode(case["params"]).encode()
        for name, key in keys.items():
            rules = case["result"][name]
            genuine = any(rules.values()) and case["params"].get("sign_type") == "RSA2"
            fields, charset = fields_of(raw)
            assert fields == case["params"]
            if genuine:
                check_form(key, fields, charset)
                held += 1
            else:
                with pytest.raises(BadNotice):
                    check_form(key, fields, charset)
                refused += 1
    answer = vectors(shared, "alipay_response_official.json")
    key = public_key(answer["public_key"])
    node, mark = signed_node(answer["raw"], "alipay_open_file_upload_response")
    assert node.decode() == answer["signed_content"]
    assert mark == answer["sign"]
    assert verifies(key, node, mark)
    assert not verifies(key, node + b" ", mark)
    held, refused = held + 1, refused + 1
    with capsys.disabled():
        print(f"\nAlipay vectors: {held} hold, {refused} are refused")
    assert (held, refused) == (3, 11)
