"""Themes for tests: the demo ones, and answers to their questions."""

from typing import Any

from app_server.items import service as items
from app_server.items.service import ItemFacts
from app_server.kernel.principal import Principal
from app_server.themes import seed
from app_server.themes import service as themes
from tests.builders.staff import officer

BOZHOU, HEFEI = "341600", "340100"
PROJECT = "2603-340100-04-01-123456"
PLAIN = {"trade": "general", "staff": "yes"}
SHOP = {"trade": "supermarket", "area": 500, "staff": "yes"}
NEW_LAND = {"new_land": "yes", "energy": 1200}


async def published() -> dict[str, ItemFacts]:
    """The demo themes with their items; `{name: item}`."""
    await seed.seed()
    return {item.name: item for item in await items.in_region("340000")}


def asked(answers: dict[str, Any], region: str = BOZHOU, **more: Any) -> themes.Asked:
    """What somebody wants."""
    return themes.Asked(region, answers, **more)


async def city_editor(region: str, org: str, login: str) -> Principal:
    """An item editor of a city."""
    return await officer("item_editor", login=login, region=region, org=org, name=login)
