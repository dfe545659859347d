"""One transition of one row: a conditional update, so that N at once give one success."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from tortoise.models import Model

from app_server.kernel.errors import NotFound, PreconditionFailed
from app_server.sharing.rules.states import Edge, checked_move

M = TypeVar("M", bound=Model)


async def transit(
    model: type[M],
    row_id: UUID,
    version: int | None,
    edges: Mapping[str, Edge],
    move: str,
    **changes: Any,
) -> M:
    """Move a row along its table, in the caller's unit of work; answers the row as it is then.

    `version` None: the state alone decides. Raises `NotInThisState`, `PreconditionFailed`.
    """
    edge = edges[move]
    here = model.filter(id=row_id, state__in=edge.sources)
    if version is not None:
        here = here.filter(version=version)
        changes |= {"version": version + 1}
    if not await here.update(state=edge.to, **changes):
        now = await model.get_or_none(id=row_id)
        if now is None:
            raise NotFound
        checked_move(edges, move, now.state)  # type: ignore[attr-defined]
        raise PreconditionFailed
    return await model.get(id=row_id)
