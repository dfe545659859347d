"""What mini-apps do when the clock says so."""

from datetime import timedelta

from app_server.kernel.schedule import every
from miniapps import service


@every("miniapps.forget_old", timedelta(days=1))
async def forget_old() -> None:
    """Drop launches and tickets that are long over, and uses older than half a year."""
    await service.forget_old()
    await service.forget_uses()
    await service.forget_traces()
