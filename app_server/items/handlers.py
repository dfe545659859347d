"""What items do when they themselves announced something."""

from app_server.items import service
from app_server.items.events import ImportArrived, ItemCancelled
from app_server.kernel.events import Delivery, Ok, Outcome, handles, performs


@performs(ImportArrived)
async def take_in(event: ImportArrived, delivery: Delivery) -> Outcome:
    """Read the file; it lies in the store, so this runs outside any transaction."""
    del delivery
    await service.run_import(event.import_id)
    return Ok()


@handles(ItemCancelled)
async def drop_drafts(event: ItemCancelled) -> None:
    """A version under way of what is no longer in force leads nowhere."""
    await service.drop_drafts_of(event.code)
