"""Tables that are open to everybody (R-DAT-19, R-DAT-21)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from app_server.sharing.errors import NoSuchResource, NotInThisState, ResourceInvalid
from app_server.sharing.models import Dataset
from app_server.sharing.rules.catalogue import content_of, open_fields
from app_server.sharing.rules.opening import as_csv, opening_findings
from app_server.sharing.service import tree
from app_server.sharing.service.resources import a_resource, checked_editor


async def open_dataset(by: Principal, resource_id: UUID, rows: Sequence[dict[str, Any]]) -> Dataset:
    """Open a table of a published, open entry to everybody.

    Raises `NoSuchResource`, `NotTheLead`, `NotTheProvider`, `NotInThisState`, and
    `ResourceInvalid` for anything that is not an open field or points at a person.
    """
    row = await a_resource(resource_id)
    await checked_editor(by, await tree.a_node(row.node_id), row.org)
    if row.state != "published" or not row.open:
        raise NotInThisState("该信息资源未向社会开放", state=row.state)
    fields = open_fields(content_of(row.content).fields)
    if errors := opening_findings(rows, fields):
        raise ResourceInvalid(errors=errors)
    async with db.unit_of_work():
        await db.lock(f"sharing.dataset:{resource_id}")
        made = await Dataset.create(
            resource_id=resource_id,
            number=1 + await Dataset.filter(resource_id=resource_id).count(),
            rows=len(rows),
            content=as_csv(rows, fields),
            at=clock.now(),
        )
        audit.record(by, "sharing.dataset_opened", f"resource:{row.code}", rows=len(rows))
    return made


async def newest(resource_id: UUID) -> Dataset:
    """The newest table of an entry that is open now, in its present open fields alone.

    Raises `NoSuchResource`, also when fields were closed since the table was opened.
    """
    row = await a_resource(resource_id)
    made = await Dataset.filter(resource_id=resource_id).order_by("-number").first()
    if made is None or row.state != "published" or not row.open:
        raise NoSuchResource
    heading = made.content.partition("\r\n")[0].split(",")
    if not set(heading) <= set(open_fields(content_of(row.content).fields)):
        raise NoSuchResource
    return made


async def newest_of(resource_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Any]]:
    """How many rows the newest tables of these entries have, and since when they are open."""
    rows = await db.rows(
        "SELECT DISTINCT ON (resource_id) resource_id, rows, at FROM sharing_dataset "
        "WHERE resource_id = ANY($1::uuid[]) ORDER BY resource_id, number DESC",
        list(resource_ids),
    )
    return {UUID(str(row["resource_id"])): (row["rows"], row["at"]) for row in rows}
