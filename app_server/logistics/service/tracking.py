"""The way of a parcel: events kept once, read in the carrier's order, states only forward."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.logistics.errors import BadNotice, NoSuchParcel
from app_server.logistics.events import ParcelDelivered, RoutesDue, StrayOrder
from app_server.logistics.models import CarrierOrder, Contract, Parcel
from app_server.logistics.providers.carriers import carriers
from app_server.logistics.providers.courier import Route
from app_server.logistics.rules import FINAL, MARK_SIGNS, NOTICED, QUIET_AFTER, before
from app_server.logistics.service.contracts import account_of
from app_server.logistics.service.ordering import placed, tell_moved

# A carrier's clock may go wrong by so much; what claims to be later was not made by a clock.
SKEW = timedelta(days=1)
BATCH = 200


async def take_push(carrier: str, headers: Mapping[str, str], raw: bytes) -> dict[str, Any]:
    """Take a carrier's push; answers what the carrier wants to hear.

    Raises `BadNotice`, and `NoSuchParcel` when not one of its parcels is ours. Repeated and late
    events are answered alike: they are kept once and never move a parcel back.
    """
    port = carriers()[carrier]
    routes = port.read_push(headers, raw)
    if any(route.at > clock.now() + SKEW for route in routes):
        raise BadNotice
    known = [await _take(carrier, route) for route in routes]
    if routes and not any(known):
        raise NoSuchParcel
    return port.acknowledged()


async def _take(carrier: str, route: Route) -> bool:
    async with db.unit_of_work():
        order = await _order_of(carrier, route)
        if order is None:
            return False
        row = await Parcel.select_for_update().get(id=order.parcel_id)
        order = await CarrierOrder.get(id=order.id)
        if order.state == "sent":
            # The answer was lost; the push brings it.
            await placed(order.id, route.waybill)
            row = await Parcel.get(id=row.id)
        elif order.state == "denied":
            await CarrierOrder.filter(id=order.id).update(state="stray", waybill=route.waybill)
            announce(StrayOrder(order_id=order.id))
            return True
        elif order.state != "placed" or order.waybill != route.waybill:
            return True
        if await _kept(row.id, route):
            await _moved(row, route)
    return True


async def _order_of(carrier: str, route: Route) -> CarrierOrder | None:
    if route.order_no:
        return await CarrierOrder.get_or_none(carrier=carrier, order_no=route.order_no)
    return await CarrierOrder.filter(carrier=carrier, waybill=route.waybill).first()


async def _kept(parcel_id: UUID, route: Route) -> bool:
    """Keep an event; False when it is known."""
    return bool(
        await db.execute(
            "INSERT INTO logistics_track (id, parcel_id, notice, state, place, at, arrived_at) "
            "VALUES ($1,$2,$3,$4,$5,$6,$7) ON CONFLICT DO NOTHING",
            uuid7(),
            parcel_id,
            route.notice,
            route.state,
            route.place,
            route.at,
            clock.now(),
        )
    )


async def _moved(row: Parcel, route: Route) -> None:
    # The first event is the day it is billed, however late we hear of it.
    await db.execute(
        "UPDATE logistics_parcel SET picked_up_at=least(coalesce(picked_up_at, $2), $2) "
        "WHERE id=$1",
        row.id,
        route.at,
    )
    changed = await Parcel.filter(id=row.id, state__in=before(route.state)).update(
        state=route.state,
        moved_at=clock.now(),
        version=row.version + 1,
        **({"returned_at": route.at} if route.state == "returned" else {}),
    )
    if not changed:
        return
    if route.state != "delivered":
        tell_moved(row, route.state)
        return
    intact = route.mark == row.contents_digest[:MARK_SIGNS] if route.mark else None
    await Parcel.filter(id=row.id).update(intact=intact if row.direction == "out" else None)
    announce(
        ParcelDelivered(
            parcel_id=row.id,
            about=row.about,
            person_id=row.person_id,
            intact=intact is not False,
            direction=row.direction,
        )
    )


async def ask_for_quiet() -> int:
    """Have the carriers asked about parcels of which nothing was heard; answers how many."""
    moving: Sequence[str] = [s for s in ("ordered", *NOTICED) if s not in FINAL]
    quiet = clock.now() - QUIET_AFTER
    found = await Parcel.filter(state__in=moving, moved_at__lt=quiet).limit(BATCH)
    async with db.unit_of_work():
        for row in found:
            announce(RoutesDue(parcel_id=row.id))
    return len(found)


async def routes_fetched(parcel_id: UUID) -> Outcome:
    """Ask a parcel's carrier for its way; what a push already told changes nothing."""
    row = await Parcel.get(id=parcel_id)
    order = await CarrierOrder.get_or_none(parcel_id=parcel_id, state="placed")
    if order is None or row.state in FINAL:
        return Ok("over")
    contract = await Contract.get(id=order.contract_id)
    for route in await carriers()[order.carrier].routes(account_of(contract), order.waybill):
        await _take(order.carrier, route)
    return Ok()
