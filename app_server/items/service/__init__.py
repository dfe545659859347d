"""Commands and queries of items."""

from app_server.items.rules import ItemFacts, Tier3Act, TimeLimit, may_apply
from app_server.items.service.publishing import publish
from app_server.items.service.reading import in_region, published, version

__all__ = [
    "ItemFacts",
    "Tier3Act",
    "TimeLimit",
    "in_region",
    "may_apply",
    "publish",
    "published",
    "version",
]
