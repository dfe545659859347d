"""What grants does by the clock: sweep away what can never count, ask again for who waits."""

from datetime import timedelta

from app_server.kernel.schedule import every
from auth.grants import service
from auth.grants.service import oauth


@every("grants.sweep", timedelta(minutes=30))
async def sweep() -> None:
    """Delete what can never count again."""
    await oauth.sweep()
    await service.sweep()


@every("grants.waiting_registrations", timedelta(minutes=1))
async def ask_for_waiting_registrations() -> None:
    """Have the registry asked again for requests that wait for it (R-ID-01)."""
    await service.ask_for_waiting()
