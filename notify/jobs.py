"""What waits for its hour: messages held in quiet hours, deadlines, and old traces."""

from datetime import timedelta
from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.schedule import every, timed
from notify import service


@timed(service.RELEASE)
async def release(payload: dict[str, object]) -> None:
    """Let a held delivery go."""
    await service.released(UUID(str(payload["delivery_id"])))


@timed(service.DEADLINE)
async def deadline(payload: dict[str, object]) -> None:
    """Go on to the next channel where no proof of arrival came."""
    await service.overdue(UUID(str(payload["delivery_id"])))


@every("notify.forget", timedelta(hours=1))
async def forget() -> None:
    """Forget what only guards against repetition."""
    await service.forget_facts(clock.now() - timedelta(days=2))
    await service.forget_nonces()
