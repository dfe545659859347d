"""Places in status lists, and the lists as everybody may fetch them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.licences.errors import NoSuchStatusList
from app_server.licences.models import Status
from app_server.licences.rules import status_list
from app_server.licences.rules.jose import Json, signed

PURPOSE = "licences"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a licence's bit stands."""

    uri: str
    index: int


async def give_place(licence_id: UUID) -> None:
    """Give a licence a random free place, in the caller's unit of work."""
    turn = await db.value("SELECT nextval('licences_status_serial')")
    list_no = (turn - 1) // status_list.FILL + 1
    given = 0
    while not given:
        # Half of a list's places stay free: two tries are enough on average.
        given = await db.execute(
            "INSERT INTO licences_status (licence_id, list_no, index, invalid) "
            "VALUES ($1, $2, $3, false) ON CONFLICT (list_no, index) DO NOTHING",
            licence_id,
            list_no,
            secrets.randbelow(status_list.SIZE),
        )


async def place_of(licence_id: UUID) -> Place:
    """A licence's place; one from before there were places is given its own now."""
    async with db.unit_of_work():
        await db.lock(f"licences.status:{licence_id}")
        found = await Status.get_or_none(licence_id=licence_id)
        if found is None:
            await give_place(licence_id)
            found = await Status.get(licence_id=licence_id)
    return Place(_uri(found.list_no), found.index)


async def tell_status(licence_ids: Sequence[UUID], state: str) -> None:
    """Set or clear the bits of licences with their move, in the caller's unit of work."""
    await db.execute(
        "UPDATE licences_status SET invalid = $2 WHERE licence_id = ANY($1::uuid[])",
        list(licence_ids),
        state != "valid",
    )


def _uri(list_no: int) -> str:
    return f"{load().origin('public')}/api/v1/licence-status-lists/{list_no}"


async def status_list_token(list_no: int) -> str:
    """A status list as it stands this moment, signed; raises `NoSuchStatusList`."""
    # The greatest number tells which lists there are, also where no licence has a place yet.
    last = await db.value("SELECT coalesce(max(list_no), 0) FROM licences_status")
    if not 1 <= list_no <= last:
        raise NoSuchStatusList
    rows = await db.rows(
        "SELECT index FROM licences_status WHERE list_no = $1 AND invalid", list_no
    )
    now = int(clock.now().timestamp())
    payload: Json = {
        "sub": _uri(list_no),
        "iat": now,
        "exp": now + int(status_list.LIFE.total_seconds()),
        "ttl": int(status_list.TTL.total_seconds()),
        "status_list": status_list.packed(row["index"] for row in rows),
    }
    key = signing_keys(PURPOSE)[0]
    return signed(key, {"typ": status_list.TYPE, "kid": public_jwk(key)["kid"]}, payload)


async def licence_at(uri: str, index: int) -> UUID | None:
    """Whose place this is; None for a list of somebody else."""
    number = uri.removeprefix(_uri(0)[:-1])
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        return None
    found = await Status.get_or_none(list_no=int(number), index=index)
    return found.licence_id if found else None
