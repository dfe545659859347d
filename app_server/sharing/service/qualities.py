"""Data-quality reports of an entry, numbered; the records themselves are not kept (R-DAT-11)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from app_server.sharing.errors import ResourceInvalid
from app_server.sharing.models import QualityReport
from app_server.sharing.rules.catalogue import content_of
from app_server.sharing.rules.quality import quality
from app_server.sharing.service import tree
from app_server.sharing.service.resources import a_resource, checked_editor


async def check_quality(
    by: Principal, resource_id: UUID, key: Sequence[str], rows: Sequence[dict[str, Any]]
) -> QualityReport:
    """Judge a batch of an entry's records and keep the counts.

    Raises `NoSuchResource`, `NotTheLead`, `NotTheProvider`, `ResourceInvalid` for an unknown key.
    """
    row = await a_resource(resource_id)
    await checked_editor(by, await tree.a_node(row.node_id), row.org)
    fields = content_of(row.content).fields
    if not set(key) <= {field.name for field in fields}:
        raise ResourceInvalid(errors=[{"field": "key", "message": "主键不在信息项内"}])
    found = asdict(quality(fields, key, rows))
    async with db.unit_of_work():
        await db.lock(f"sharing.quality:{resource_id}")
        number = 1 + await QualityReport.filter(resource_id=resource_id).count()
        report = await QualityReport.create(
            resource_id=resource_id,
            number=number,
            edition=row.edition,
            key=list(key),
            findings=found,
            by_name=by.name,
            at=clock.now(),
        )
        audit.record(by, "sharing.quality_checked", f"resource:{row.code}", rows=len(rows))
    return report


async def quality_reports(resource_id: UUID) -> list[QualityReport]:
    """The reports of an entry, newest first."""
    return await QualityReport.filter(resource_id=resource_id).order_by("-number").limit(100)
