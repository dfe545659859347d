"""What exchange does by the clock."""

from datetime import timedelta

from app_server.exchange import service
from app_server.kernel.schedule import every


@every("exchange.replay", timedelta(minutes=2))
async def replay_unreached() -> None:
    """Systems that were away too long for the outbox are told again."""
    await service.replay_unreached()


@every("exchange.check_days", timedelta(hours=24))
async def check_days() -> None:
    """Every city's last days are compared, digest by digest (R-CAS-13)."""
    await service.check_last_days()


@every("exchange.sweep", timedelta(hours=1))
async def sweep() -> None:
    """Forget which lines were told long ago."""
    await service.sweep()
