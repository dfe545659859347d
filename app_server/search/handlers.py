"""What search learns from others."""

from app_server.cases.events import CaseSubmitted
from app_server.items import service as items
from app_server.items.events import ItemCancelled, ItemPublished
from app_server.kernel.events import handles
from app_server.search import service
from miniapps.events import MiniAppReleased, MiniAppWithdrawn


@handles(ItemPublished)
async def learn_item(event: ItemPublished) -> None:
    """Make a published version findable under its name and what people call it."""
    item = await items.version(event.code, event.version)
    await service.put(
        "item",
        item.code,
        region=item.region,
        title=item.name,
        subtitle=item.department,
        words=item.aliases,
        min_tier=item.min_tier,
    )


@handles(ItemCancelled)
async def forget_item(event: ItemCancelled) -> None:
    """An item that ended is found no more; published again, it is learnt anew."""
    await service.drop("item", event.code)


@handles(MiniAppReleased)
async def learn_mini_app(event: MiniAppReleased) -> None:
    """Make a released mini-app findable by its names and what it says of itself."""
    await service.put(
        "mini_app",
        event.appid,
        region=event.region,
        title=event.app_name,
        subtitle=event.owner_name,
        words=[event.short_name, event.summary],
        min_tier=event.min_tier,
    )


@handles(MiniAppWithdrawn)
async def forget_mini_app(event: MiniAppWithdrawn) -> None:
    """An app that was taken down is found no more; opened again, it is released anew."""
    await service.drop("mini_app", event.appid)


@handles(CaseSubmitted)
async def count_submission(event: CaseSubmitted) -> None:
    """What is applied for often comes first."""
    await service.count_use(event.case_id, event.item_code)
