"""What payments does when the clock says so."""

from datetime import timedelta

from app_server.kernel.schedule import every
from payments import service


@every("payments.sweep", timedelta(minutes=5))
async def sweep() -> None:
    """Orders past their time are asked about, whatever became of their watch."""
    await service.sweep()


@every("payments.overdue", timedelta(minutes=30))
async def mark_overdue() -> None:
    """Bills whose day has passed say so."""
    await service.mark_overdue()
