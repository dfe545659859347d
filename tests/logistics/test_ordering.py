"""Orders at carriers: one waybill per parcel, switched only when surely not taken (R-LOG-02)."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Unknown
from app_server.kernel.ids import uuid7
from app_server.logistics import service
from app_server.logistics.models import CarrierOrder, Parcel
from app_server.logistics.providers import carriers as ports
from app_server.logistics.providers.ems import Ems, EmsSettings
from app_server.logistics.rules import OUT_AFTER
from app_server.logistics.service import Recipient, ordering
from tests.builders.logistics import TO, contract, lever, orders_at, push, second
from tests.builders.people import resident

CONTENTS = [{"name": "营业执照", "number": "A1"}]


async def asked(about: str = "case:1", to: Recipient = TO) -> Parcel:
    """A parcel nobody has ordered yet."""
    facts = await service.send((await resident()).subject, about, to, CONTENTS)
    return await Parcel.get(id=facts.id)


async def waybills(carriers) -> list[str]:
    """All that both carriers hold and nobody took back."""
    found = [one for url in carriers.values() for one in await orders_at(url)]
    return [one["waybill"] for one in found if not one["cancelled"]]


@pytest.fixture
def settled(monkeypatch):
    """Denials are final at once."""
    monkeypatch.setattr(ordering, "SETTLED_AFTER", timedelta(0))


def take_away(name: str, monkeypatch) -> None:
    """Let nobody listen at a carrier's address."""
    away = Ems(EmsSettings(endpoint="http://127.0.0.1:1"))
    monkeypatch.setitem(ports.carriers(), name, away)


async def test_no_contract_orders_nothing_and_is_tried_again(database):
    parcel = await asked()
    outcome = await service.place_order(parcel.id)
    assert isinstance(outcome, Unknown)
    assert not await CarrierOrder.all()


@pytest.mark.parametrize("name", ["ems", "sf"])
@pytest.mark.parametrize("fault", ["lost", "error", "garbage"])
async def test_an_answer_that_is_lost_is_asked_for_and_never_ordered_twice(
    carriers, settled, name, fault
):
    first = await contract(version=1, priority=3) if name == "sf" else None
    await second(priority=1 if first else 5)
    parcel = await asked()
    await lever(carriers[name], fault=fault, times=1)
    outcome = await service.place_order(parcel.id)
    # Without an answer no other carrier is asked.
    assert isinstance(outcome, Unknown)
    assert len(await CarrierOrder.all()) == 1
    # The lost one is found, the others were never taken: in either case one waybill comes out.
    again = await service.place_order(parcel.id)
    assert isinstance(again, Ok)
    row = await Parcel.get(id=parcel.id)
    other = {"ems": "sf", "sf": "ems"}[name]
    assert (row.state, row.carrier) == ("ordered", name if fault == "lost" else other)
    assert await waybills(carriers) == [row.waybill]


async def test_a_denial_that_comes_too_soon_is_not_believed(carriers):
    await second()
    parcel = await asked()
    await lever(carriers["ems"], fault="error", times=1)
    await service.place_order(parcel.id)
    outcome = await service.place_order(parcel.id)
    assert (isinstance(outcome, Unknown), await waybills(carriers)) == (True, [])
    await CarrierOrder.all().update(sent_at=clock.now() - timedelta(minutes=2))
    assert isinstance(await service.place_order(parcel.id), Ok)
    assert len(await waybills(carriers)) == 1


async def test_a_carrier_nobody_reaches_is_switched_at_once(carriers, monkeypatch):
    await second()
    take_away("ems", monkeypatch)
    parcel = await asked()
    assert isinstance(await service.place_order(parcel.id), Ok)
    row = await Parcel.get(id=parcel.id)
    assert (row.carrier, row.account) == ("sf", "sf/DEMO-SF")
    states = {(o.carrier, o.state) for o in await CarrierOrder.all()}
    assert states == {("ems", "unsent"), ("sf", "placed")}


