"""Publishing an item: checked against the catalogue's rules, then fixed for good."""

from app_server.items.errors import NoSuchItem
from app_server.items.events import ItemPublished
from app_server.items.models import Item
from app_server.items.rules import ItemFacts, check_item
from app_server.items.service.reading import forget, version
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


async def publish(principal: Principal, item: ItemFacts) -> int:
    """Put a version of an item in force; answers its number. The same again changes nothing.

    Raises `ItemUnfit` (R-ITM-02), `regions.NoSuchRegion`.
    """
    check_item(item)
    regions.region(item.region)
    async with db.unit_of_work() as uow:
        await db.lock(f"items.publish:{item.code}")
        held = await Item.get_or_none(code=item.code)
        if held is not None and await _same(item, held.current):
            return held.current
        number = held.current + 1 if held else 1
        row = {"id": uuid7(), "code": item.code, "version": number}
        facts = item.model_dump(mode="json", exclude={"version"})
        uow.add(
            "items_version",
            row | {"facts": facts, "published_at": clock.now(), "published_by": principal.ref},
        )
        await Item.update_or_create(
            {"region": item.region, "org": item.org, "current": number}, code=item.code
        )
        audit.record(principal, "items.published", f"item:{item.code}", version=number)
        announce(
            ItemPublished(code=item.code, version=number, item_name=item.name, region=item.region)
        )
        uow.then(lambda: forget(item.code))
    return number


async def _same(item: ItemFacts, number: int) -> bool:
    try:
        return await version(item.code, number) == item.model_copy(update={"version": number})
    except NoSuchItem:
        return False
