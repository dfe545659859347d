"""Once a day drafts that nobody touches are announced, and later deleted."""

from datetime import timedelta

from app_server.forms import service
from app_server.kernel.schedule import every


@every("forms.expire", timedelta(hours=24))
async def expire_drafts() -> None:
    """Warn, then delete."""
    await service.expire()
