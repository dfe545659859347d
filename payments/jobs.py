"""What payments does when the clock says so."""

from datetime import timedelta

from app_server.kernel import clock
from app_server.kernel.schedule import every
from payments import service
from payments.service import reconciling

FILES_FROM_HOUR = 10


@every("payments.sweep", timedelta(minutes=5))
async def sweep() -> None:
    """Orders past their time are asked about, whatever became of their watch."""
    await service.sweep()


@every("payments.overdue", timedelta(minutes=30))
async def mark_overdue() -> None:
    """Bills whose day has passed say so."""
    await service.mark_overdue()


@every("payments.keys", timedelta(hours=12))
async def look_for_keys() -> None:
    """Channels renew their keys; ours are looked after in the background (§6.5)."""
    service.announce_keys()


@every("payments.reconcile", timedelta(hours=1))
async def reconcile() -> None:
    """Yesterday's files are asked for from ten o'clock, when channels have made them."""
    if clock.local(clock.now()).hour >= FILES_FROM_HOUR:
        await reconciling.ask_for_days()
        await reconciling.ask_for_clearing()
    await reconciling.mature()
