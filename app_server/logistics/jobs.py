"""What logistics does when the clock says so."""

from datetime import timedelta

from app_server.kernel import clock
from app_server.kernel.schedule import every
from app_server.logistics import service

BILLS_FROM_HOUR = 9


@every("logistics.quiet", timedelta(hours=1))
async def ask_for_quiet() -> None:
    """A push that never came is made up for by asking."""
    await service.ask_for_quiet()


@every("logistics.reconcile", timedelta(hours=1))
async def reconcile() -> None:
    """Yesterday's bills are asked for in the morning, when carriers have made them."""
    if clock.local(clock.now()).hour >= BILLS_FROM_HOUR:
        await service.ask_for_bills()
