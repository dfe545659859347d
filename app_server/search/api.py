"""One box over everything."""

from app_server.kernel.http import Call, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from app_server.kernel.settings import load
from app_server.search import service
from app_server.search.schemas import Hits, SearchQuery, hit


@endpoint("GET", "/search", guard=anyone(), limit=Limit("search", 120, 60))
async def search(call: Call, query: SearchQuery) -> Hits:
    """Items and mini-apps by name, alias or likeness."""
    del call
    found = await service.find(query.q, query.region or load().platform_region)
    return Hits(hits=[hit(row) for row in found.hits], total=found.total)
