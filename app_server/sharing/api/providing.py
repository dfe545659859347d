"""The register of data services, for those who provide them (R-DAT-01, R-DAT-07)."""

from typing import Any
from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from app_server.sharing import service
from app_server.sharing.rules.data_services import KINDS, ServiceWanted
from app_server.sharing.rules.states import STATE_NAMES
from app_server.sharing.schemas.services import (
    DataServiceAsked,
    DataServiceList,
    DataServiceView,
    ServiceChanged,
    ServiceReason,
)

READERS = staff()
EDITORS = staff("data_steward", "data_lead")
LEADS = staff("data_lead")
CONTROLLERS = staff("data_lead", "operator")
# An officer of the providing organisation may look whether its interface answers.
PROBERS = staff("data_steward", "data_lead", "case_officer", "case_approver", "case_head")


@endpoint("POST", "/sharing/services", guard=EDITORS, status=201)
async def register_service(call: Call, body: DataServiceAsked) -> DataServiceView:
    """Register a data service of an entry."""
    row = await service.register_service(call.principal, body.resource_id, body.code, _wanted(body))
    return _view(call, row)


@endpoint("GET", "/sharing/services", guard=READERS)
async def list_services(call: Call) -> DataServiceList:
    """All data services."""
    return DataServiceList(items=[_view(call, row) for row in await service.services()])


@endpoint("GET", "/sharing/resources/{resource_id}/services", guard=READERS)
async def list_of_resource(call: Call, resource_id: UUID) -> DataServiceList:
    """The data services of an entry."""
    await service.seen_by(call.principal, resource_id)
    found = await service.services(resource_id)
    return DataServiceList(items=[_view(call, row) for row in found])


@endpoint("GET", "/sharing/services/{code}", guard=READERS)
async def read_service(call: Call, code: str) -> DataServiceView:
    """One data service."""
    return _view(call, await service.a_service(code))


@endpoint("PUT", "/sharing/services/{code}", guard=EDITORS)
async def change_service(call: Call, code: str, body: ServiceChanged) -> DataServiceView:
    """Change a service that is not in use."""
    version = call.expected_version()
    return _view(call, await service.change_service(call.principal, code, version, _wanted(body)))


@endpoint("POST", "/sharing/services/{code}/probe", guard=PROBERS)
async def probe_service(call: Call, code: str) -> DataServiceView:
    """Ask the interface now whether it answers."""
    return _view(call, await service.probe_service(call.principal, code))


async def _moved(call: Call, code: str, move: str, body: ServiceReason) -> DataServiceView:
    version = call.expected_version()
    row = await service.move_service(call.principal, code, version, move, body.reason)
    return _view(call, row)


@endpoint("POST", "/sharing/services/{code}/publish", guard=LEADS)
async def publish_service(call: Call, code: str, body: ServiceReason) -> DataServiceView:
    """Let a service be applied for."""
    return await _moved(call, code, "publish", body)


@endpoint("POST", "/sharing/services/{code}/pause", guard=CONTROLLERS)
async def pause_service(call: Call, code: str, body: ServiceReason) -> DataServiceView:
    """Answer nobody for now."""
    return await _moved(call, code, "pause", body)


@endpoint("POST", "/sharing/services/{code}/resume", guard=CONTROLLERS)
async def resume_service(call: Call, code: str, body: ServiceReason) -> DataServiceView:
    """Answer again."""
    return await _moved(call, code, "resume", body)


@endpoint("POST", "/sharing/services/{code}/retire", guard=LEADS)
async def retire_service(call: Call, code: str, body: ServiceReason) -> DataServiceView:
    """End a service."""
    return await _moved(call, code, "retire", body)


def _wanted(body: ServiceChanged) -> ServiceWanted:
    told = body.model_dump(exclude={"code", "resource_id"})
    return ServiceWanted(**told | {"needs": tuple(body.needs), "gives": tuple(body.gives)})


def _view(call: Call, row: Any) -> DataServiceView:
    told = {name: getattr(row, name) for name in DataServiceView.model_fields if hasattr(row, name)}
    if row.org != call.principal.org:
        told |= {"target": "", "health_note": "", "flow": None}
    return DataServiceView(**told, kind_name=KINDS[row.kind], state_name=STATE_NAMES[row.state])
