"""Commands and queries of logistics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import BadRequest
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.logistics.errors import BadNotice, ContentsDiffer, NoSuchParcel, NotNow
from app_server.logistics.events import ParcelDelivered, ParcelMoved, ParcelOrdered
from app_server.logistics.models import Parcel, Track
from app_server.logistics.providers.courier import (
    NOTICES,
    CourierSettings,
    courier,
    is_signed,
)
from app_server.logistics.rules import FINAL, NOTICED, before, digest_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a parcel goes; personal, so it is sealed at once."""

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
    waybill: str
    intact: bool | None
    tracks: tuple[tuple[datetime, str, str], ...] = ()


async def send(
    person_id: UUID,
    about: str,
    recipient: Recipient,
    contents: Sequence[Mapping[str, str]],
    *,
    direction: Literal["out", "in"] = "out",
    pick_up_from: datetime | None = None,
) -> ParcelFacts:
    """Have one parcel with all `contents` (`{name, number}`) picked up; joins the unit of work.

    The same contents for the same `about` (`case:…`) are one parcel, however often it is asked.
    """
    lines = [dict(line) for line in contents]
    async with db.unit_of_work():
        row, fresh = await Parcel.get_or_create(
            defaults={
                "person_id": person_id,
                "recipient": orjson.dumps(recipient).decode(),
                "contents": lines,
                "pick_up_from": pick_up_from,
                "created_at": clock.now(),
                "moved_at": clock.now(),
            },
            about=about,
            contents_digest=digest_of(lines),
            direction=direction,
        )
        if fresh:
            announce(ParcelOrdered(parcel_id=row.id))
    return _facts(row)


async def place_order(parcel_id: UUID) -> bool:
    """Tell the courier; False when it refuses. Raises `CourierDown`. Outside a unit of work."""
    row = await Parcel.get(id=parcel_id)
    if row.state != "ordering":
        return row.state != "refused"
    waybill = await courier().order(
        str(row.id),
        {
            "recipient": orjson.loads(row.recipient),
            "direction": row.direction,
            "contents_digest": row.contents_digest,
            "pick_up_from": row.pick_up_from.isoformat() if row.pick_up_from else None,
        },
    )
    await _ordered(parcel_id, waybill)
    return waybill is not None


async def order_known(parcel_id: UUID) -> bool:
    """Whether the courier holds the order already; its waybill is taken over then."""
    waybill = await courier().known(str(parcel_id))
    if waybill is not None:
        await _ordered(parcel_id, waybill)
    return waybill is not None


async def _ordered(parcel_id: UUID, waybill: str | None) -> None:
    await Parcel.filter(id=parcel_id, state="ordering").update(
        state="ordered" if waybill else "refused", waybill=waybill or "", moved_at=clock.now()
    )


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
    return _facts(row)


async def take_notice(headers: Mapping[str, str], body: bytes) -> None:
    """Take a courier's notice; raises `BadNotice`, `BadRequest`, `NoSuchParcel`.

    Repeated and late notices are answered alike: they are kept once and never move it back.
    """
    text = body.decode(errors="replace")
    if not is_signed(CourierSettings(), NOTICES, text, headers):
        raise BadNotice
    try:
        told: dict[str, Any] = orjson.loads(body)
        at = datetime.fromisoformat(told["at"])
        state, notice, waybill = told["state"], str(told["notice"])[:60], str(told["waybill"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest from error
    if state not in NOTICED or at.tzinfo is None:
        raise BadRequest
    async with db.unit_of_work():
        row = await Parcel.filter(waybill=waybill).exclude(waybill="").first()
        if row is None:
            raise NoSuchParcel
        fresh = await db.execute(
            "INSERT INTO logistics_track (id, parcel_id, notice, state, place, at) "
            "VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING",
            uuid7(),
            row.id,
            notice,
            state,
            str(told.get("place", ""))[:80],
            at,
        )
        if fresh:
            await _move(row, state, told.get("contents_digest") == row.contents_digest)


async def _move(row: Parcel, state: str, intact: bool) -> None:
    moved = await Parcel.filter(id=row.id, state__in=before(state)).update(
        state=state, moved_at=clock.now(), intact=intact if state in FINAL else None
    )
    if not moved:
        return
    whose = {"parcel_id": row.id, "about": row.about, "person_id": row.person_id}
    if state == "delivered":
        announce(ParcelDelivered(**whose, intact=intact))
    else:
        announce(ParcelMoved(**whose, state=state))


async def parcels_of(person_id: UUID, about: str = "") -> list[ParcelFacts]:
    """A person's parcels with their way, newest first."""
    rows = Parcel.filter(person_id=person_id)
    if about:
        rows = rows.filter(about=about)
    found = await rows.order_by("-id").limit(100)
    tracks = await Track.filter(parcel_id__in=[row.id for row in found]).order_by("at", "id")
    return [
        _facts(row, tuple((t.at, t.state, t.place) for t in tracks if t.parcel_id == row.id))
        for row in found
    ]


def _facts(row: Parcel, tracks: tuple[tuple[datetime, str, str], ...] = ()) -> ParcelFacts:
    return ParcelFacts(
        row.id,
        row.about,
        row.direction,
        row.contents,
        row.contents_digest,
        row.state,
        row.waybill,
        row.intact,
        tracks,
    )
