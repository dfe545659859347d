"""Parcels: ordered once, pushed in any order and repeatedly, received as handed over."""

import asyncio
import time
from datetime import timedelta

import asyncpg
import orjson
import pytest

from app_server.kernel import clock, db
from app_server.logistics import service
from app_server.logistics.errors import ContentsDiffer, NoSuchParcel, NotNow
from app_server.logistics.models import Parcel
from app_server.logistics.providers.ems import EmsSettings, sealed
from app_server.logistics.providers.sf import SfSettings, digest
from tests.builders.logistics import TO, orders_at, push
from tests.builders.people import bearer, resident
from tests.builders.staff import officer

CONTENTS = [{"name": "营业执照", "number": "A1"}, {"name": "公章", "number": "B2"}]


async def sent(deliver, person, **more) -> Parcel:
    facts = await service.send(person.subject, "case:1", TO, CONTENTS, **more)
    await deliver()
    return await Parcel.get(id=facts.id)


async def push_to(partner, carrier, body, **headers):
    told = {"content-type": "application/json"} | headers
    return await partner.post(f"/callbacks/{carrier}", content=body, headers=told)


def ems_push(told, **outer) -> bytes:
    sealed_told = told if isinstance(told, str) else sealed(told, EmsSettings().secret)
    return orjson.dumps({"method": "040002", "logitcsInterface": sealed_told} | outer)


async def test_an_ems_push_sealed_by_nobody_we_know_is_refused(partner, database):
    event = {"waybillNo": "EM1", "opCode": "203", "opTime": "2026-11-23 08:00:00"}
    good = sealed(event, EmsSettings().secret)
    other = sealed(event, "SIMULATORKEYSIMULATORQ==")
    flipped = good[:-8] + ("A" if good[-8] != "A" else "B") + good[-7:]
    for body in (
        b"",
        b"{",
        b"[]",
        b"null",
        ems_push(other),
        ems_push(flipped),
        ems_push(good.removeprefix("|$4|")),
        ems_push("|$4|"),
        ems_push("|$4|not base64"),
        ems_push({"opCode": "203"}),
        ems_push([1]),
        ems_push(event | {"opTime": "2026-13-40"}),
        ems_push(event | {"opTime": "2999-01-01 00:00:00"}),
        ems_push(event | {"opCode": ["203"]}),
        ems_push(event, method="020003"),
    ):
        reply = await push_to(partner, "ems", body)
        assert (reply.status_code, reply.json()["code"]) == (403, "logistics.bad_notice"), body
    # Well sealed, but of nobody's parcel; and a code that is no news.
    assert (await push_to(partner, "ems", ems_push(event))).status_code == 404
    unknown = ems_push(event | {"opCode": "999"})
    assert (await push_to(partner, "ems", unknown)).json()["code"] == "00000"


async def test_an_sf_push_unsigned_changed_or_old_is_refused(partner, database):
    route = {"id": "1", "mailno": "SF1", "acceptTime": "2026-11-23 08:00:00", "opCode": "50"}
    body = orjson.dumps({"Body": {"WaybillRoute": [route]}})
    checkword, now = SfSettings().secret, str(int(time.time() * 1000))

    def signed(raw: bytes, stamp: str = now) -> dict[str, str]:
        return {
            "x-sf-timestamp": stamp,
            "x-sf-digest": digest(raw.decode(), stamp, checkword),
        }

    old = str(int(time.time() * 1000) - 900_000)
    for raw, headers in (
        (body, {}),
        (body, signed(body) | {"x-sf-digest": "x"}),
        (body + b" ", signed(body)),
        (body, signed(body, old)),
        (body, signed(body, "now")),
        (body, signed(body) | {"x-sf-timestamp": now[:-1]}),
        (b"[]", signed(b"[]")),
        (b"{", signed(b"{")),
        (b'{"Body":{"WaybillRoute":[{}]}}', signed(b'{"Body":{"WaybillRoute":[{}]}}')),
    ):
        reply = await push_to(partner, "sf", raw, **headers)
        assert (reply.status_code, reply.json()["code"]) == (403, "logistics.bad_notice"), raw
    assert (await push_to(partner, "sf", body, **signed(body))).status_code == 404


async def test_another_persons_parcel_is_not_shown(public, database):
    facts = await service.send((await resident()).subject, "case:1", TO, CONTENTS)
    assert (await public.get("/parcels")).status_code == 401
    other = await bearer(await resident(name="王芳"))
    assert (await public.get("/parcels", headers=other)).json()["items"] == []
    one = f"/parcels/{facts.id}"
    assert (await public.get(one, headers=other)).status_code == 404
    for deed in ("slot", "cancellation", "custody"):
        body = {"slot": {"start": clock.now().isoformat()}, "custody": {"digest": "0" * 64}}
        headers = other | {"if-match": '"1"'}
        reply = await public.post(f"{one}/{deed}", headers=headers, json=body.get(deed))
        assert reply.status_code == 404, reply.text


