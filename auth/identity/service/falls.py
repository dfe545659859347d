"""News that a tier may have fallen: told to everybody's processes at once, and to the person."""

from uuid import UUID

import structlog

from app_server.kernel import db
from app_server.kernel.cache import Lost, redis
from app_server.kernel.outbox import announce
from auth.identity.events import TierMayHaveFallen

log = structlog.get_logger(__name__)

CHANGED = "wanshi:identity-changed"


def tell_fall(kind: str, subject_id: UUID, reason: str) -> None:
    """Announce it in the caller's unit of work, and have remembered tokens verified again."""
    announce(TierMayHaveFallen(subject_kind=kind, subject_id=subject_id, reason=reason))
    if kind == "person":
        db.needed().then(lambda: _tell_changed(subject_id))


async def _tell_changed(person_id: UUID) -> None:
    try:
        await redis().publish(CHANGED, str(person_id))
    except Lost as error:
        # Every process looks again within a minute: late, never lost.
        log.warning("tier_change_not_published", error=str(error))
