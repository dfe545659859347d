"""What mini-apps do after their own news."""

from app_server.kernel.events import Delivery, Ok, Outcome, performs
from miniapps import service
from miniapps.events import VersionChecked


@performs(VersionChecked)
async def look(event: VersionChecked, delivery: Delivery) -> Outcome:
    """Let a real browser look at what was uploaded."""
    del delivery
    await service.look_at(event.appid, event.version)
    return Ok("looked")
