"""Pick-up of papers: windows the carrier has, booked, changed, taken back, ticked off."""

import asyncio
from datetime import timedelta

import pytest

from app_server.kernel import clock, db
from app_server.logistics import service
from app_server.logistics.errors import CarrierSilent, ContentsDiffer, NoContract, SlotTaken
from app_server.logistics.models import Parcel
from app_server.logistics.providers.courier import stamped
from tests.builders.logistics import TO, contract, lever, next_window, orders_at, push
from tests.builders.people import bearer, resident
from tests.builders.staff import ORG, officer

PAPERS = [{"name": "户口簿原件", "number": "1"}, {"name": "合同原件", "number": "2"}]
DIGEST = service.digest_of(PAPERS)


async def booked(person, start=None, about="originals:1", **more) -> Parcel:
    """A pick-up as it was asked for."""
    told = {"digest": DIGEST, "region": "341602", "org": ORG} | more
    facts = await service.book(person.subject, about, TO, PAPERS, start or next_window(), **told)
    return await Parcel.get(id=facts.id)


async def test_windows_are_the_carriers_own_and_a_full_one_is_not_free(courier):
    full = next_window()
    await lever(courier, limits={stamped(full): 0})
    found = await service.slots("341602", ORG, TO.address)
    assert {slot.start: slot.free for slot in found}[full] is False
    assert sum(not slot.free for slot in found) == 1
    assert {slot.end - slot.start for slot in found} == {timedelta(hours=2)}
    assert all(slot.start > clock.now() for slot in found)
    with pytest.raises(SlotTaken):
        await booked(await resident(), full)
    assert not await Parcel.all()


async def test_what_is_no_window_is_refused_and_so_is_another_list(courier):
    person = await resident()
    for start in (
        next_window() + timedelta(minutes=1),
        next_window() - timedelta(days=30),
        next_window() + timedelta(days=30),
    ):
        with pytest.raises(SlotTaken):
            await booked(person, start)
    with pytest.raises(ContentsDiffer):
        await booked(person, digest="0" * 64)


async def test_without_a_contract_or_an_answer_nothing_is_promised(database, carriers, monkeypatch):
    await lever(carriers["ems"], fault="error", times=99)
    with pytest.raises(CarrierSilent):
        await service.slots("341602", ORG, TO.address)
    await db.execute("DELETE FROM logistics_contract")
    with pytest.raises(NoContract):
        await service.slots("341602", ORG, TO.address)


async def test_papers_are_fetched_agreed_and_ticked_off_as_they_were_handed_over(
    public, staff_surface, courier, deliver
):
    person = await resident()
    parcel = await booked(person)
    await deliver()
    parcel = await Parcel.get(id=parcel.id)
    assert parcel.state == "ordered"
    headers, path = await bearer(person), f"/parcels/{parcel.id}"
    other = await public.post(f"{path}/custody", headers=headers, json={"digest": "0" * 64})
    assert other.json()["code"] == "logistics.contents_differ"
    agreed = await public.post(f"{path}/custody", headers=headers, json={"digest": DIGEST})
    assert agreed.json()["agreed_at"]
    assert "agree" not in agreed.json()["can"]
    await push(courier, parcel, "1", "picked_up")
    await push(courier, parcel, "2", "delivered")
    ticked = {"contents": PAPERS[::-1]}
    receipt = f"/parcels/{parcel.id}/receipt"
    assert (await staff_surface.post(receipt, json=ticked)).status_code == 401
    stranger = await bearer(await officer(login="far", org="11340000MB0000000M"))
    assert (await staff_surface.post(receipt, json=ticked, headers=stranger)).status_code == 404
    desk = await bearer(await officer(login="desk"))
    done = await asyncio.gather(
        *(staff_surface.post(receipt, json=ticked, headers=desk) for _ in range(5))
    )
    assert sorted(reply.status_code for reply in done) == [200, 409, 409, 409, 409]
    assert (await Parcel.get(id=parcel.id)).intact is True
    await deliver()
    told = await db.rows("SELECT template FROM notify_message ORDER BY id")
    assert [row["template"] for row in told] == [
        "logistics.picked_up",
        "logistics.arrived",
        "logistics.received",
    ]


