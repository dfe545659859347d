"""One move of a licence: a conditional update, its step, the record, the news and the word."""

from uuid import UUID

from tortoise.expressions import F

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences.errors import LicenceMoved
from app_server.licences.events import LicenceStateChanged
from app_server.licences.models import Licence
from app_server.licences.rules.states import MOVES
from app_server.licences.service.status import tell_status


async def move(
    principal: Principal, row: Licence, name: str, reason: str, *, expected: int | None = None
) -> None:
    """Take one edge, in the caller's unit of work.

    Raises `LicenceMoved` from a state without that edge, or when somebody was quicker, and
    `PreconditionFailed` when `expected` is not the version read.
    """
    edge = MOVES[name]
    if expected is not None and expected != row.version:
        raise PreconditionFailed
    if row.state not in edge.sources:
        raise LicenceMoved
    moved = await Licence.filter(id=row.id, state=row.state, version=row.version).update(
        state=edge.to, version=F("version") + 1
    )
    if not moved:
        raise LicenceMoved
    await tell_status([row.id], edge.to)
    note(principal, row.id, row.holder_id, row.type_name, name, reason)


def note(
    principal: Principal, licence_id: UUID, holder_id: UUID, type_name: str, name: str, reason: str
) -> None:
    """Write down a move that was made: step, record and news."""
    edge, step_id = MOVES[name], uuid7()
    db.needed().add(
        "licences_step",
        {
            "id": step_id,
            "licence_id": licence_id,
            "at": clock.now(),
            "move": name,
            "state": edge.to,
            "reason": reason,
            "by": principal.ref,
            "by_name": principal.name,
        },
    )
    audit.record(
        principal, f"licences.{name}", f"licence:{licence_id}", owner=holder_id, purpose=reason
    )
    announce(
        LicenceStateChanged(
            licence_id=licence_id,
            holder_id=holder_id,
            type_name=type_name,
            move=name,
            deed=edge.deed,
            reason=reason,
            step_id=step_id,
        )
    )
