"""Commands and queries of items."""

from app_server.items.rules import ItemFacts, TimeLimit
from app_server.items.service.publishing import publish
from app_server.items.service.reading import in_region, published, version

__all__ = ["ItemFacts", "TimeLimit", "in_region", "publish", "published", "version"]
