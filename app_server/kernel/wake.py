"""Wake the workers after a commit: many announcements, one notification.

NOTIFY inside a business transaction takes a global commit lock (measured 6–17 times slower), so
it is sent afterwards on a connection of its own, and at most once in `PAUSE` seconds. Workers
also poll, so a lost notification costs a moment, never a delivery.
"""

import asyncio

import structlog

from app_server.kernel import db

log = structlog.get_logger(__name__)

CHANNEL = "wanshi_outbox"
PAUSE = 0.02

_pending: asyncio.Task[None] | None = None


def wake_workers() -> None:
    """Ask for one notification soon; cheap to call often."""
    global _pending  # noqa: PLW0603 - one pending notification per process is the point
    if _pending is None or _pending.done():
        _pending = asyncio.get_running_loop().create_task(_notify())


async def _notify() -> None:
    await asyncio.sleep(PAUSE)
    try:
        await db.execute(f"NOTIFY {CHANNEL}")
    except Exception as error:  # noqa: BLE001 - workers poll: the wake-up is a courtesy
        log.warning("wake_up_lost", error=str(error))
