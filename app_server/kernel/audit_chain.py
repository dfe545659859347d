"""The sequencer of the audit trail: one in all workers, after the commits, in no business's way.

Rows are taken in the order of their transactions, only below the oldest one that still runs:
nothing can appear there any more, so no late commit is missed and no place is given twice. The
horizon moves only when everything below it has its place.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import jwt
import orjson
import structlog
from prometheus_client import Gauge

from app_server.kernel import clock, db
from app_server.kernel.audit_proof import COLUMNS, FORMAT, GENESIS, link
from app_server.kernel.settings import load
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.kernel.writing import Row

log = structlog.get_logger(__name__)

PURPOSE = "audit"
ALARM_SECONDS = 30
BATCH = 2000
BETWEEN_CHECKPOINTS = timedelta(seconds=3)  # looked at every second: at most 5 apart
BACKLOG = Gauge("wanshi_audit_backlog", "Audit rows without a place in the chain")
OLDEST = Gauge("wanshi_audit_backlog_seconds", "Age of the oldest of them")

_TEXT = ", ".join(
    {
        "at": "to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS at",
        "facts": "a.facts::text AS facts",
    }.get(name, f"a.{name}::text AS {name}")
    for name in COLUMNS
)
# A database that was restored elsewhere may hold rows of transactions yet to come there.
_NEW = (
    f"SELECT {_TEXT} FROM kernel_audit a "
    "WHERE ((a.xid >= $1::xid8 AND a.xid < pg_snapshot_xmin(pg_current_snapshot())) "
    "OR a.xid >= pg_snapshot_xmax(pg_current_snapshot())) "
    "AND NOT EXISTS (SELECT 1 FROM kernel_audit_chain c WHERE c.audit_id = a.id) "
    "ORDER BY a.xid, a.id LIMIT $2"
)
_HORIZON = (
    "INSERT INTO kernel_audit_sequencer (horizon) VALUES ($1::xid8) "
    "ON CONFLICT (one) DO UPDATE SET horizon = excluded.horizon"
)


async def sequence() -> bool:
    """Give a batch of rows their places; true while there may be more. One worker at a time."""
    async with db.unit_of_work() as uow:
        if not await db.value(
            "SELECT pg_try_advisory_xact_lock(hashtextextended('kernel.audit', 0))"
        ):
            return False
        horizon, below = await _horizon()
        found = await db.rows(_NEW, horizon, BATCH)
        last = await _last()
        seq, previous = (last["seq"], last["hash"]) if last else (0, GENESIS)
        for row in found:
            seq += 1
            previous = link(previous, seq, row)
            uow.add("kernel_audit_chain", {"seq": seq, "audit_id": row["id"], "hash": previous})
        full = len(found) == BATCH
        # Everything below has its place: what is asked for next begins there.
        if not full and below != horizon:
            await db.execute(_HORIZON, below)
        await uow.flush()
        await _checkpoint(seq, previous)
    if not full:
        await _tell_backlog()
    return full


async def _horizon() -> tuple[int, int]:
    """Where the last batch ended, and the oldest transaction that still runs."""
    (row,) = await db.rows(
        "SELECT coalesce((SELECT horizon FROM kernel_audit_sequencer), '0') AS last, "
        "pg_snapshot_xmin(pg_current_snapshot()) AS below"
    )
    last, below = int(row["last"]), int(row["below"])
    # Behind us: the database was restored into a younger cluster, so all of it is looked at again.
    return (0 if below < last else last), below


async def _last() -> Row | None:
    found: Row | None = await db.row(
        "SELECT seq, hash FROM kernel_audit_chain ORDER BY seq DESC LIMIT 1"
    )
    return found


async def _checkpoint(seq: int, digest: str) -> None:
    last = await db.row("SELECT seq, at FROM kernel_audit_checkpoint ORDER BY seq DESC LIMIT 1")
    now = clock.now()
    if last and (last["seq"] == seq or now - last["at"] < BETWEEN_CHECKPOINTS):
        return
    if seq:
        await db.execute(
            "INSERT INTO kernel_audit_checkpoint (seq, at, jws) VALUES ($1, $2, $3)",
            seq,
            now,
            _signed(seq, digest, now),
        )


def _signed(seq: int, digest: str, at: datetime) -> str:
    key = signing_keys(PURPOSE)[0]
    told = {"seq": seq, "hash": digest, "at": at.isoformat(), "instance": load().platform_region}
    return jwt.encode(told, key, "ES256", {"kid": public_jwk(key)["kid"], "typ": FORMAT})


async def _tell_backlog() -> None:
    (row,) = await db.rows(
        "SELECT count(*) AS rows, extract(epoch FROM $1 - min(a.at)) AS age FROM kernel_audit a "
        "WHERE a.xid >= (SELECT horizon FROM kernel_audit_sequencer) AND NOT EXISTS "
        "(SELECT 1 FROM kernel_audit_chain c WHERE c.audit_id = a.id)",
        clock.now(),
    )
    BACKLOG.set(row["rows"])
    OLDEST.set(age := float(row["age"] or 0))
    if age > ALARM_SECONDS:  # a transaction that does not end holds everything after it back
        log.warning("audit_backlog", rows=row["rows"], seconds=round(age))


def public_keys() -> list[dict[str, Any]]:
    """What verifies the checkpoints, the present key first."""
    return [public_jwk(key) for key in signing_keys(PURPOSE)]


async def export() -> AsyncIterator[bytes]:
    """The whole trail as JSON lines: a head, every place with its row, checkpoints, strays.

    A place whose row is gone keeps its line with `row` null. Rows below the horizon without a
    place were put in behind the sequencer's back: they are told, too.
    """
    yield orjson.dumps({"export": FORMAT, "instance": load().platform_region})
    seq = 0
    while places := await db.rows(
        f"SELECT c.seq, c.hash, c.audit_id, {_TEXT} FROM kernel_audit_chain c "
        "LEFT JOIN kernel_audit a ON a.id = c.audit_id WHERE c.seq > $1 ORDER BY c.seq LIMIT $2",
        seq,
        BATCH,
    ):
        for place in places:
            row = {name: place[name] for name in COLUMNS} if place["id"] else None
            yield orjson.dumps({"seq": place["seq"], "hash": place["hash"], "row": row})
        seq = places[-1]["seq"]
    for kept in await db.rows("SELECT jws FROM kernel_audit_checkpoint ORDER BY seq"):
        yield orjson.dumps({"checkpoint": kept["jws"]})
    for stray in await db.rows(
        "SELECT a.id FROM kernel_audit a WHERE a.xid < (SELECT horizon FROM "
        "kernel_audit_sequencer) AND NOT EXISTS "
        "(SELECT 1 FROM kernel_audit_chain c WHERE c.audit_id = a.id) ORDER BY a.id LIMIT 1000"
    ):
        yield orjson.dumps({"unplaced": str(stray["id"])})
