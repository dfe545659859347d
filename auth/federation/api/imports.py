"""Legacy users of a city: its client sends them in parts, and both sides read the report."""

from uuid import UUID

from app_server.kernel import paging, regions
from app_server.kernel.http import Call, client, endpoint, staff
from app_server.kernel.ratelimit import Limit
from auth.federation import service
from auth.federation.rules import OUTCOMES, PART_BYTES, REASONS
from auth.federation.schemas import (
    ConflictPage,
    ConflictQuery,
    ConflictView,
    ImportAsked,
    ImportPage,
    ImportsQuery,
    ImportView,
)

CITY = client("federation.import")
READERS = staff("system_admin", "security_admin", "security_auditor")
KINDS = ("application/x-ndjson", "text/csv")
FULL_PAGE = 100


@endpoint("POST", "/federation/imports", guard=CITY, status=201)
async def open_import(call: Call, body: ImportAsked) -> ImportView:
    """Announce a file; an unfinished import of the same file goes on."""
    return _view(await service.open_import(call.principal, body.digest, body.parts))


@endpoint(
    "PUT",
    "/federation/imports/{import_id}/parts/{number}",
    guard=CITY,
    status=202,
    raw=KINDS,
    max_body=PART_BYTES,
    limit=Limit("federation-import", 1_200, 60),
)
async def add_part(call: Call, import_id: UUID, number: int) -> ImportView:
    """Send the next part (at most 2,000 rows, NDJSON or CSV); again is allowed."""
    return _view(
        await service.add_part(call.principal, import_id, number, call.content_type, call.raw)
    )


@endpoint("GET", "/federation/imports/{import_id}", guard=CITY)
async def read_import(call: Call, import_id: UUID) -> ImportView:
    """How my import stands."""
    return _view(await service.own_import(call.principal, import_id))


@endpoint("GET", "/federation/imports/{import_id}/conflicts", guard=CITY)
async def read_conflicts(call: Call, import_id: UUID, query: ConflictQuery) -> ConflictPage:
    """The rows of my file that were not taken, each with its reason."""
    await service.own_import(call.principal, import_id)
    return await _conflicts(import_id, query.after)


@endpoint("GET", "/federation/imports", guard=READERS)
async def list_imports(call: Call, query: ImportsQuery) -> ImportPage:
    """All cities' imports."""
    del call
    found = await service.imports(paging.after(query.cursor))
    return ImportPage(
        items=[_view(row) for row in found],
        next=paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None,
    )


@endpoint("GET", "/federation/imports/{import_id}", guard=READERS)
async def review_import(call: Call, import_id: UUID) -> ImportView:
    """One city's import."""
    del call
    return _view(await service.an_import(import_id))


@endpoint("GET", "/federation/imports/{import_id}/conflicts", guard=READERS)
async def review_conflicts(call: Call, import_id: UUID, query: ConflictQuery) -> ConflictPage:
    """The rows of a city's file that were not taken."""
    del call
    await service.an_import(import_id)
    return await _conflicts(import_id, query.after)


async def _conflicts(import_id: UUID, after: int) -> ConflictPage:
    found = await service.conflicts(import_id, after)
    return ConflictPage(
        items=[
            ConflictView(line=r.line, reason=r.reason, reason_name=REASONS[r.reason]) for r in found
        ],
        next=found[-1].line if len(found) == FULL_PAGE else None,
    )


def _view(row: service.ImportFacts) -> ImportView:
    left = row.state == "receiving" and row.received < row.parts
    return ImportView(
        id=row.id,
        platform=row.platform,
        platform_name=regions.full_name(row.platform),
        state=row.state,
        parts=row.parts,
        received=row.received,
        merged=row.merged,
        next_part=row.received + 1 if left else None,
        counts=row.counts,
        outcome_names=dict(OUTCOMES),
        created_at=row.created_at,
        done_at=row.done_at,
    )
