"""WeChat Pay's notices: the outside vectors, and everything that is no notice."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import load_pem_x509_certificate

from app_server.kernel.rsa2 import sign, verifies
from payments.errors import BadNotice, ProbedNotice
from payments.providers.gateway import Fact, Incoming, RefundFact
from payments.providers.wechatpay_signing import (
    PROBE,
    PlatformKeys,
    authorization,
    check,
    message,
    serial_of,
    strict_object,
    unseal,
)
from payments.simulators.faults import NOTICE_FAULTS
from tests.builders.channels import (
    cheap_key,
    giving_back,
    incoming,
    order,
    turnable,
    vectors,
    wechat_pair,
)


@pytest.fixture
def now():
    with turnable() as made:
        yield made


@pytest.fixture
async def told(now):
    """A paid order: its world, our gateway, and the one notice of it."""
    world, gateway = wechat_pair(now)
    await gateway.create(order())
    world.pay("ORDER00001")
    (notice,) = world.due(now.at)
    return world, gateway, incoming(notice)


def resigned(world, raw: bytes, now, **headers) -> Incoming:
    """Any body with a signature that holds."""
    platform = world.merchants[0].platform
    made = platform.sign(raw, now.at, platform.public_key_id)
    return Incoming({name.lower(): value for name, value in made.items()} | headers, raw)


def sealed(world, plain: bytes, now, kind="TRANSACTION.SUCCESS", **changes) -> Incoming:
    """A signed notice around any plaintext."""
    resource = {"original_type": "transaction"}
    resource |= world.merchants[0].platform.seal(plain, "transaction")
    for name, value in changes.items():
        resource.pop(name) if value is None else resource.update({name: value})
    body = {"id": "N1", "event_type": kind, "resource": resource}
    return resigned(world, json.dumps(body).encode(), now)


async def test_a_notice_is_the_fact_the_order_was_placed_for(told, now):
    _, gateway, notice = told
    fact = gateway.read_notice(notice, now.at)
    assert isinstance(fact, Fact)
    assert (fact.state, fact.out_trade_no, fact.amount_fen) == ("success", "ORDER00001", 2000)
    assert (fact.merchant, fact.app_id) == (gateway.merchant, gateway.app_id("h5"))
    assert fact.external_id == json.loads(notice.raw)["id"]
    assert "openid" not in fact.raw


async def test_without_every_signature_header_there_is_no_notice(told, now):
    _, gateway, notice = told
    for name in ("timestamp", "nonce", "serial", "signature"):
        kept = {k: v for k, v in notice.headers.items() if k != f"wechatpay-{name}"}
        with pytest.raises(BadNotice):
            gateway.read_notice(Incoming(kept, notice.raw), now.at)


@pytest.mark.parametrize(
    "changes",
    [
        {"wechatpay-serial": "ZZZ"},
        {"wechatpay-serial": "PUB_KEY_ID_OTHER"},
        {"wechatpay-timestamp": "1577836800"},
        {"wechatpay-timestamp": "now"},
        {"wechatpay-timestamp": "１７８０２８６４００"},
        {"wechatpay-timestamp": "9" * 4000},
        {"wechatpay-nonce": "another"},
        {"wechatpay-signature": "no base64 !"},
        {"wechatpay-signature-type": "WECHATPAY2-SM2-WITH-SM3"},
    ],
)
async def test_a_header_that_was_changed_is_refused(told, now, changes):
    _, gateway, notice = told
    with pytest.raises(BadNotice):
        gateway.read_notice(Incoming(dict(notice.headers) | changes, notice.raw), now.at)


async def test_a_body_that_was_changed_an_old_notice_and_a_weaker_digest_are_refused(told, now):
    world, gateway, notice = told
    with pytest.raises(BadNotice):
        gateway.read_notice(Incoming(notice.headers, notice.raw + b" "), now.at)
    for skew in (-301, 301):
        with pytest.raises(BadNotice):
            gateway.read_notice(notice, now.at + timedelta(seconds=skew))
    gateway.read_notice(notice, now.at + timedelta(seconds=299))
    platform, headers = world.merchants[0].platform, dict(notice.headers)
    signed = message(headers["wechatpay-timestamp"], headers["wechatpay-nonce"])
    for weak in (hashes.SHA1(), hashes.MD5()):  # noqa: S303 - what must be refused
        mark = platform.key.sign(signed + notice.raw + b"\n", PKCS1v15(), weak)
        headers["wechatpay-signature"] = base64.b64encode(mark).decode()
        with pytest.raises(BadNotice):
            gateway.read_notice(Incoming(headers, notice.raw), now.at)


async def test_their_probe_is_refused_and_known_as_a_probe(told, now):
    _, gateway, notice = told
    mark = PROBE + notice.headers["wechatpay-signature"]
    headers = dict(notice.headers) | {"wechatpay-signature": mark}
    with pytest.raises(ProbedNotice):
        gateway.read_notice(Incoming(headers, notice.raw), now.at)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'{"id":"1","event_type":"TRANSACTION.SUCCESS"}',
        b'{"id":"1","event_type":"TRANSACTION.SUCCESS","resource":[]}',
        b'{"id":1,"event_type":"TRANSACTION.SUCCESS","resource":{}}',
        b'{"id":"1","id":"2","event_type":"TRANSACTION.SUCCESS","resource":{}}',
        b'{"id":"1","x":NaN,"event_type":"TRANSACTION.SUCCESS","resource":{}}',
        b'{"id":"1","x":9223372036854775808,"resource":{}}',
        b'{"id":"1","x":' + b"9" * 5000 + b',"resource":{}}',
        b'{"x":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"id":"\xff"}',
        b'{"pad":"' + b"x" * 1024 * 1024 + b'"}',
    ],
    ids=lambda raw: repr(raw[:24]),
)
async def test_a_signed_body_that_is_no_notice_is_refused(told, now, raw):
    world, gateway, _ = told
    with pytest.raises(BadNotice):
        gateway.read_notice(resigned(world, raw, now), now.at)


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "AES_256_ECB"},
        {"algorithm": None},
        {"nonce": "elevenbytes"},
        {"nonce": None},
        {"associated_data": None},
        {"associated_data": "other"},
        {"ciphertext": "AAAA"},
        {"ciphertext": "***"},
        {"ciphertext": ""},
    ],
)
async def test_a_resource_that_does_not_open_is_refused(told, now, changes):
    world, gateway, _ = told
    with pytest.raises(BadNotice):
        gateway.read_notice(sealed(world, b"{}", now, **changes), now.at)


GOOD = {
    "mchid": "SIM1900000001",
    "appid": "SIM-OFFICIAL",
    "out_trade_no": "ORDER00001",
    "transaction_id": "4200",
    "trade_state": "SUCCESS",
    "success_time": "2026-06-01T12:00:00+08:00",
    "amount": {"total": 2000, "currency": "CNY"},
}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": {"total": 0}},
        {"amount": {"total": -1}},
        {"amount": {"total": "2000"}},
        {"amount": {"total": 20.0}},
        {"amount": {"total": True}},
        {"amount": {"total": "１"}},
        {"amount": {"total": "1e2"}},
        {"amount": None},
        {"trade_state": "PAID"},
        {"out_trade_no": None},
        {"mchid": 1},
        {"success_time": "yesterday"},
        {"success_time": "2026-06-01T12:00:00"},
    ],
    ids=str,
)
async def test_a_sealed_word_of_another_form_is_refused(told, now, changes):
    world, gateway, _ = told
    gateway.read_notice(sealed(world, json.dumps(GOOD).encode(), now), now.at)
    with pytest.raises(BadNotice):
        gateway.read_notice(sealed(world, json.dumps(GOOD | changes).encode(), now), now.at)


async def test_another_merchant_app_amount_or_currency_is_told_as_it_is(told, now):
    world, gateway, _ = told
    changed = GOOD | {"mchid": "M2", "appid": "A2", "amount": {"total": 1999, "currency": "USD"}}
    fact = gateway.read_notice(sealed(world, json.dumps(changed).encode(), now), now.at)
    assert (fact.merchant, fact.app_id) == ("M2", "A2")
    assert (fact.amount_fen, fact.currency) == (1999, "USD")


async def test_a_word_about_something_else_is_refused(told, now):
    world, gateway, _ = told
    plain = json.dumps(GOOD).encode()
    with pytest.raises(BadNotice):
        gateway.read_notice(sealed(world, plain, now, kind="PAYSCORE.USER_PAID"), now.at)


async def test_a_refund_is_told_once_it_is_done(told, now):
    world, gateway, _ = told
    await gateway.refund(giving_back())
    assert not world.due(now.at)
    now.turn(seconds=21)
    (notice,) = world.due(now.at)
    fact = gateway.read_notice(incoming(notice), now.at)
    assert isinstance(fact, RefundFact)
    assert (fact.state, fact.out_refund_no, fact.amount_fen) == ("success", "REFUND0001", 500)
    assert (fact.merchant, fact.out_trade_no) == (gateway.merchant, "ORDER00001")


async def test_an_unanswered_notice_comes_again_by_their_table_and_an_answered_one_does_not(now):
    world, gateway = wechat_pair(now)
    await gateway.create(order())
    world.pay("ORDER00001")
    begun, times, facts = now.at, [], set()
    for _ in range(40):
        for notice in world.due(now.at):
            times.append((now.at - begun).total_seconds())
            facts.add(gateway.read_notice(incoming(notice), now.at).external_id)
            world.notices.answered(notice, now.at, ok=False)
        now.turn(seconds=15 if len(times) < 4 else 21600)
    assert times[:3] == [0, 15, 30]
    assert len(times) == 16
    assert len(facts) == 1
    await gateway.create(order("ORDER00002"))
    world.pay("ORDER00002")
    (notice,) = world.due(now.at)
    world.notices.answered(notice, now.at, ok=True)
    now.turn(days=2)
    assert world.due(now.at) == []


@pytest.mark.parametrize("kind", NOTICE_FAULTS)
async def test_notices_go_wrong_as_they_are_told_to(now, kind):
    world, gateway = wechat_pair(now)
    for number in ("ORDER00001", "ORDER00002"):
        await gateway.create(order(number))
    world.faults.set({kind: 1})
    world.pay("ORDER00001")
    world.pay("ORDER00002")
    seen, forged = [], 0
    for notice in world.due(now.at):
        try:
            seen.append(gateway.read_notice(incoming(notice), now.at).out_trade_no[-1])
        except BadNotice:
            forged += 1
    assert (seen, forged) == {
        "notice_dropped": (["2"], 0),
        "notice_copies": (["1", "1", "1", "2"], 0),
        "notice_late": (["2"], 0),
        "notice_reordered": (["2", "1"], 0),
        "notice_forged": (["1", "2"], 1),
    }[kind]


async def test_a_new_key_is_refused_once_and_understood_when_they_come_again(now):
    world, gateway = wechat_pair(now, public_key_id="", certificates=True)
    await gateway.create(order())
    now.turn(minutes=11)
    world.merchants[0].platform.rotate(now.at)
    world.pay("ORDER00001")
    (notice,) = world.due(now.at)
    with pytest.raises(BadNotice):
        gateway.read_notice(incoming(notice), now.at)
    for _ in range(20):
        await asyncio.sleep(0)
    assert gateway.read_notice(incoming(notice), now.at).state == "success"


def test_we_answer_as_they_ask(now):
    _, gateway = wechat_pair(now)
    assert (gateway.ack(ok=True).status, gateway.ack(ok=True).body) == (204, b"")
    refused = gateway.ack(ok=False)
    assert (refused.status, json.loads(refused.body)["code"]) == (400, "FAIL")


def test_the_outside_vectors_hold_and_must_fails_fail(shared, capsys):
    held = refused = 0
    aes = vectors(shared, "wechat_v3_aesgcm.json")
    for one in aes["vectors"]:
        plain = AESGCM(one["key"].encode()).decrypt(
            one["nonce"].encode(), base64.b64decode(one["ciphertext"]), one["aad"].encode()
        )
        resource = {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": one["nonce"],
            "associated_data": one["aad"],
            "ciphertext": one["ciphertext"],
        }
        assert unseal(one["key"], resource) == plain == one["plaintext"].encode()
        held += 1
    for one in aes["reject"]:
        resource = {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": one["nonce"],
            "associated_data": one["aad"],
            "ciphertext": one["ciphertext"],
        }
        with pytest.raises(BadNotice):
            unseal(one["key"], resource)
        refused += 1
    rsa = vectors(shared, "wechat_v3_rsa.json")
    certificate = load_pem_x509_certificate(rsa["platform_cert"].encode())
    key = certificate.public_key()
    assert serial_of(certificate) == rsa["platform_serial"]
    assert verifies(key, rsa["message"].encode(), rsa["signature"])
    head = rsa["authorization_header"]
    stamp, nonce = str(head["timestamp"]), head["nonce"]
    empty = message("GET", "/v3/certificates", stamp, nonce) + b"\n"
    assert empty.decode() == head["sign_message_no_body"]
    held += 3
    keys = PlatformKeys(certificates={rsa["platform_serial"]: certificate})
    good = {"serial": rsa["platform_serial"], "message": "source", "signature": rsa["signature"]}
    for bad in rsa["reject"]:
        one = good | bad
        key = keys.get(one["serial"], datetime(2022, 1, 1, tzinfo=UTC))
        assert key is None or not verifies(key, one["message"].encode(), one["signature"])
        refused += 1
    whole = vectors(shared, "wechat_v3_notify_signed.json")
    certificate = load_pem_x509_certificate(whole["platform_cert"].encode())
    keys = PlatformKeys(certificates={serial_of(certificate): certificate})
    headers = {name.lower(): value for name, value in whole["headers"].items()}
    at = datetime.fromtimestamp(int(headers["wechatpay-timestamp"]), UTC)
    check(keys, headers, whole["body"].encode(), at)
    sealed_ = strict_object(whole["body"].encode())["resource"]
    assert strict_object(unseal(whole["apiv3_key"], sealed_)) == json.loads(whole["plaintext"])
    held += 2
    for later, body in ((301, whole["body"]), (0, whole["body"] + " ")):
        with pytest.raises(BadNotice):
            check(keys, headers, body.encode(), at + timedelta(seconds=later))
        refused += 1
    with capsys.disabled():
        print(f"\nWeChat vectors: {held} hold, {refused} are refused")
    assert (held, refused) == (7, 14)


def test_our_own_authorization_verifies_as_they_verify(now):
    key = cheap_key()
    mark = authorization("M", "S", key, "POST", "/v3/x?a=1", b"{}")
    told = dict(part.split("=", 1) for part in mark.partition(" ")[2].split(","))
    bare = {name: value.strip('"') for name, value in told.items()}
    signed = message("POST", "/v3/x?a=1", bare["timestamp"], bare["nonce_str"], "{}")
    assert verifies(key.public_key(), signed, bare["signature"])
    assert bare["signature"] == sign(key, signed)
