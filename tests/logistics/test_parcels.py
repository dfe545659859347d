"""Parcels: ordered once, noticed in any order and repeatedly, received as handed over."""

import asyncio
from datetime import timedelta

import httpx
import orjson
import pytest

from app_server.kernel import clock, db
from app_server.logistics import service
from app_server.logistics.errors import ContentsDiffer, NoSuchParcel, NotNow
from app_server.logistics.models import Parcel
from app_server.logistics.providers import courier as door
from app_server.logistics.providers.courier import (
    NOTICES,
    CourierSettings,
    HttpCourier,
    signed,
)
from app_server.logistics.service import Recipient
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

TO = Recipient("李明轩", "13900000002", "亳州市谯城区测试路 1 号")
CONTENTS = [{"name": "营业执照", "number": "A1"}, {"name": "公章", "number": "B2"}]


async def sent(deliver, person, **more) -> Parcel:
    facts = await service.send(person.subject, "case:1", TO, CONTENTS, **more)
    await deliver()
    return await Parcel.get(id=facts.id)


async def push(courier: str, parcel: Parcel, notice: str, state: str, minutes: int, **more):
    told = {"waybill": parcel.waybill, "notice": notice, "state": state, "place": "合肥"}
    told |= {"at": (clock.now() + timedelta(minutes=minutes)).isoformat()} | more
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.post(f"{courier}/__notice", json=told)).status_code


async def test_a_notice_nobody_signed_or_an_old_one_is_refused(partner, database):
    body = b'{"waybill":"1"}'
    content = {"content-type": "application/json"}
    bare = await partner.post("/callbacks/courier", content=body, headers=content)
    assert (bare.status_code, bare.json()["code"]) == (403, "logistics.bad_notice")
    headers = signed(CourierSettings(), NOTICES, body.decode())
    changed = await partner.post("/callbacks/courier", content=body + b" ", headers=headers)
    old = await partner.post(
        "/callbacks/courier", content=body, headers=headers | {"x-courier-time": "1"}
    )
    assert (changed.status_code, old.status_code) == (403, 403)
    for junk in (body, b"[]", b"{", orjson.dumps({"waybill": 1, "state": "x", "at": "now"})):
        reply = await partner.post(
            "/callbacks/courier",
            content=junk,
            headers=signed(CourierSettings(), NOTICES, junk.decode()),
        )
        assert reply.status_code == 400, reply.text


async def test_another_persons_parcel_is_not_listed(public, database):
    await service.send((await resident()).subject, "case:1", TO, CONTENTS)
    assert (await public.get("/parcels")).status_code == 401
    other = await bearer(await resident(name="王芳"))
    assert (await public.get("/parcels", headers=other)).json()["items"] == []


async def test_several_results_travel_in_one_parcel_from_order_to_receipt(
    public, database, courier, deliver
):
    person = await resident()
    parcel = await sent(deliver, person)
    assert (parcel.state, parcel.waybill[:3]) == ("ordered", "SIM")
    desk = await officer()
    with pytest.raises(ContentsDiffer):
        await service.hand_over(desk, parcel.id, CONTENTS[:1])
    await service.hand_over(desk, parcel.id, CONTENTS[::-1])
    # Late, early and repeated notices: each once on record, never backwards.
    for notice, state, minutes in (
        ("3", "out_for_delivery", 3),
        ("1", "picked_up", 1),
        ("3", "out_for_delivery", 3),
        ("4", "delivered", 4),
        ("2", "in_transit", 2),
        ("4", "delivered", 4),
    ):
        assert await push(courier, parcel, notice, state, minutes) == 204
    with pytest.raises(NotNow):
        await service.hand_over(desk, parcel.id, CONTENTS)
    shown = (await public.get("/parcels", headers=await bearer(person))).json()["items"][0]
    assert (shown["state"], shown["intact"]) == ("delivered", True)
    assert [t["state_name"] for t in shown["tracks"]] == ["已揽收", "运输中", "派送中", "已签收"]
    told = await db.rows(
        "SELECT payload FROM kernel_event WHERE name='logistics.parcel_delivered/1'"
    )
    assert len(told) == 1
    assert "李明轩" not in str(told[0]["payload"])


async def test_contents_that_differ_at_receipt_are_told(database, courier, deliver):
    parcel = await sent(deliver, await resident())
    assert await push(courier, parcel, "1", "delivered", 1, contents_digest="0" * 64) == 204
    assert (await Parcel.get(id=parcel.id)).intact is False
    await deliver()
    told = await db.rows("SELECT template FROM notify_message")
    assert [row["template"] for row in told] == ["logistics.delivered_different"]


async def test_ten_parallel_receipts_are_one(database, courier, deliver):
    parcel = await sent(deliver, await resident())
    await asyncio.gather(*(push(courier, parcel, f"n{n}", "delivered", 1) for n in range(10)))
    told = "SELECT count(*) FROM kernel_event WHERE name='logistics.parcel_delivered/1'"
    assert await db.value(told) == 1


async def test_asking_twice_is_one_parcel_and_one_order(database, courier, deliver):
    person = await resident()
    first, second = await sent(deliver, person), await sent(deliver, person)
    assert (first.id, first.waybill) == (second.id, second.waybill)
    assert await service.order_known(first.id)
    other = await sent(deliver, person, direction="in")
    assert other.waybill != first.waybill


async def test_a_courier_that_is_away_leaves_the_parcel_waiting(
    database, courier, deliver, monkeypatch
):
    away = HttpCourier(CourierSettings(endpoint="http://127.0.0.1:1"))
    monkeypatch.setattr(service, "courier", lambda: away)
    parcel = await sent(deliver, await resident())
    assert parcel.state == "ordering"
    with pytest.raises(door.CourierDown):
        await service.place_order(parcel.id)


async def test_a_courier_that_refuses_is_remembered(database, courier, deliver):
    facts = await service.send(
        (await resident()).subject, "case:2", Recipient("李", "1", ""), CONTENTS
    )
    await deliver()
    assert (await Parcel.get(id=facts.id)).state == "refused"


async def test_where_a_parcel_goes_is_not_readable_in_the_database(database):
    await service.send((await resident()).subject, "case:1", TO, CONTENTS)
    assert "谯城" not in await db.value("SELECT recipient FROM logistics_parcel")
    with pytest.raises(NoSuchParcel):
        await service.hand_over(await officer(), (await resident(name="王")).subject, CONTENTS)
