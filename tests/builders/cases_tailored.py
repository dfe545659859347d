"""Items cut to what one test is about, published as a new version of a demo item."""

from typing import Any

from app_server.items import service as items
from app_server.items.service import ItemFacts, reading
from app_server.kernel.principal import Principal
from tests.builders.items import UNEMPLOYMENT, catalogue

POINT = {"code": "p1", "name": "身份信息一致", "how": "系统核验", "rule": "has(form.name)"}


async def tailored(name: str = UNEMPLOYMENT, **changes: Any) -> ItemFacts:
    """A demo item with some facts changed, in force."""
    # Versions never change where people live; here the tables were emptied.
    reading._versions.clear()
    item = (await catalogue())[name]
    facts = ItemFacts.model_validate(item.model_dump() | changes)
    await items.publish(Principal(), facts)
    return await items.published(item.code)
