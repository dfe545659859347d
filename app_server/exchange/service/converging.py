"""A city's side of convergence: every step of a case is told to the province, and accounted for.

Steps are found by id, a little back each time, since a command may commit after a later one. What
happened here is the truth: the province asks for the digest of a day, its keys, single lines.
"""

import time
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Gauge

from app_server.cases import service as cases
from app_server.exchange.errors import PeerMessageRefused
from app_server.exchange.providers.wire import OtherDown
from app_server.exchange.rules import (
    day_bounds,
    day_digest,
    first_id,
    id_of,
    line,
    line_digest,
)
from app_server.exchange.service import channel
from app_server.kernel import clock, db, regions
from app_server.kernel.settings import load
from auth.federation.errors import NoSuchPlatform
from auth.federation.service.messages import Message

log = structlog.get_logger(__name__)

# Longer than any command may take (the database ends them after 20 s).
LOOK_BACK = timedelta(seconds=45)
FOUND_AT_ONCE, SENT_AT_ONCE, KEYS_A_PAGE = 2_000, 200, 2_000
PAUSE_S, REST_S = 0.5, 5.0
KEPT = timedelta(days=3)

BACKLOG = Gauge("wanshi_exchange_backlog", "Lines of cases the province is still to be told of")
OLDEST = Gauge("wanshi_exchange_backlog_seconds", "Age of the oldest of them")

_next_at = 0.0


async def converge() -> bool:
    """One round of a worker: find new lines, tell the province; True while more is waiting.

    Two workers may tell the same line: the province keeps it once.
    """
    global _next_at  # noqa: PLW0603 - when this process looks again
    if load().platform_tier != "city" or time.monotonic() < _next_at:
        return False
    _next_at = time.monotonic() + PAUSE_S
    try:
        await find_lines()
        more = await tell_lines()
    except (OtherDown, channel.PeerRefused, NoSuchPlatform) as error:
        log.warning("province_not_reached", error=str(error))
        _next_at = time.monotonic() + REST_S
        more = False
    await measure()
    if more:
        _next_at = 0.0
    return more


async def find_lines() -> int:
    """Note the steps that are not noted yet; answers how many."""
    since = clock.now() - LOOK_BACK
    newest = await db.value("SELECT id FROM exchange_line ORDER BY id DESC LIMIT 1")
    # A worker that stood still goes on where it was; a new one tells from its beginning on.
    first = min(first_id(since), newest) if newest else UUID(int=0)
    end, added = first_id(clock.now() + timedelta(minutes=1)), 0
    while rows := await cases.lines_between(first, end, FOUND_AT_ONCE):
        added += await db.execute(
            "INSERT INTO exchange_line (id, found_at, sent) "
            "SELECT id, $2, false FROM unnest($1::uuid[]) AS id ON CONFLICT (id) DO NOTHING",
            [row["id"] for row in rows],
            clock.now(),
        )
        if len(rows) < FOUND_AT_ONCE:
            break
        first = UUID(int=rows[-1]["id"].int + 1)
    return added


async def tell_lines() -> bool:
    """Tell the province the next lines; whether more wait. Raises `OtherDown`, `PeerRefused`."""
    rows = await db.rows(
        "SELECT id FROM exchange_line WHERE NOT sent ORDER BY id LIMIT $1", SENT_AT_ONCE
    )
    if not rows:
        return False
    ids = [row["id"] for row in rows]
    told = [line(row) for row in await cases.lines_of(ids)]
    province = str(regions.parent_of(load().platform_region))
    await channel.ask(province, "case_lines", {"lines": told})
    await db.execute("UPDATE exchange_line SET sent = true WHERE id = ANY($1::uuid[])", ids)
    return len(rows) == SENT_AT_ONCE


async def measure() -> dict[str, float]:
    """How much waits to be told, and for how long the oldest has waited."""
    row = await db.row(
        "SELECT count(*) AS n, min(found_at) AS oldest FROM exchange_line WHERE NOT sent"
    )
    waiting = row["n"] if row else 0
    oldest = row["oldest"] if row else None
    seconds = (clock.now() - oldest).total_seconds() if oldest else 0.0
    BACKLOG.set(waiting)
    OLDEST.set(seconds)
    return {"waiting": waiting, "oldest_s": seconds}


async def sweep() -> None:
    """Forget which lines were told long ago: what counts is the cases' own history."""
    await db.execute(
        # The newest one stays: it says where a worker goes on.
        "DELETE FROM exchange_line WHERE sent AND id < $1 "
        "AND id < (SELECT id FROM exchange_line ORDER BY id DESC LIMIT 1)",
        first_id(clock.now() - KEPT),
    )


async def own_day(message: Message, told: Mapping[str, Any]) -> dict[str, Any]:
    """The digest of a day here, for the province."""
    _from_province(message)
    digests = [line_digest(line(row)) async for row in _lines(date.fromisoformat(told["day"]))]
    return {"lines": len(digests), "digest": day_digest(digests)}


async def own_keys(message: Message, told: Mapping[str, Any]) -> dict[str, Any]:
    """A page of a day's keys and digests, in the order of ids, after the one named."""
    _from_province(message)
    first, end = day_bounds(date.fromisoformat(told["day"]))
    if told["after"] is not None:
        first = max(first, UUID(int=_id(told["after"]).int + 1))
    rows = await cases.lines_between(first, end, KEYS_A_PAGE)
    keys = [[str(row["id"]), line_digest(line(row))] for row in rows]
    return {"keys": keys, "more": len(keys) == KEYS_A_PAGE}


async def own_lines(message: Message, told: Mapping[str, Any]) -> dict[str, Any]:
    """Single lines that the province lacks or doubts."""
    _from_province(message)
    ids = [_id(text) for text in told["ids"][:SENT_AT_ONCE]]
    return {"lines": [line(row) for row in await cases.lines_of(ids)]}


async def _lines(day: date) -> AsyncIterator[Mapping[str, Any]]:
    first, end = day_bounds(day)
    while rows := await cases.lines_between(first, end, KEYS_A_PAGE):
        for row in rows:
            yield row
        if len(rows) < KEYS_A_PAGE:
            return
        first = UUID(int=rows[-1]["id"].int + 1)


def _id(text: str) -> UUID:
    found = id_of(text)
    if found is None:
        raise PeerMessageRefused
    return found


def _from_province(message: Message) -> None:
    if message.sender.level != "province":
        raise PeerMessageRefused
