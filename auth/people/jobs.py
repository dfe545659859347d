"""What people does by the clock."""

from datetime import timedelta

from app_server.kernel.schedule import every
from auth.people import service


@every("people.sweep", timedelta(hours=1))
async def sweep() -> None:
    """Delete one-time codes that no limit counts any more."""
    await service.sweep_codes()
