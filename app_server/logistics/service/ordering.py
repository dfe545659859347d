"""Orders at carriers: asked before repeated, switched only when surely not taken (R-LOG-02).

The row is committed as `sent` before a byte leaves. What became of a call without an answer is
asked by its order number; until the carrier has denied it, no other is asked. So there are never
two waybills for one parcel, and a database index refuses a second open order besides.
"""

from uuid import UUID

import orjson

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.logistics.events import ParcelMoved, ParcelOrdered
from app_server.logistics.models import CarrierOrder, Contract, Parcel
from app_server.logistics.providers.carriers import carriers
from app_server.logistics.providers.courier import Courier, End, Shipment, Unsent
from app_server.logistics.rules import MARK_SIGNS, OUT_AFTER, OUT_FOR, SETTLED_AFTER
from app_server.logistics.service.contracts import account_name, account_of, in_force
from app_server.logistics.service.parcels import window_of

# Calls under way say nothing of the carrier yet: their time-out is 5 seconds.
_LAST = (
    "SELECT state, sent_at FROM logistics_order WHERE contract_id=$1 AND state <> 'new' "
    "AND NOT (state='sent' AND sent_at > $2::timestamptz - interval '6 seconds') "
    "ORDER BY sent_at DESC LIMIT $3"
)
_SILENT = frozenset({"sent", "unsent", "denied"})


async def place_order(parcel_id: UUID) -> Outcome:
    """Have a parcel ordered at the first carrier that takes it. Outside a unit of work."""
    tried: set[UUID] = set()
    while True:
        order = await _open_order(parcel_id, tried)
        if not isinstance(order, CarrierOrder):
            return order
        tried.add(order.contract_id)
        outcome = await _pursued(order)
        if isinstance(outcome, Ok):
            return outcome
        if isinstance(outcome, Unknown) and not isinstance(outcome, Unsent):
            return outcome


async def _open_order(parcel_id: UUID, tried: set[UUID]) -> CarrierOrder | Outcome:
    """The order to pursue now: the open one, else one at the next carrier that may be asked."""
    async with db.unit_of_work():
        row = await Parcel.select_for_update().get(id=parcel_id)
        if row.state != "ordering":
            return Ok(row.waybill or row.state)
        held = await CarrierOrder.get_or_none(parcel_id=parcel_id, state__in=["new", "sent"])
        if held is not None:
            return held
        found = await in_force(row.region, row.org)
        refused = await _refused(row)
        if found and all(contract.id in refused for contract in found):
            return await _given_up(row)
        for contract in found:
            if contract.id not in refused | tried and not await is_out(contract.id):
                return await _ordered_at(row, contract)
    return Unknown("no carrier answers" if found else "no contract in force")


async def _refused(row: Parcel) -> set[UUID]:
    """Who refused it since it was last asked for; another window may suit them."""
    found = await CarrierOrder.filter(
        parcel_id=row.id, state="refused", created_at__gte=row.moved_at
    )
    return {order.contract_id for order in found}


async def _ordered_at(row: Parcel, contract: Contract) -> CarrierOrder:
    key = uuid7()
    return await CarrierOrder.create(
        id=key,
        parcel_id=row.id,
        order_no=f"W{key.hex.upper()}",
        contract_id=contract.id,
        carrier=contract.carrier,
        customer_code=contract.customer_code,
        postage_fen=contract.postage_fen,
        created_at=clock.now(),
    )


async def _given_up(row: Parcel) -> Outcome:
    """Every carrier refuses: papers may be fetched at another time, results go another way."""
    row.state = "rebook" if row.direction == "in" else "refused"
    row.moved_at = clock.now()
    row.version += 1
    await row.save(update_fields=["state", "moved_at", "version"])
    tell_moved(row, row.state)
    # Told, and done: a parked delivery would hold back a later order of the same parcel.
    return Ok(row.state)


async def is_out(contract_id: UUID) -> bool:
    """Whether the last calls under a contract all met silence, the latest just now.

    Reckoned from the orders themselves, so all workers know at once; after `OUT_FOR` the next
    parcel tries again.
    """
    last = await db.rows(_LAST, contract_id, clock.now(), OUT_AFTER)
    silent = len(last) == OUT_AFTER and all(one["state"] in _SILENT for one in last)
    return silent and bool(last[0]["sent_at"] > clock.now() - OUT_FOR)


