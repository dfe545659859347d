"""Counting tries where it cannot be lost: in PostgreSQL, by keys, each in one statement.

Two shapes. A window counts the tries of the last while. A lockout counts wrong proofs in a row
and grows from lock to lock. Addresses, phones and logins are never stored, only keyed indexes.
"""

import math
from dataclasses import dataclass
from datetime import datetime

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from auth.grants.errors import TooManyTries
from auth.grants.rules import (
    LOCK_REMEMBERED,
    LOCKED_FOR,
    LONGEST_LOCK,
    WRONG_IN_A_ROW,
    Window,
)

# Only a try that fits is noted: refused ones do not move the window along.
_TAKE = """
INSERT INTO grants_tries AS t (key, at, expires_at) VALUES ($1, ARRAY[$2::timestamptz], $4)
ON CONFLICT (key) DO UPDATE SET expires_at = $4, at = $2::timestamptz
  || ARRAY(SELECT moment FROM unnest(t.at) moment WHERE moment > $3)
WHERE (SELECT count(*) FROM unnest(t.at) moment WHERE moment > $3) < $5
"""
# Counted before the proof is looked at: parallel guesses cannot buy more than the limit.
_COUNT = """
INSERT INTO grants_lockout AS l (key, wrong, locks, touched_at) VALUES ($1, 1, 0, $2)
ON CONFLICT (key) DO UPDATE SET touched_at = $2,
  wrong = CASE WHEN l.wrong + 1 >= $3 THEN 0 ELSE l.wrong + 1 END,
  locks = l.locks + CASE WHEN l.wrong + 1 >= $3 THEN 1 ELSE 0 END,
  locked_until = CASE WHEN l.wrong + 1 >= $3
    THEN $2 + LEAST($4::interval * power(2, LEAST(l.locks, 20)), $5::interval) END
WHERE l.locked_until IS NULL OR l.locked_until <= $2
RETURNING locked_until
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """One try against a lockout: whether it may be made, and whether it was the last."""

    key: str
    allowed: bool
    locked_until: datetime | None

    @property
    def wait_s(self) -> int:
        """Seconds until the next try may be made."""
        return _seconds_until(self.locked_until)


def _seconds_until(moment: datetime | None) -> int:
    if moment is None:
        return 1
    return max(1, math.ceil((moment - clock.now()).total_seconds()))


def _key(kind: str, *parts: str) -> str:
    return blind_index("\0".join((kind, *parts)), "grants.tries")


async def take(window: Window, kind: str, *parts: str) -> None:
    """Take one try of a sliding window; raises `TooManyTries` when there is none left."""
    key, now = _key(kind, *parts), clock.now()
    since = now - window.length
    if await db.execute(_TAKE, key, now, since, now + window.length, window.count):
        return
    first: datetime | None = await db.value(
        "SELECT min(moment) FROM grants_tries, unnest(at) moment WHERE key=$1 AND moment > $2",
        key,
        since,
    )
    raise TooManyTries(retry_after_s=_seconds_until(first + window.length if first else None))


async def give_back(kind: str, *parts: str) -> None:
    """Forget the tries of a window: the last one was right."""
    await db.execute("DELETE FROM grants_tries WHERE key=$1", _key(kind, *parts))


async def count(kind: str, *parts: str) -> Counted:
    """Count a proof that is about to be looked at as wrong, until `clear` says it was right."""
    key, now = _key(kind, *parts), clock.now()
    found = await db.row(_COUNT, key, now, WRONG_IN_A_ROW, LOCKED_FOR, LONGEST_LOCK)
    if found is not None:
        return Counted(key, allowed=True, locked_until=found["locked_until"])
    until = await db.value("SELECT locked_until FROM grants_lockout WHERE key=$1", key)
    return Counted(key, allowed=False, locked_until=until)


async def clear(*counted: Counted) -> None:
    """The proof was right: the series ends."""
    await db.execute(
        "DELETE FROM grants_lockout WHERE key = ANY($1::text[])", [c.key for c in counted]
    )


async def release(kind: str, *parts: str) -> None:
    """End a lock before its time."""
    await db.execute("DELETE FROM grants_lockout WHERE key=$1", _key(kind, *parts))


async def sweep() -> None:
    """Delete what no longer counts."""
    now = clock.now()
    await db.execute("DELETE FROM grants_tries WHERE expires_at < $1", now)
    await db.execute("DELETE FROM grants_lockout WHERE touched_at < $1", now - LOCK_REMEMBERED)