async def test_what_is_missing_at_the_office_is_told_to_both(courier, deliver):
    person, desk = await resident(), await officer(login="desk")
    parcel = await booked(person)
    await deliver()
    await push(courier, await Parcel.get(id=parcel.id), "1", "delivered")
    facts = await service.receive(desk, parcel.id, PAPERS[:1])
    assert (facts.state, facts.intact) == ("received", False)
    await deliver()
    told = await db.rows("SELECT template FROM notify_message")
    assert "logistics.received_different" in {row["template"] for row in told}
    announced = (
        "SELECT payload->>'intact' FROM kernel_event WHERE name LIKE 'logistics.parcel_rec%'"
    )
    assert await db.value(announced) == "false"


async def test_another_time_is_one_order_less_and_one_more(public, courier, deliver):
    person = await resident()
    first = await booked(person)
    await deliver()
    row = await Parcel.get(id=first.id)
    later = next_window() + timedelta(hours=2)
    headers = await bearer(person)
    path = f"/parcels/{row.id}/slot"
    stale = await public.post(
        path, headers=headers | {"if-match": '"99"'}, json={"start": later.isoformat()}
    )
    assert stale.status_code == 412
    told = headers | {"if-match": f'"{row.version}"'}
    moved = await public.post(path, headers=told, json={"start": later.isoformat()})
    assert moved.json()["state"] == "cancelling"
    await deliver()
    again = await Parcel.get(id=first.id)
    assert (again.state, again.pick_up_from) == ("ordered", later)
    assert again.waybill != row.waybill
    held = {one["waybill"]: one["cancelled"] for one in await orders_at(courier)}
    assert held == {row.waybill: True, again.waybill: False}
    # An event of the old order, however it came about, moves nothing.
    await push(courier, row, "1", "picked_up")
    assert (await Parcel.get(id=first.id)).state == "ordered"


async def test_a_pick_up_is_taken_back_until_the_courier_has_been(courier, deliver):
    person = await resident()
    parcel = await booked(person)
    await deliver()
    row = await Parcel.get(id=parcel.id)
    await service.cancel(person, row.id, row.version)
    await deliver()
    assert (await Parcel.get(id=row.id)).state == "cancelled"
    assert [one["cancelled"] for one in await orders_at(courier)] == [True]
    # Booked again it is the same parcel, and another order.
    again = await booked(person)
    assert again.id == row.id
    await deliver()
    row = await Parcel.get(id=row.id)
    await service.cancel(person, row.id, row.version)
    await push(courier, row, "1", "picked_up")
    await deliver()
    # The courier was faster than the message.
    assert (await Parcel.get(id=row.id)).state == "picked_up"


async def test_a_window_that_filled_up_meanwhile_is_asked_for_anew(courier, deliver):
    person, start = await resident(), next_window()
    parcel = await booked(person, start)
    await lever(courier, limits={stamped(start): 0})
    await deliver()
    row = await Parcel.get(id=parcel.id)
    assert row.state == "rebook"
    told = await db.rows("SELECT template FROM notify_message")
    assert [one["template"] for one in told] == ["logistics.rebook"]
    await service.reschedule(person, row.id, row.version, start + timedelta(hours=2))
    await deliver()
    assert (await Parcel.get(id=row.id)).state == "ordered"


async def test_carriers_learn_no_contents_and_events_no_names(courier, deliver):
    await contract(carrier="sf", customer_code="X")
    await booked(await resident())
    await deliver()
    said = await db.rows("SELECT payload::text AS p FROM kernel_event WHERE name LIKE 'logistics%'")
    assert said
    assert not any("李明轩" in row["p"] or "户口簿" in row["p"] for row in said)