async def _pursued(order: CarrierOrder) -> Outcome:
    contract = await Contract.get(id=order.contract_id)
    carrier = carriers()[order.carrier]
    if order.state == "sent":
        return await _found(order, contract, carrier)
    taken = await CarrierOrder.filter(id=order.id, state="new").update(
        state="sent", sent_at=clock.now()
    )
    if not taken:
        return Unknown("another worker is at it")
    row = await Parcel.get(id=order.parcel_id)
    outcome = await carrier.order(account_of(contract), shipment_of(row, order, contract))
    return await _noted(order, outcome, denied="refused")


async def _found(order: CarrierOrder, contract: Contract, carrier: Courier) -> Outcome:
    outcome = await carrier.find(account_of(contract), order.order_no)
    sent_at = order.sent_at or order.created_at
    if isinstance(outcome, Rejected) and clock.now() - sent_at < SETTLED_AFTER:
        return Unknown("denied, but it may still be on its way")
    if isinstance(outcome, Unsent):
        # Nobody took the question; that says nothing of the order.
        return Unknown(outcome.detail)
    return await _noted(order, outcome, denied="denied")


async def _noted(order: CarrierOrder, outcome: Outcome, *, denied: str) -> Outcome:
    if isinstance(outcome, Ok):
        await placed(order.id, outcome.detail)
        return outcome
    state = denied if isinstance(outcome, Rejected) else "unsent"
    if isinstance(outcome, Rejected | Unsent):
        await CarrierOrder.filter(id=order.id, state="sent").update(
            state=state, why=outcome.detail[:120], answered_at=clock.now()
        )
    return outcome


async def placed(order_id: UUID, waybill: str) -> None:
    """A carrier has the order, whoever said so first: its answer, our question, or a push."""
    async with db.unit_of_work():
        order = await CarrierOrder.get(id=order_id)
        changed = await CarrierOrder.filter(id=order_id, state="sent").update(
            state="placed", waybill=waybill, answered_at=clock.now()
        )
        if changed:
            await Parcel.filter(id=order.parcel_id, state="ordering").update(
                state="ordered",
                waybill=waybill,
                carrier=order.carrier,
                account=account_name(order.carrier, order.customer_code),
                moved_at=clock.now(),
            )


def shipment_of(row: Parcel, order: CarrierOrder, contract: Contract) -> Shipment:
    """What a carrier is told: the office's end, the person's end, and the list's mark."""
    told = orjson.loads(row.recipient)
    person = End(told["name"], told["phone"], told["address"])
    office = End(contract.office_name, contract.office_phone, contract.office_address)
    ends = (person, office) if row.direction == "in" else (office, person)
    return Shipment(
        order_no=order.order_no,
        sender=ends[0],
        receiver=ends[1],
        # Carriers learn how many papers there are, not which.
        contents=[("政务材料", len(row.contents))],
        mark=row.contents_digest[:MARK_SIGNS],
        pick_up=window_of(row),
    )


async def cancelled(order_id: UUID, *, again: bool) -> Outcome:
    """Tell a carrier that it need not come, then end the parcel or order it `again`.

    When the courier was faster the parcel is simply on its way.
    """
    order = await CarrierOrder.get(id=order_id)
    contract = await Contract.get(id=order.contract_id)
    outcome = await carriers()[order.carrier].cancel(
        account_of(contract), order.order_no, order.waybill
    )
    if isinstance(outcome, Unknown):
        return outcome
    async with db.unit_of_work():
        row = await Parcel.select_for_update().get(id=order.parcel_id)
        if row.state != "cancelling":
            return Ok("on its way")
        if isinstance(outcome, Rejected):
            row.state = "ordered"
        else:
            await CarrierOrder.filter(id=order.id).update(
                state="cancelled", answered_at=clock.now()
            )
            row.state, row.waybill = "ordering" if again else "cancelled", ""
            row.moved_at = clock.now()
            if again:
                announce(ParcelOrdered(parcel_id=row.id))
        row.version += 1
        await row.save()
        tell_moved(row, row.state)
    return Ok()


async def stray_cancelled(order_id: UUID) -> Outcome:
    """Take back what a carrier took after denying it; too late means two couriers: staff see it."""
    order = await CarrierOrder.get(id=order_id)
    contract = await Contract.get(id=order.contract_id)
    return await carriers()[order.carrier].cancel(
        account_of(contract), order.order_no, order.waybill
    )


def tell_moved(row: Parcel, state: str) -> None:
    """Announce where a parcel stands now."""
    announce(
        ParcelMoved(
            parcel_id=row.id,
            about=row.about,
            person_id=row.person_id,
            state=state,
            direction=row.direction,
        )
    )
