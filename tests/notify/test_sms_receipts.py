"""What carriers push about short messages: believed only at the secret address, about ours."""

import asyncio
from types import SimpleNamespace

import pytest

from app_server.kernel import clock, db
from notify.models import Delivery
from notify.providers import sms_receipts

GOOD, KEY = "SIM-BIZ-1", "SIM-RECEIPTS"


async def sent(carrier: str, state: str = "accepted", reference: str = GOOD) -> Delivery:
    now = clock.now()
    return await Delivery.create(
        phone="13900000009",
        channel="sms",
        state=state,
        content="x",
        template="t",
        dedupe=f"{carrier}:{state}:{reference}",
        provider=carrier,
        provider_msg_id=reference,
        created_at=now,
        not_before=now,
        moved_at=now,
    )


def told(carrier: str, *, arrived: bool, reference: str = GOOD, out_id: str = "") -> list[dict]:
    if carrier == "aliyun":
        return [
            {
                "phone_number": "13900000009",
                "send_time": "2026-01-01 00:00:00",
                "report_time": "2026-01-01 00:00:01",
                "success": arrived,
                "err_code": "DELIVERED" if arrived else "MK:0001",
                "err_msg": "",
                "sms_size": "1",
                "biz_id": reference,
                "out_id": out_id,
            }
        ]
    return [
        {
            "user_receive_time": "2026-01-01 08:03:04",
            "nationcode": "86",
            "mobile": "13900000009",
            "report_status": "SUCCESS" if arrived else "FAIL",
            "errmsg": "DELIVRD" if arrived else "MK:0001",
            "description": "",
            "sid": reference,
            "ext": out_id,
        }
    ]


async def state_of(row: Delivery) -> str:
    return str(await db.value("SELECT state FROM notify_delivery WHERE id=$1", row.id))


def path(carrier: str, key: str = KEY) -> str:
    return f"/callbacks/sms/{carrier}/{key}"


@pytest.mark.parametrize("carrier", ["aliyun", "tencent"])
async def test_a_stranger_settles_nothing(vendor, database, carrier, monkeypatch):
    row = await sent(carrier)
    other = "tencent" if carrier == "aliyun" else "aliyun"
    forged = told(carrier, arrived=True)
    for key in ("wrong", KEY + "x", KEY[:-1]):
        assert (await vendor.post(path(carrier, key), json=forged)).status_code == 400
    for bad in ({}, [1], [{}], [forged[0] | {"biz_id": "", "sid": ""}], [forged[0]] * 501):
        assert (await vendor.post(path(carrier), json=bad)).status_code == 400
    # The other carrier knows nothing of this one's messages.
    told_by_other = await vendor.post(path(other), json=told(other, arrived=True))
    assert told_by_other.status_code == 200
    assert await state_of(row) == "accepted"
    monkeypatch.setattr(sms_receipts, "receipt_key", lambda _: "")
    assert (await vendor.post(path(carrier, KEY), json=forged)).status_code == 400


@pytest.mark.parametrize(
    ("carrier", "answer"),
    [("aliyun", {"code": 0, "msg": "接收成功"}), ("tencent", {"result": 0, "errmsg": "OK"})],
)
async def test_a_receipt_settles_its_message_once_in_any_order(vendor, database, carrier, answer):
    row = await sent(carrier)
    good, bad = told(carrier, arrived=True), told(carrier, arrived=False)
    replies = await asyncio.gather(*(vendor.post(path(carrier), json=good) for _ in range(10)))
    assert all(reply.json() == answer for reply in replies)
    assert await state_of(row) == "delivered"
    await vendor.post(path(carrier), json=bad)
    assert await state_of(row) == "delivered"
    unknown = told(carrier, arrived=True, reference="of-nobody", out_id="no uuid")
    assert (await vendor.post(path(carrier), json=unknown)).json() == answer


@pytest.mark.parametrize("carrier", ["aliyun", "tencent"])
async def test_a_message_that_did_not_arrive_is_failed_and_says_why(vendor, database, carrier):
    row = await sent(carrier)
    await vendor.post(path(carrier), json=told(carrier, arrived=False))
    kept = await Delivery.get(id=row.id)
    assert (kept.state, kept.detail) == ("failed", "MK:0001")


@pytest.mark.parametrize("carrier", ["aliyun", "tencent"])
async def test_a_receipt_that_overtakes_the_answer_counts(vendor, database, carrier):
    row = await sent(carrier, "sent", "")
    good = told(carrier, arrived=True, reference="NEW", out_id=str(row.id))
    await vendor.post(path(carrier), json=good)
    assert await state_of(row) == "delivered"
    settled = await sent(carrier, "accepted", "OTHER")
    claimed = told(carrier, arrived=False, reference="NEW", out_id=str(settled.id))
    await vendor.post(path(carrier), json=claimed)
    assert await state_of(settled) == "accepted"


@pytest.mark.parametrize("carrier", ["aliyun", "tencent"])
async def test_a_row_that_cannot_be_read_does_not_cost_the_others_theirs(vendor, database, carrier):
    row = await sent(carrier)
    mixed = [{"odd": 1}, *told(carrier, arrived=True), 7]
    assert (await vendor.post(path(carrier), json=mixed)).status_code == 200
    assert await state_of(row) == "delivered"


@pytest.mark.parametrize(
    ("key", "taken"), [("SIM-RECEIPTS", False), ("SIM" + "x" * 30, False), ("short", False),
                       ("", False), ("k" * 24, True)]
)  # fmt: skip
@pytest.mark.parametrize("carrier", ["aliyun", "tencent"])
def test_where_real_people_are_served_a_key_to_guess_takes_nothing(
    monkeypatch, carrier, key, taken
):
    name = {"aliyun": "SMS_RECEIPT_KEY", "tencent": "SMS_TENCENT_RECEIPT_KEY"}[carrier]
    monkeypatch.setenv(name, key)
    assert sms_receipts.genuine(carrier, key) is bool(key)
    monkeypatch.setattr(sms_receipts, "load", lambda: SimpleNamespace(production=True))
    assert sms_receipts.genuine(carrier, key) is taken
