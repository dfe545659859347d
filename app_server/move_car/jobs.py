"""Steps of ladders when their time has come; closing and forgetting."""

from datetime import timedelta
from uuid import UUID

from app_server.kernel.schedule import every, timed
from app_server.move_car import service


@timed(service.STEP)
async def climb(payload: dict[str, object]) -> None:
    """Take the next step, unless the owner answered."""
    await service.climb(UUID(str(payload["request_id"])), str(payload["step"]))


@every("move_car.stale", timedelta(minutes=10))
async def stale() -> None:
    """Close requests that nobody closed."""
    await service.end_stale()


@every("move_car.forget", timedelta(hours=12))
async def forget() -> None:
    """Forget numbers and records whose time is over."""
    await service.forget()
