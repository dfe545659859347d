"""What of the catalogue is open to everybody (R-DAT-19, R-DAT-21)."""

from app_server.kernel import paging
from app_server.kernel.http import Call, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.schemas.catalogue import (
    CursorQuery,
    OpenResource,
    OpenResourcePage,
    ResourceContent,
)

FULL_PAGE = 50


@endpoint("GET", "/open-data/resources", guard=anyone(), limit=Limit("open-resources", 120, 60))
async def open_resources(call: Call, query: CursorQuery) -> OpenResourcePage:
    """The open entries with their public fields alone."""
    del call
    found = await service.open_entries(paging.after(query.cursor))
    items = []
    for row in found:
        told = ResourceContent.model_validate(row.content)
        items.append(
            OpenResource(
                code=row.code,
                name=row.name,
                summary=told.summary,
                org_name=row.org_name,
                scope=told.open_scope,
                update_frequency=told.update_frequency,
                fields=[one for one in told.fields if one.sensitivity == "public"],
            )
        )
    following = paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    return OpenResourcePage(items=items, next=following)
