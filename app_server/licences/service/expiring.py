"""Licences whose last day is past."""

from collections.abc import Sequence
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.kernel.writing import Row
from app_server.licences.service.moving import note
from app_server.licences.service.status import tell_status

REASON = "有效期届满"
_OVERDUE = (
    "UPDATE licences_licence SET state = 'expired', version = version + 1 WHERE id IN ("
    "SELECT id FROM licences_licence WHERE state IN ('valid', 'suspended') AND expires_on < $1 "
    "{more} ORDER BY expires_on LIMIT $2 FOR UPDATE SKIP LOCKED) "
    "RETURNING id, holder_id, type_name"
)
_ALL = _OVERDUE.format(more="")
_ONES = _OVERDUE.format(more="AND holder_id = $3 AND type_code = $4")


async def end_overdue(limit: int = 500) -> int:
    """Let licences past their last day expire; answers how many, at most `limit`."""
    async with db.unit_of_work():
        return await _noted(await db.rows(_ALL, clock.today(), limit))


async def end_overdue_of(holder_id: UUID, type_code: str) -> None:
    """The same for one holder and type, in the caller's unit of work: a new one may follow."""
    await _noted(await db.rows(_ONES, clock.today(), 10, holder_id, type_code))


async def _noted(rows: Sequence[Row]) -> int:
    await tell_status([row["id"] for row in rows], "expired")
    for row in rows:
        note(Principal(), row["id"], row["holder_id"], row["type_name"], "expire", REASON)
    return len(rows)
