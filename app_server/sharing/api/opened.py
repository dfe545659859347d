"""What of the catalogue is open to everybody (R-DAT-19, R-DAT-21)."""

from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, RawReply, anyone, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.schemas.catalogue import (
    CursorQuery,
    DatasetAsked,
    DatasetView,
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
    tables = await service.newest_of([row.id for row in found])
    items = []
    for row in found:
        told = ResourceContent.model_validate(row.content)
        rows, data_at = tables.get(row.id, (0, None))
        items.append(
            OpenResource(
                id=row.id,
                code=row.code,
                name=row.name,
                summary=told.summary,
                org_name=row.org_name,
                scope=told.open_scope,
                update_frequency=told.update_frequency,
                fields=[one for one in told.fields if one.sensitivity == "public"],
                rows=rows,
                data_at=data_at,
            )
        )
    following = paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    return OpenResourcePage(items=items, next=following)


@endpoint(
    "GET",
    "/open-data/resources/{resource_id}/data",
    guard=anyone(),
    limit=Limit("open-data", 60, 60),
    reply_type="text/csv",
)
async def download_open_data(call: Call, resource_id: UUID) -> RawReply:
    """The newest open table of an entry."""
    del call
    made = await service.newest(resource_id)
    return RawReply(
        made.content.encode(),
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="open-data-{made.number}.csv"'},
    )


@endpoint(
    "POST",
    "/sharing/resources/{resource_id}/datasets",
    guard=staff("data_lead"),
    status=201,
    max_body=4 * 1024 * 1024,
    limit=Limit("sharing-datasets", 60, 3_600),
)
async def open_dataset(call: Call, resource_id: UUID, body: DatasetAsked) -> DatasetView:
    """Open a table to everybody."""
    made = await service.open_dataset(call.principal, resource_id, body.rows)
    return DatasetView(number=made.number, rows=made.rows, at=made.at)
