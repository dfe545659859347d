"""Parcels out and in: ordered once, their list agreed, paid for where the contract says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.logistics.errors import ContentsDiffer, NoSuchParcel, NotNow
from app_server.logistics.events import ParcelOrdered, ParcelReceived
from app_server.logistics.models import Contract, Parcel, Track
from app_server.logistics.rules import LENGTH, NOTICED, STATE_NAMES, digest_of
from app_server.logistics.service.contracts import account_name, in_force
from payments import service as payments

Direction = Literal["out", "in"]
# What may be begun again with the same list: nobody has anything of it.
OVER = ("cancelled", "refused", "returned")
POSTAGE = "快递邮费"


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person's end of a parcel's way; personal, so it is sealed at once."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """A parcel as its owner sees it."""

    id: UUID
    about: str
    direction: str
    contents: list[dict[str, str]]
    contents_digest: str
    state: str
    state_name: str
    waybill: str
    intact: bool | None
    carrier: str = ""
    pick_up_from: datetime | None = None
    payer: str = "agency"
    postage_fen: int = 0
    bill_no: str = ""
    agreed_at: datetime | None = None
    version: int = 1
    tracks: tuple[tuple[datetime, str, str], ...] = ()


async def send(
    person_id: UUID,
    about: str,
    recipient: Recipient,
    contents: Sequence[Mapping[str, str]],
    *,
    direction: Direction = "out",
    pick_up_from: datetime | None = None,
    region: str = "",
    org: str = "",
    free: bool = False,
) -> ParcelFacts:
    """Have one parcel with all `contents` (`{name, number}`) brought; joins the unit of work.

    The same contents for the same `about` (`case:…`) are one parcel, however often it is asked.
    Where the contract of `org` lets residents pay and it is not `free`, it waits for its bill.
    Raises `FeeNotListed` when the organisation may no longer charge postage.
    """
    lines = [dict(line) for line in contents]
    async with db.unit_of_work():
        row, fresh = await Parcel.get_or_create(
            defaults=_asked(person_id, recipient, pick_up_from)
            | {"contents": lines, "region": region, "org": org, "created_at": clock.now()},
            about=about,
            contents_digest=digest_of(lines),
            direction=direction,
        )
        if not fresh:
            row = await Parcel.select_for_update().get(id=row.id)
        if not fresh and row.state in OVER:
            await row.update_from_dict(
                _asked(person_id, recipient, pick_up_from)
                | {"waybill": "", "intact": None, "agreed_at": None, "version": row.version + 1}
            ).save()
            fresh = True
        if fresh:
            await _begin(row, free)
    return facts(row)


def _asked(person_id: UUID, recipient: Recipient, pick_up_from: datetime | None) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "recipient": orjson.dumps(recipient).decode(),
        "pick_up_from": pick_up_from,
        "state": "ordering",
        "moved_at": clock.now(),
    }


async def _begin(row: Parcel, free: bool) -> None:
    """Have it paid for first, or ordered at once; postage paid for it before stays paid."""
    found = await in_force(row.region, row.org)
    if found and found[0].payer == "resident" and not free and row.paid_at is None:
        await _charge(row, found[0])
        return
    announce(ParcelOrdered(parcel_id=row.id))


async def _charge(row: Parcel, contract: Contract) -> None:
    row.payer, row.postage_fen = "resident", contract.postage_fen
    row.account = account_name(contract.carrier, contract.customer_code)
    row.state = "postage_due"
    row.bill_no = row.bill_no or await payments.create_bill(
        person_id=row.person_id,
        title=POSTAGE,
        items=[
            payments.BillItem(name=POSTAGE, code=contract.fee_code, amount_fen=contract.postage_fen)
        ],
        agency_code=row.org,
        agency_name=contract.office_name,
        region=row.region,
        source="logistics",
        source_ref=f"{row.id}:{row.version}",
    )
    await row.save()


async def postage_paid(source_ref: str, bill_no: str) -> None:
    """Order what was paid for; a window that has passed meanwhile is asked for anew. Once."""
    parcel_id = UUID(source_ref.partition(":")[0])
    async with db.unit_of_work():
        row = await Parcel.select_for_update().get_or_none(id=parcel_id, bill_no=bill_no)
        if row is None or row.paid_at is not None:
            return
        row.paid_at = clock.now()
        if row.state == "postage_due":
            late = row.pick_up_from is not None and row.pick_up_from < clock.now()
            row.state, row.moved_at = "rebook" if late else "ordering", clock.now()
            row.version += 1
            if not late:
                announce(ParcelOrdered(parcel_id=row.id))
        await row.save()


async def hand_over(
    officer: Principal, parcel_id: UUID, contents: Sequence[Mapping[str, str]]
) -> ParcelFacts:
    """Check at the counter that what is packed is the list; raises `ContentsDiffer`, `NotNow`."""
    row = await Parcel.get_or_none(id=parcel_id)
    if row is None:
        raise NoSuchParcel
    if row.state != "ordered":
        raise NotNow
    if digest_of(contents) != row.contents_digest:
        raise ContentsDiffer
    async with db.unit_of_work():
        audit.record(officer, "logistics.handed_over", f"parcel:{row.id}", owner=row.person_id)
    return facts(row)


async def agree(principal: Principal, parcel_id: UUID, digest: str) -> ParcelFacts:
    """The owner hands the papers over by the list they saw; once, and before they arrive.

    Raises `NoSuchParcel`, `ContentsDiffer` for another list, `NotNow`.
    """
    async with db.unit_of_work():
        row = await mine(principal, parcel_id)
        if digest != row.contents_digest:
            raise ContentsDiffer
        if row.direction != "in" or row.state not in {"ordered", "picked_up"}:
            raise NotNow
        if row.agreed_at is None:
            row.agreed_at = clock.now()
            await row.save(update_fields=["agreed_at"])
            audit.record(
                principal, "logistics.list_agreed", f"parcel:{row.id}", owner=row.person_id
            )
    return facts(row)


async def receive(
    officer: Principal, parcel_id: UUID, contents: Sequence[Mapping[str, str]]
) -> ParcelFacts:
    """Tick off at the office what came in; both sides learn whether it is the agreed list.

    Raises `NoSuchParcel` (also for another organisation's), `NotNow`.
    """
    async with db.unit_of_work():
        row = await Parcel.select_for_update().get_or_none(id=parcel_id, direction="in")
        if row is None or row.org != officer.org:
            raise NoSuchParcel
        if row.state not in NOTICED or row.state == "returned":
            raise NotNow
        row.intact = digest_of(contents) == row.contents_digest
        row.state, row.moved_at = "received", clock.now()
        row.version += 1
        await row.save(update_fields=["intact", "state", "moved_at", "version"])
        audit.record(officer, "logistics.received", f"parcel:{row.id}", owner=row.person_id)
        announce(
            ParcelReceived(
                parcel_id=row.id, about=row.about, person_id=row.person_id, intact=row.intact
            )
        )
    return facts(row)


async def mine(principal: Principal, parcel_id: UUID) -> Parcel:
    """A person's own parcel, locked; raises `NoSuchParcel`."""
    row = await Parcel.select_for_update().get_or_none(id=parcel_id, person_id=principal.subject)
    if row is None:
        raise NoSuchParcel
    return row


async def parcel_for(about: str, direction: Direction) -> ParcelFacts | None:
    """The latest parcel about something, with its way."""
    row = await Parcel.filter(about=about, direction=direction).order_by("-id").first()
    return None if row is None else facts(row, await _tracks([row.id]))


async def parcels_of(person_id: UUID) -> list[ParcelFacts]:
    """A person's parcels with their tracks, newest first."""
    rows = await Parcel.filter(person_id=person_id).order_by("-id").limit(50)
    tracks = await _tracks([row.id for row in rows])
    return [facts(row, tracks) for row in rows]


async def parcel(person_id: UUID, parcel_id: UUID) -> ParcelFacts:
    """One of a person's parcels; raises `NoSuchParcel`."""
    row = await Parcel.get_or_none(id=parcel_id, person_id=person_id)
    if row is None:
        raise NoSuchParcel
    return facts(row, await _tracks([row.id]))


Tracks = Mapping[UUID, tuple[tuple[datetime, str, str], ...]]


async def _tracks(ids: Sequence[UUID]) -> Tracks:
    """The ways of parcels, in the order of the carriers' own clocks."""
    found: dict[UUID, tuple[tuple[datetime, str, str], ...]] = {}
    for row in await Track.filter(parcel_id__in=ids).order_by("at", "id"):
        found[row.parcel_id] = (*found.get(row.parcel_id, ()), (row.at, row.state, row.place))
    return found


def facts(row: Parcel, tracks: Tracks | None = None) -> ParcelFacts:
    """What is told of a parcel."""
    return ParcelFacts(
        id=row.id,
        about=row.about,
        direction=row.direction,
        contents=row.contents,
        contents_digest=row.contents_digest,
        state=row.state,
        state_name=STATE_NAMES[row.state],
        waybill=row.waybill,
        intact=row.intact,
        carrier=row.carrier,
        pick_up_from=row.pick_up_from,
        payer=row.payer,
        postage_fen=row.postage_fen,
        bill_no=row.bill_no,
        agreed_at=row.agreed_at,
        version=row.version,
        tracks=(tracks or {}).get(row.id, ()),
    )


def window_of(row: Parcel) -> tuple[datetime, datetime] | None:
    """The pick-up window of a parcel."""
    return None if row.pick_up_from is None else (row.pick_up_from, row.pick_up_from + LENGTH)
