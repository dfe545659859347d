"""Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the same command once.

The key row is part of the command's own transaction: a doubled request meets the unique
constraint and changes nothing. The reply is stored after it; the same key with the same request
is given that reply again, with another request a clear refusal.
"""

import asyncio
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass

import asyncpg
import structlog

from app_server.kernel import clock, db
from app_server.kernel.errors import Conflict, Problem

log = structlog.get_logger(__name__)


class KeyReused(Problem):
    """The key was used before for something else."""

    code = "kernel.idempotency_key_reused"
    status = 422
    title = "重复的请求编号用于了不同的内容"


class KeyMissing(Problem):
    """The route needs an Idempotency-Key of 8–80 printable characters."""

    code = "kernel.idempotency_key_missing"
    status = 400
    title = "缺少请求编号（Idempotency-Key）"


class StillRunning(Conflict):
    """The first request with this key has not been answered yet, or its answer was lost."""

    code = "kernel.idempotency_in_flight"
    title = "相同的请求正在处理，请稍后查看结果"


@dataclass(frozen=True, slots=True)
class Key:
    """One use of a key: who and which route, the key itself, and the digest of the request."""

    scope: str
    key: str
    request: str


PATIENCE = 20  # times 50 ms: the first request may be about to store its reply
TOGETHER = 0.01  # seconds to gather replies that are stored by one statement
_replies: deque[tuple["Key", int, bytes]] = deque()
_keeping: asyncio.Task[None] | None = None
_present: ContextVar[Key | None] = ContextVar("idempotency_key", default=None)


def present(key: Key | None) -> None:
    """Note the key of the request being served."""
    _present.set(key)


def claim() -> None:
    """Make the present key part of the current unit of work (no key: nothing to do)."""
    key = _present.get()
    if key is not None:
        db.needed().add(
            "kernel_idempotency",
            {"scope": key.scope, "key": key.key, "request": key.request, "at": clock.now()},
        )


async def earlier_reply(key: Key) -> tuple[int, bytes] | None:
    """The stored reply of an earlier identical request; None when there was none.

    Raises `KeyReused` for another request under the same key, `StillRunning` without a reply.
    """
    for _ in range(PATIENCE):
        found = await db.row(
            "SELECT request, status, reply FROM kernel_idempotency WHERE scope=$1 AND key=$2",
            key.scope,
            key.key,
        )
        if found is None:
            return None
        if found["request"] != key.request:
            raise KeyReused
        if found["status"] is not None:
            return found["status"], found["reply"].encode()
        await asyncio.sleep(0.05)
    raise StillRunning


def keep_reply_soon(key: Key, status: int, reply: bytes) -> None:
    """Store what the command answered, right after it was answered; many replies go together.

    The command itself is committed with its key: a crash in between costs a repeated request its
    answer (`StillRunning`), never a second effect.
    """
    global _keeping  # noqa: PLW0603 - one pending write per process is the point
    _replies.append((key, status, reply))
    if _keeping is None or _keeping.done():
        _keeping = asyncio.get_running_loop().create_task(_keep_replies())


async def _keep_replies() -> None:
    while _replies:
        await asyncio.sleep(TOGETHER)
        batch = [_replies.popleft() for _ in range(len(_replies))]
        try:
            await db.execute(
                "UPDATE kernel_idempotency k SET status=r.status, reply=r.reply "
                "FROM unnest($1::text[], $2::text[], $3::int[], $4::text[]) "
                "AS r(scope, key, status, reply) WHERE k.scope=r.scope AND k.key=r.key",
                [key.scope for key, _, _ in batch],
                [key.key for key, _, _ in batch],
                [status for _, status, _ in batch],
                [reply.decode() for _, _, reply in batch],
            )
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("replies_not_kept", error=repr(error), count=len(batch))
