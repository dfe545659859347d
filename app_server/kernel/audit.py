"""The record of who did or saw what, written with the deed itself (R-SEC, R-ID)."""

from typing import Any
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.telemetry import trace_id
from app_server.kernel.writing import Row


def record(
    principal: Principal,
    action: str,
    thing: str,
    *,
    owner: UUID | None = None,
    purpose: str = "",
    **facts: Any,
) -> None:
    """Add one row to the current unit of work; raises `OutsideUnitOfWork` without one.

    `owner` is the person whose data it is: they can see the row. `facts` never hold personal
    data, only what kind of data it was.
    """
    db.needed().add(
        "kernel_audit",
        {
            "id": uuid7(),
            "at": clock.now(),
            "actor": principal.ref,
            "actor_name": principal.name,
            "action": action,
            "object": thing,
            "owner": owner,
            "purpose": purpose,
            "channel": principal.channel,
            "trace": trace_id(),
            "facts": facts,
        },
    )


async def row_on_record(
    principal: Principal, action: str, thing: str, purpose: str, query: str, *args: Any
) -> Row | None:
    """The row a query finds, with who looked recorded by the same statement; None finds nothing.

    No record, no look: both commit together. The row's `person_id` is its owner. The query's own
    parameters come first (`$1` …).
    """
    n = len(args)
    return await db.row(
        f"WITH seen AS ({query}), noted AS (INSERT INTO kernel_audit "
        "(id, at, actor, actor_name, action, object, owner, purpose, channel, trace, facts) "
        f"SELECT ${n + 1}, ${n + 2}, ${n + 3}, ${n + 4}, ${n + 5}, ${n + 6}, person_id, ${n + 7}, "
        f"${n + 8}, ${n + 9}, '{{}}' FROM seen) SELECT * FROM seen",
        *args,
        uuid7(),
        clock.now(),
        principal.ref,
        principal.name,
        action,
        thing,
        purpose,
        principal.channel,
        trace_id(),
    )


async def about(owner: UUID, *, before: UUID | None = None, limit: int = 20) -> list[Row]:
    """What others did with a person's data, newest first (their own deeds are left out)."""
    found = await db.rows(
        "SELECT id, at, actor, actor_name, action, purpose, channel FROM kernel_audit "
        "WHERE owner = $1 AND actor <> 'person:' || $1::text AND ($2::uuid IS NULL OR id < $2) "
        "ORDER BY id DESC LIMIT $3",
        owner,
        before,
        limit,
    )
    return [dict(row) for row in found]
