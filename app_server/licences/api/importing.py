"""Licences an office issued before: taken in, compared, and the queue of what does not fit."""

from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff
from app_server.licences import service
from app_server.licences.rules.importing import IMPORT_NAMES
from app_server.licences.schemas.importing import (
    LicenceImportBatch,
    LicenceImportDrop,
    LicenceImportFinding,
    LicenceImportList,
    LicenceImportQuery,
    LicenceImportView,
)

KEEPER = staff("licence_keeper")
PAGE = 50


def _view(facts: service.ImportFacts) -> LicenceImportView:
    return LicenceImportView(
        id=facts.id,
        type_code=facts.type_code,
        state=facts.state,
        state_name=IMPORT_NAMES[facts.state],
        findings=[LicenceImportFinding(**one) for one in facts.findings],
        licence_id=facts.licence_id,
        note=facts.note,
        received_at=facts.received_at,
        version=facts.version,
    )


@endpoint("POST", "/licence-imports", guard=KEEPER, status=200, max_body=1024 * 1024)
async def take_in(call: Call, body: LicenceImportBatch) -> LicenceImportList:
    """Take in licences of my office; what does not fit waits in the queue."""
    rows = [service.ImportRow(**item.model_dump()) for item in body.items]
    found = await service.take_in(call.principal, rows)
    return LicenceImportList(items=[_view(facts) for facts in found], next=None)


@endpoint("GET", "/licence-imports", guard=KEEPER)
async def list_imports(call: Call, query: LicenceImportQuery) -> LicenceImportList:
    """My office's rows in a state, newest first."""
    found = await service.imports(
        call.principal, state=query.state, before=paging.after(query.cursor), limit=PAGE
    )
    more = paging.cursor(found[-1].id) if len(found) == PAGE else None
    return LicenceImportList(items=[_view(facts) for facts in found], next=more)


@endpoint("POST", "/licence-imports/{import_id}/comparison", guard=KEEPER, status=200)
async def compare_again(call: Call, import_id: UUID) -> LicenceImportView:
    """Compare a waiting row once more (If-Match)."""
    return _view(await service.compare_again(call.principal, import_id, call.expected_version()))


@endpoint("POST", "/licence-imports/{import_id}/dropping", guard=KEEPER, status=200)
async def drop_import(call: Call, import_id: UUID, body: LicenceImportDrop) -> LicenceImportView:
    """Give a waiting row up, with a reason (If-Match)."""
    expected = call.expected_version()
    return _view(await service.drop_import(call.principal, import_id, expected, body.reason))
