"""Requests for fields on all three surfaces: officers and systems ask, holders answer."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, client, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from app_server.licences import service
from app_server.licences.rules.showing import REQUEST_NAMES
from app_server.licences.schemas.sharing import (
    FieldAnswer,
    FieldRequestList,
    FieldRequestView,
    FieldsRead,
    FieldsWanted,
    ScannedFieldsWanted,
)

OFFICER = staff("case_officer", "case_approver", "case_window", "licence_keeper")
SYSTEM = client("licences.ask")
ASKS = Limit("licence-ask", 20, 60)


def _view(facts: service.RequestFacts) -> FieldRequestView:
    shown = asdict(facts) | {"fields": list(facts.fields)}
    return FieldRequestView(**shown, state_name=REQUEST_NAMES[facts.state])


@endpoint("GET", "/licence-requests", guard=person(1))
async def list_requests(call: Call) -> FieldRequestList:
    """Who asked to see what of my licences, why, and whether they saw it."""
    found = await service.requests_of(call.principal.subject)
    return FieldRequestList(items=[_view(facts) for facts in found])


@endpoint("POST", "/licence-requests/{request_id}/answer", guard=person(1), status=200)
async def answer(call: Call, request_id: UUID, body: FieldAnswer) -> FieldRequestView:
    """Say yes or no to one request."""
    return _view(await service.answer_request(call.principal, request_id, agreed=body.agreed))


@endpoint("POST", "/licence-requests/{request_id}/withdrawal", guard=person(1), status=200)
async def withdraw(call: Call, request_id: UUID) -> FieldRequestView:
    """Take a yes back before it was used."""
    return _view(await service.withdraw_request(call.principal, request_id))


async def _ask(call: Call, body: FieldsWanted) -> FieldRequestView:
    return _view(
        await service.ask_fields(call.principal, body.identifier, body.fields, body.purpose)
    )


async def _ask_scanned(call: Call, body: ScannedFieldsWanted) -> FieldRequestView:
    return _view(await service.ask_scanned(call.principal, body.token, body.fields, body.purpose))


@endpoint("POST", "/licence-requests", guard=OFFICER, status=201, limit=ASKS)
async def ask_as_officer(call: Call, body: FieldsWanted) -> FieldRequestView:
    """Ask a holder for some fields of a licence."""
    return await _ask(call, body)


@endpoint("POST", "/licence-requests/scanned", guard=OFFICER, status=201, limit=ASKS)
async def scan_as_officer(call: Call, body: ScannedFieldsWanted) -> FieldRequestView:
    """Ask the holder who shows a licence just now for some of its fields."""
    return await _ask_scanned(call, body)


@endpoint("GET", "/licence-requests/{request_id}", guard=OFFICER)
async def look_as_officer(call: Call, request_id: UUID) -> FieldRequestView:
    """How my request stands."""
    return _view(await service.my_request(call.principal, request_id))


@endpoint("POST", "/licence-requests/{request_id}/reading", guard=OFFICER, status=200)
async def read_as_officer(call: Call, request_id: UUID) -> FieldsRead:
    """Read what the holder agreed to, once."""
    return FieldsRead(fields=await service.read_fields(call.principal, request_id))


@endpoint("POST", "/licence-requests", guard=SYSTEM, status=201, limit=ASKS)
async def ask_as_system(call: Call, body: FieldsWanted) -> FieldRequestView:
    """Ask a holder for some fields of a licence."""
    return await _ask(call, body)


@endpoint("POST", "/licence-requests/scanned", guard=SYSTEM, status=201, limit=ASKS)
async def scan_as_system(call: Call, body: ScannedFieldsWanted) -> FieldRequestView:
    """Ask the holder who shows a licence just now for some of its fields."""
    return await _ask_scanned(call, body)


@endpoint("GET", "/licence-requests/{request_id}", guard=SYSTEM)
async def look_as_system(call: Call, request_id: UUID) -> FieldRequestView:
    """How my request stands."""
    return _view(await service.my_request(call.principal, request_id))


@endpoint("POST", "/licence-requests/{request_id}/reading", guard=SYSTEM, status=200)
async def read_as_system(call: Call, request_id: UUID) -> FieldsRead:
    """Read what the holder agreed to, once."""
    return FieldsRead(fields=await service.read_fields(call.principal, request_id))
