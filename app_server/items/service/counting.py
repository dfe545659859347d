"""How often a version is viewed, filed and finished (R-ITM-01): cheap to count, kept by the day.

Views are gathered in Redis, which may lose a minute of them, and kept by a job; filed and
finished are counted by `cases` in its own transactions.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import structlog

from app_server.kernel import clock, db
from app_server.kernel.cache import Lost, redis
from app_server.kernel.ids import uuid7

log = structlog.get_logger(__name__)
What = Literal["viewed", "filed", "finished"]
_VIEWS = "items:views"
_KEPT = "items:views:kept"
_ADD = (
    "ON CONFLICT (code, version, day, what) DO UPDATE SET times = items_use.times + excluded.times"
)


async def count(code: str, version: int, what: What) -> None:
    """Count one use; joins the caller's unit of work, except for views, which wait in Redis."""
    if what == "viewed":
        try:
            await redis().hincrby(_VIEWS, f"{clock.today()}|{code}|{version}", 1)
        except Lost:
            log.warning("view_not_counted")
        return
    async with db.unit_of_work():
        _add(code, version, clock.today(), what, 1)


def _add(code: str, version: int, day: date, what: str, times: int) -> None:
    row = {"id": uuid7(), "code": code, "version": version, "day": day}
    db.needed().add("items_use", row | {"what": what, "times": times}, on_conflict=_ADD)


async def keep_views() -> int:
    """Move the gathered views into the database; answers how many there were."""
    try:
        # Renamed first: views that come meanwhile start a new gathering.
        if not await redis().exists(_KEPT) and not await redis().exists(_VIEWS):
            return 0
        if not await redis().exists(_KEPT):
            await redis().rename(_VIEWS, _KEPT)
        views: dict[str, str] = await redis().hgetall(_KEPT)  # type: ignore[assignment]
    except Lost:
        return 0
    async with db.unit_of_work() as uow:
        for key, times in views.items():
            day, code, version = key.split("|")
            _add(code, int(version), date.fromisoformat(day), "viewed", int(times))
        uow.then(_drop_kept)
    return sum(int(times) for times in views.values())


async def _drop_kept() -> None:
    await redis().delete(_KEPT)


async def uses(code: str) -> list[Mapping[str, Any]]:
    """The counts of an item by version, the latest first."""
    return await db.rows(
        "SELECT version, coalesce(sum(times) FILTER (WHERE what = 'viewed'), 0)::int AS viewed, "
        "coalesce(sum(times) FILTER (WHERE what = 'filed'), 0)::int AS filed, "
        "coalesce(sum(times) FILTER (WHERE what = 'finished'), 0)::int AS finished "
        "FROM items_use WHERE code = $1 GROUP BY version ORDER BY version DESC",
        code,
    )
