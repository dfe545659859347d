"""What licences do when the clock says so."""

from datetime import timedelta

from app_server.kernel.schedule import every
from app_server.licences import service

MOST = 20


@every("licences.expire", timedelta(minutes=30))
async def expire() -> None:
    """Licences past their last day expire, in bounded batches."""
    for _ in range(MOST):
        if not await service.end_overdue():
            return
