"""What items do when the clock says so."""

from datetime import timedelta

from app_server.items import service
from app_server.kernel.schedule import every


@every("items.take_effect", timedelta(minutes=5))
async def take_effect() -> None:
    """Put planned versions and cancellations in force when their day has come (R-ITM-12)."""
    await service.take_effect()


@every("items.keep_views", timedelta(minutes=1))
async def keep_views() -> None:
    """Write down how often guides were viewed (R-ITM-01)."""
    await service.keep_views()


@every("items.consistency", timedelta(days=1))
async def check_consistency() -> None:
    """Report every night where 三级四同 does not hold (R-ITM-05)."""
    await service.keep_report()
