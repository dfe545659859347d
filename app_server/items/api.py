"""Guides for everybody."""

from app_server.items import service
from app_server.items.schemas import Guide, guide
from app_server.kernel.http import Call, anyone, endpoint


@endpoint("GET", "/items/{code}", guard=anyone())
async def read_guide(call: Call, code: str) -> Guide:
    """The guide of an item in force."""
    del call
    return guide(await service.published(code))
