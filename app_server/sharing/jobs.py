"""What sharing does by the clock."""

from datetime import timedelta

from app_server.kernel.outbox import announce
from app_server.kernel.schedule import every
from app_server.sharing import service
from app_server.sharing.events import ProbesDue


@every("sharing.roots", timedelta(hours=24))
async def ensure_roots() -> None:
    """The fixed classes stand as the rules say."""
    await service.ensure_roots()


@every("sharing.overdue", timedelta(hours=1))
async def tell_overdue() -> None:
    """Updates that are late are announced."""
    await service.tell_overdue()


@every("sharing.probes", timedelta(minutes=5))
async def probe() -> None:
    """Interfaces are asked whether they answer: by a delivery, since they are outside."""
    announce(ProbesDue())


@every("sharing.sweep", timedelta(hours=24))
async def sweep() -> None:
    """Counts of long ago are forgotten."""
    await service.sweep()


@every("sharing.remind", timedelta(hours=1))
async def remind() -> None:
    """Providers are reminded of what lies with them too long."""
    await service.remind()
