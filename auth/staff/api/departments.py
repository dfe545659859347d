"""The tree of departments."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from auth.staff import service
from auth.staff.api import presenting
from auth.staff.errors import NoSuchDepartment
from auth.staff.schemas import (
    DepartmentAsked,
    DepartmentList,
    DepartmentRenamed,
    DepartmentView,
    PlaceList,
    PlaceView,
)

READERS = staff("system_admin", "security_admin", "security_auditor")
KEEPERS = staff("system_admin")


@endpoint("GET", "/departments", guard=READERS)
async def list_departments(call: Call) -> DepartmentList:
    """All departments within my region, parents before children."""
    found = await service.departments(call.principal)
    return DepartmentList(items=[presenting.department(facts) for facts in found])


@endpoint("GET", "/departments/{department_id}/places", guard=READERS)
async def list_places(call: Call, department_id: UUID) -> PlaceList:
    """The regions a post in this department may answer for."""
    found = await service.places(call.principal, department_id)
    return PlaceList(items=[PlaceView(code=r.code, name=r.name) for r in found])


@endpoint("POST", "/departments", guard=KEEPERS, status=201)
async def add_department(call: Call, body: DepartmentAsked) -> DepartmentView:
    """Open a department."""
    new = await service.add_department(
        call.principal,
        name=body.name,
        region=body.region,
        code=body.code,
        parent_id=body.parent_id,
    )
    return await _one(call, new)


@endpoint("PUT", "/departments/{department_id}", guard=KEEPERS)
async def rename_department(
    call: Call, department_id: UUID, body: DepartmentRenamed
) -> DepartmentView:
    """Give a department another name."""
    await service.rename_department(
        call.principal, department_id, call.expected_version(), body.name
    )
    return await _one(call, department_id)


@endpoint("POST", "/departments/{department_id}/retire", guard=KEEPERS)
async def retire_department(call: Call, department_id: UUID) -> DepartmentView:
    """Close a department nobody stands in."""
    await service.retire_department(call.principal, department_id, call.expected_version())
    return await _one(call, department_id)


async def _one(call: Call, department_id: UUID) -> DepartmentView:
    for facts in await service.departments(call.principal):
        if facts.id == department_id:
            return presenting.department(facts)
    raise NoSuchDepartment