async def test_a_carrier_that_stays_silent_is_out_for_new_parcels_and_tried_again_later(
    carriers, settled, monkeypatch
):
    await second()
    await lever(carriers["ems"], fault="error", times=OUT_AFTER)
    old = [await asked(f"case:{n}") for n in range(OUT_AFTER)]
    for parcel in old:
        assert isinstance(await service.place_order(parcel.id), Unknown)
    long_ago = clock.now() - timedelta(seconds=10)
    await CarrierOrder.all().update(sent_at=long_ago)
    fresh = await asked("case:new")
    assert isinstance(await service.place_order(fresh.id), Ok)
    assert (await Parcel.get(id=fresh.id)).carrier == "sf"
    # Those whose fate is unknown are still asked about where they were sent.
    assert {o.carrier for o in await CarrierOrder.filter(state="sent")} == {"ems"}
    await CarrierOrder.filter(carrier="ems").update(sent_at=clock.now() - timedelta(minutes=5))
    later = await asked("case:later")
    await service.place_order(later.id)
    assert (await Parcel.get(id=later.id)).carrier == "ems"


async def test_one_carriers_refusal_goes_to_the_next_and_all_refusals_end_it(carriers, deliver):
    nowhere = await asked(to=Recipient("李", "13900000002", ""))
    assert await service.place_order(nowhere.id) == Ok("refused")
    assert (await Parcel.get(id=nowhere.id)).state == "refused"
    await second()
    other = await asked("case:2", Recipient("李", "13900000002", ""))
    assert await service.place_order(other.id) == Ok("refused")
    states = {(o.carrier, o.state) for o in await CarrierOrder.filter(parcel_id=other.id)}
    assert states == {("ems", "refused"), ("sf", "refused")}
    # Sent anew with an address it goes: nothing of before holds it back.
    facts = await service.send(other.person_id, "case:2", TO, CONTENTS)
    await deliver()
    assert (facts.id, (await Parcel.get(id=other.id)).state) == (other.id, "ordered")


async def test_ten_workers_at_one_parcel_make_one_waybill(carriers):
    parcel = await asked()
    await asyncio.gather(*(service.place_order(parcel.id) for _ in range(10)))
    await service.place_order(parcel.id)
    assert len(await waybills(carriers)) == 1
    assert (await Parcel.get(id=parcel.id)).state == "ordered"


async def test_the_database_refuses_a_second_open_order(carriers):
    parcel = await asked()
    await service.place_order(parcel.id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.execute(
            "INSERT INTO logistics_order SELECT $1, parcel_id, 'other', contract_id, carrier, "
            "customer_code, postage_fen, 'new', '', '', created_at FROM logistics_order",
            uuid7(),
        )


async def test_a_push_brings_the_waybill_whose_answer_was_lost(carriers):
    parcel = await asked()
    await lever(carriers["ems"], fault="lost", times=1)
    await service.place_order(parcel.id)
    (held,) = await orders_at(carriers["ems"])
    parcel.waybill = held["waybill"]
    assert await push(carriers["ems"], parcel, "1", "picked_up") == 200
    row = await Parcel.get(id=parcel.id)
    assert (row.state, row.waybill) == ("picked_up", held["waybill"])
    assert isinstance(await service.place_order(parcel.id), Ok)
    assert len(await waybills(carriers)) == 1


async def test_an_order_that_came_through_after_its_denial_is_taken_back(
    carriers, settled, deliver
):
    parcel = await asked()
    await lever(carriers["ems"], fault="lost", times=1)
    await service.place_order(parcel.id)
    (stray,) = await orders_at(carriers["ems"])
    # The carrier's own books were behind when we asked: it said no.
    await CarrierOrder.all().update(state="denied")
    await service.place_order(parcel.id)
    row = await Parcel.get(id=parcel.id)
    assert len(await waybills(carriers)) == 2
    held = await CarrierOrder.get(state="denied")
    parcel.waybill = stray["waybill"]
    assert await push(carriers["ems"], parcel, "1", "picked_up") == 200
    # What happens to the stray one moves nothing of ours.
    assert (await Parcel.get(id=parcel.id)).state == "ordered"
    assert (await CarrierOrder.get(id=held.id)).state == "stray"
    await deliver()
    told = "SELECT state FROM kernel_delivery WHERE handler='logistics.cancel_stray'"
    # Its courier was faster: that stays where operators look.
    assert await db.value(told) == "parked"
    assert (await Parcel.get(id=parcel.id)).waybill == row.waybill
