"""Queries of the portal."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import orjson

from app_server.items import service as items
from app_server.items.service import ItemFacts
from app_server.kernel import regions
from miniapps import service as miniapps

DATA = Path(__file__).with_name("data") / "home.json"
HOME_ITEMS = 12
HOME_APPS = 24


@lru_cache(maxsize=1)
def home_content() -> dict[str, list[dict[str, str]]]:
    """Quick entries and notices."""
    content: dict[str, list[dict[str, str]]] = orjson.loads(DATA.read_bytes())
    return content


async def home_items(region: str) -> Sequence[ItemFacts]:
    """Items for the home page of a region; raises `NoSuchRegion`."""
    regions.region(region)
    return await items.in_region(region, HOME_ITEMS)


async def home_mini_apps(region: str) -> Sequence[miniapps.ListedApp]:
    """The nearest mini-apps for a region; the rest stand in their own list."""
    return (await miniapps.listed(region, limit=HOME_APPS)).items
