"""What sharing does when a person agrees or takes an agreement back."""

from app_server.kernel.events import handles
from app_server.sharing import service
from auth.people.events import ConsentGranted, ConsentWithdrawn


@handles(ConsentGranted)
async def agreed(event: ConsentGranted) -> None:
    """Ask registries again."""
    await service.follow_consent(event.person_id, event.purpose, given=True)


@handles(ConsentWithdrawn)
async def taken_back(event: ConsentWithdrawn) -> None:
    """Ask no registry any more for prefilling."""
    await service.follow_consent(event.person_id, event.purpose, given=False)