async def test_several_results_travel_in_one_parcel_from_order_to_receipt(
    public, database, courier, deliver
):
    person = await resident()
    parcel = await sent(deliver, person)
    assert (parcel.state, parcel.waybill[:2], parcel.carrier) == ("ordered", "EM", "ems")
    desk = await officer()
    with pytest.raises(ContentsDiffer):
        await service.hand_over(desk, parcel.id, CONTENTS[:1])
    await service.hand_over(desk, parcel.id, CONTENTS[::-1])
    # Late, early and repeated pushes: each once on record, never backwards.
    start = clock.now() - timedelta(hours=1)
    for notice, state, minutes in (
        ("3", "out_for_delivery", 3),
        ("1", "picked_up", 1),
        ("3", "out_for_delivery", 3),
        ("4", "delivered", 4),
        ("2", "in_transit", 2),
        ("4", "delivered", 4),
    ):
        at = start + timedelta(minutes=minutes)
        assert await push(courier, parcel, notice, state, at) == 200
    with pytest.raises(NotNow):
        await service.hand_over(desk, parcel.id, CONTENTS)
    headers = await bearer(person)
    shown = (await public.get(f"/parcels/{parcel.id}", headers=headers)).json()
    assert (shown["state"], shown["intact"]) == ("delivered", True)
    assert shown["carrier_name"] == "中国邮政速递（EMS）"
    assert [t["state_name"] for t in shown["tracks"]] == ["已揽收", "运输中", "派送中", "已签收"]
    # Billed on the day of the first event, however late it was heard of.
    picked_up = (await Parcel.get(id=parcel.id)).picked_up_at
    assert picked_up.replace(microsecond=0) == (start + timedelta(minutes=1)).replace(microsecond=0)
    told = await db.rows(
        "SELECT payload FROM kernel_event WHERE name='logistics.parcel_delivered/1'"
    )
    assert len(told) == 1
    assert "李明轩" not in str(told[0]["payload"])


async def test_a_push_is_on_the_timeline_in_seconds(public, database, courier, deliver):
    person = await resident()
    parcel = await sent(deliver, person)
    began = time.monotonic()
    await push(courier, parcel, "1", "picked_up")
    shown = (await public.get("/parcels", headers=await bearer(person))).json()["items"][0]
    assert [t["state_name"] for t in shown["tracks"]] == ["已揽收"]
    assert time.monotonic() - began < 3
    await deliver()
    assert await db.value("SELECT template FROM notify_message") == "logistics.picked_up"


async def test_what_carriers_said_is_only_ever_added_to(database, courier, deliver):
    parcel = await sent(deliver, await resident())
    await push(courier, parcel, "1", "picked_up")
    for sql in ("UPDATE logistics_track SET state='delivered'", "DELETE FROM logistics_track"):
        with pytest.raises(asyncpg.RaiseError):
            await db.execute(sql)


async def test_contents_that_differ_at_receipt_are_told(database, courier, deliver):
    parcel = await sent(deliver, await resident())
    assert await push(courier, parcel, "1", "delivered", contents_digest="0" * 64) == 200
    assert (await Parcel.get(id=parcel.id)).intact is False
    await deliver()
    told = await db.rows("SELECT template FROM notify_message")
    assert [row["template"] for row in told] == ["logistics.delivered_different"]


async def test_ten_parallel_receipts_are_one(database, courier, deliver):
    parcel = await sent(deliver, await resident())
    await asyncio.gather(*(push(courier, parcel, f"n{n}", "delivered") for n in range(10)))
    told = "SELECT count(*) FROM kernel_event WHERE name='logistics.parcel_delivered/1'"
    assert await db.value(told) == 1


async def test_asking_twice_is_one_parcel_and_one_order(database, courier, deliver):
    person = await resident()
    first, second = await sent(deliver, person), await sent(deliver, person)
    assert (first.id, first.waybill) == (second.id, second.waybill)
    assert len(await orders_at(courier)) == 1
    other = await sent(deliver, person, direction="in")
    assert other.waybill != first.waybill


async def test_a_push_that_never_came_is_made_up_for_by_asking(
    database, courier, deliver, monkeypatch
):
    parcel = await sent(deliver, await resident())
    await Parcel.filter(id=parcel.id).update(moved_at=clock.now() - timedelta(days=1))
    # The carrier knows of an event, and its push went nowhere.
    await db.execute("UPDATE logistics_order SET carrier='sf'")
    assert await push(courier, parcel, "1", "picked_up") == 404
    await db.execute("UPDATE logistics_order SET carrier='ems'")
    assert await service.ask_for_quiet() == 1
    await deliver()
    assert (await Parcel.get(id=parcel.id)).state == "picked_up"


async def test_where_a_parcel_goes_is_not_readable_in_the_database(database):
    await service.send((await resident()).subject, "case:1", TO, CONTENTS)
    assert "谯城" not in await db.value("SELECT recipient FROM logistics_parcel")
    with pytest.raises(NoSuchParcel):
        await service.hand_over(await officer(), (await resident(name="王")).subject, CONTENTS)
