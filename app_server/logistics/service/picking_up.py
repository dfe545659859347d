"""Pick-up of papers (揽收): the carrier's windows, booked, changed, taken back (R-LOG-04)."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.logistics.errors import (
    CarrierSilent,
    ContentsDiffer,
    NoContract,
    NotNow,
    SlotTaken,
)
from app_server.logistics.events import CancelDue, ParcelOrdered
from app_server.logistics.models import CarrierOrder, Contract, Parcel
from app_server.logistics.providers.carriers import carriers
from app_server.logistics.rules import CHANGEABLE, LENGTH, digest_of, is_window, windows
from app_server.logistics.service.contracts import account_of, in_force
from app_server.logistics.service.ordering import is_out
from app_server.logistics.service.parcels import ParcelFacts, Recipient, facts, mine, send
from payments import service as payments


@dataclass(frozen=True, slots=True)
class Slot:
    """A window in which a courier can come; `free` as the carrier says now."""

    start: datetime
    end: datetime
    free: bool


async def slots(region: str, org: str, address: str) -> list[Slot]:
    """The windows of the next days at an address; raises `NoContract`, `CarrierSilent`."""
    starts = windows(clock.now())
    for contract in await _reachable(region, org):
        told = await asyncio.gather(*(_takes(contract, address, start) for start in starts))
        if None not in told:
            return [Slot(s, s + LENGTH, bool(t)) for s, t in zip(starts, told, strict=True)]
    raise CarrierSilent


async def _reachable(region: str, org: str) -> list[Contract]:
    found = await in_force(region, org)
    if not found:
        raise NoContract
    return [contract for contract in found if not await is_out(contract.id)]


async def _takes(contract: Contract, address: str, start: datetime) -> bool | None:
    return await carriers()[contract.carrier].takes(account_of(contract), address, start)


async def _checked(region: str, org: str, address: str, start: datetime) -> None:
    """Ask for one window before anything is written; raises `SlotTaken`, `CarrierSilent`."""
    if not is_window(start, clock.now()):
        raise SlotTaken
    for contract in await _reachable(region, org):
        told = await _takes(contract, address, start)
        if told is not None:
            if told:
                return
            raise SlotTaken
    raise CarrierSilent


async def book(
    person_id: UUID,
    about: str,
    sender: Recipient,
    contents: Sequence[Mapping[str, str]],
    start: datetime,
    *,
    digest: str,
    region: str,
    org: str,
) -> ParcelFacts:
    """Book a courier for papers by the list that was shown (`digest`). Outside a unit of work.

    Raises `ContentsDiffer` for another list, `SlotTaken`, `NoContract`, `CarrierSilent`.
    """
    if digest != digest_of(contents):
        raise ContentsDiffer
    await _checked(region, org, sender.address, start)
    return await send(
        person_id,
        about,
        sender,
        contents,
        direction="in",
        pick_up_from=start,
        region=region,
        org=org,
    )


async def reschedule(
    principal: Principal, parcel_id: UUID, version: int, start: datetime
) -> ParcelFacts:
    """Another window, until the courier has been; the carrier is told first, then asked anew.

    Raises `NoSuchParcel`, `NotNow`, `PreconditionFailed`, `SlotTaken`, `CarrierSilent`.
    """
    async with db.unit_of_work():
        row = await _changeable(principal, parcel_id, version)
        address = orjson.loads(row.recipient)["address"]
    await _checked(row.region, row.org, address, start)
    return await _change(principal, parcel_id, version, start)


async def cancel(principal: Principal, parcel_id: UUID, version: int) -> ParcelFacts:
    """Take a pick-up back until the courier has been; nobody owes its postage then.

    Raises as `reschedule`, and `BillInUse` while the postage is being paid.
    """
    return await _change(principal, parcel_id, version, None)


async def _unowed(principal: Principal, row: Parcel) -> None:
    if row.state == "postage_due":
        await payments.withdraw_bill(principal, row.bill_no, "取消揽收")
        row.bill_no, row.payer, row.postage_fen = "", "agency", 0


async def _changeable(principal: Principal, parcel_id: UUID, version: int) -> Parcel:
    row = await mine(principal, parcel_id)
    if row.direction != "in" or row.state not in CHANGEABLE:
        raise NotNow
    if row.version != version:
        raise PreconditionFailed
    return row


async def _change(
    principal: Principal, parcel_id: UUID, version: int, start: datetime | None
) -> ParcelFacts:
    async with db.unit_of_work():
        row = await _changeable(principal, parcel_id, version)
        order = await CarrierOrder.get_or_none(parcel_id=row.id, state="placed")
        if start is not None:
            row.pick_up_from = start
        if order is not None:
            row.state = "cancelling"
            announce(CancelDue(parcel_id=row.id, order_id=order.id, again=start is not None))
        elif start is None:
            await _unowed(principal, row)
            row.state = "cancelled"
        elif row.state == "rebook":
            row.state = "ordering"
            announce(ParcelOrdered(parcel_id=row.id))
        row.moved_at = clock.now()
        row.version += 1
        await row.save()
        deed = "logistics.cancelled" if start is None else "logistics.rescheduled"
        audit.record(principal, deed, f"parcel:{row.id}", owner=row.person_id)
    return facts(row)
