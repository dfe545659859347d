"""What federation does by the clock."""

from datetime import timedelta
from uuid import UUID

from app_server.kernel.schedule import every, timed
from auth.federation import service


@timed(service.LOOK_AGAIN)
async def look_again(payload: dict[str, object]) -> None:
    """A level that was pushed runs out now: the home city is told what is left."""
    await service.user_changed(UUID(str(payload["person_id"])))


@every("federation.replay", timedelta(minutes=2))
async def replay_unreached() -> None:
    """Platforms that were away too long for the outbox are told again (no loss, R-ID-24)."""
    await service.replay_unreached()


@every("federation.sweep", timedelta(minutes=30))
async def sweep() -> None:
    """Delete what can never count again."""
    await service.sweep()
