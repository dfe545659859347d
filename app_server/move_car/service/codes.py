"""Registering a plate, its one live code, reissue, stop, sticker and mail."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.logistics import service as logistics
from app_server.move_car.errors import AlreadyHasCode, CodeEnded, NoSuchCode, NotYourVehicle
from app_server.move_car.models import Code
from app_server.move_car.rules import plate_of, region_of, tail_of
from app_server.move_car.service import sticker
from app_server.sharing import service as sharing
from auth.people import service as people

PURPOSE = "办理挪车码"
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """A code as its owner sees it."""

    id: UUID
    tail: str
    number: str
    state: str
    created_at: datetime


def _facts(row: Code) -> CodeFacts:
    return CodeFacts(row.id, tail_of(row.plate), row.number, row.state, row.created_at)


async def register(principal: Principal, plate_text: str) -> CodeFacts:
    """Give a plate its code, once the registry says that the vehicle is this person's.

    Raises `BadPlate`, `NotYourVehicle`, `AlreadyHasCode`, `SharingUnavailable`. Whoever held a
    code for it before (the car was sold) loses it.
    """
    plate = plate_of(plate_text)
    await _check_owner(principal, plate)
    async with db.unit_of_work():
        index = blind_index(plate, "move_car.plate")
        await db.lock(f"move_car.plate:{index}")
        live = await Code.get_or_none(plate_index=index, state="live")
        if live is not None:
            if live.owner_id == principal.subject:
                raise AlreadyHasCode
            await _end(live, "replaced")
        row = await _issue(principal.subject, plate)
        audit.record(principal, "move_car.registered", f"move_code:{row.id}", owner=row.owner_id)
    return _facts(row)


async def _check_owner(principal: Principal, plate: str) -> None:
    owner = await people.person(principal.subject)
    told = await sharing.read(
        principal,
        "vehicle.plate",
        {"id_number": owner.id_number, "name": owner.name, "plate": plate},
        owner=owner.id,
        purpose=PURPOSE,
        about="move_car",
    )
    if told.data.get("matched") is not True:
        raise NotYourVehicle


async def _issue(owner_id: UUID, plate: str) -> Code:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return await Code.create(
        id=uuid7(),
        owner_id=owner_id,
        plate=plate,
        plate_index=blind_index(plate, "move_car.plate"),
        token=token,
        token_index=blind_index(token, "move_car.token"),
        number=f"{secrets.randbelow(10**10):010d}",
        region=region_of(plate),
        created_at=clock.now(),
    )


async def _end(row: Code, state: str) -> None:
    ended = await Code.filter(id=row.id, state="live").update(state=state, ended_at=clock.now())
    if not ended:
        raise CodeEnded


async def reissue(principal: Principal, code_id: UUID) -> CodeFacts:
    """Replace a code; the old sticker is dead at once. Raises `NoSuchCode`, `CodeEnded`."""
    async with db.unit_of_work():
        old = await _mine(principal, code_id)
        await _end(old, "replaced")
        row = await _issue(old.owner_id, old.plate)
        audit.record(principal, "move_car.reissued", f"move_code:{row.id}", owner=row.owner_id)
    return _facts(row)


async def stop(principal: Principal, code_id: UUID) -> None:
    """Withdraw a code at any time; raises `NoSuchCode`, `CodeEnded`."""
    async with db.unit_of_work():
        row = await _mine(principal, code_id)
        await _end(row, "stopped")
        audit.record(principal, "move_car.stopped", f"move_code:{row.id}", owner=row.owner_id)


async def codes_of(principal: Principal) -> list[CodeFacts]:
    """A person's live codes, newest first."""
    rows = await Code.filter(owner_id=principal.subject, state="live").order_by("-id")
    return [_facts(row) for row in rows]


async def printed(principal: Principal, code_id: UUID, size: sticker.Size) -> bytes:
    """The sticker as PDF; raises `NoSuchCode`, `CodeEnded`."""
    row = await _live(principal, code_id)
    url = f"{load().origin('public')}/move/{row.token}"
    return await asyncio.to_thread(sticker.pdf, url, row.number, size, row.created_at)


async def pictured(principal: Principal, code_id: UUID, size: sticker.Size) -> bytes:
    """The sticker as PNG; raises `NoSuchCode`, `CodeEnded`."""
    return await asyncio.to_thread(sticker.png, await printed(principal, code_id, size))


async def mail(principal: Principal, code_id: UUID, address: str) -> UUID:
    """Have the sticker brought, free of charge; one code is one parcel, however often asked.

    Raises `NoSuchCode`, `CodeEnded`.
    """
    async with db.unit_of_work():
        row = await _live(principal, code_id)
        owner = await people.person(row.owner_id)
        parcel = await logistics.send(
            row.owner_id,
            f"move_car:{row.id}",
            logistics.Recipient(owner.name, owner.phone, address),
            [{"name": "挪车码贴", "number": row.number}],
            free=True,
        )
    return parcel.id


async def _mine(principal: Principal, code_id: UUID) -> Code:
    row = await Code.get_or_none(id=code_id, owner_id=principal.subject)
    if row is None:
        raise NoSuchCode
    return row


async def _live(principal: Principal, code_id: UUID) -> Code:
    row = await _mine(principal, code_id)
    if row.state != "live":
        raise CodeEnded
    return row


async def by_token(token: str) -> Code:
    """The live code of a scanned sticker; raises `NoSuchCode`."""
    row = await Code.get_or_none(token_index=blind_index(token, "move_car.token"), state="live")
    if row is None:
        raise NoSuchCode
    return row
