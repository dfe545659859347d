"""What seals does when the clock says so."""

from datetime import timedelta

from app_server.kernel.schedule import every
from app_server.seals import service


@every("seals.lists", timedelta(days=1))
async def refresh_lists() -> None:
    """Revocation lists live a week and are made anew each day."""
    await service.refresh_lists()


@every("seals.others_lists", timedelta(hours=1))
async def fetch_lists() -> None:
    """Others' revocation lists are fetched each hour."""
    await service.fetch_lists()
