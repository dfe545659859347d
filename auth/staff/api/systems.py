"""The register of department systems, and who is mapped in them."""

from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, client, endpoint, staff
from app_server.kernel.ratelimit import Limit
from auth.staff import service
from auth.staff.api import presenting
from auth.staff.schemas import (
    BindingConfirmed,
    BindingView,
    CursorQuery,
    MappingPage,
    MappingView,
    ReasonAsked,
    SystemAsked,
    SystemChanged,
    SystemList,
    SystemView,
)

READERS = staff("system_admin", "security_admin", "security_auditor")
KEEPERS = staff("system_admin")
ADMINISTRATORS = staff("system_admin", "security_admin")


@endpoint("GET", "/department-systems", guard=READERS)
async def list_systems(call: Call) -> SystemList:
    """Department systems within my region."""
    found = await service.systems(call.principal)
    return SystemList(items=[presenting.system(facts) for facts in found])


@endpoint("POST", "/department-systems", guard=KEEPERS, status=201)
async def register_system(call: Call, body: SystemAsked) -> SystemView:
    """Register a system with this platform."""
    new = await service.register_system(
        call.principal,
        code=body.code,
        department_id=body.department_id,
        region=body.region,
        wanted=_wanted(body),
    )
    return await _one(call, new)


@endpoint("GET", "/department-systems/{system_id}", guard=READERS)
async def read_system(call: Call, system_id: UUID) -> SystemView:
    """One system."""
    return await _one(call, system_id)


@endpoint("PUT", "/department-systems/{system_id}", guard=KEEPERS)
async def change_system(call: Call, system_id: UUID, body: SystemChanged) -> SystemView:
    """Change how a system attaches."""
    await service.change_system(call.principal, system_id, call.expected_version(), _wanted(body))
    return await _one(call, system_id)


@endpoint("POST", "/department-systems/{system_id}/retire", guard=KEEPERS)
async def retire_system(call: Call, system_id: UUID) -> SystemView:
    """Detach a system."""
    await service.retire_system(call.principal, system_id, call.expected_version())
    return await _one(call, system_id)


@endpoint("POST", "/department-systems/{system_id}/push-again", guard=KEEPERS)
async def push_again(call: Call, system_id: UUID) -> SystemView:
    """Let pushes the system refused run again, once it was mended."""
    await service.push_again(call.principal, system_id)
    return await _one(call, system_id)


@endpoint("GET", "/department-systems/{system_id}/mappings", guard=READERS)
async def list_mappings(call: Call, system_id: UUID, query: CursorQuery) -> MappingPage:
    """Whose local accounts are bound, newest first."""
    found = await service.mappings(
        call.principal, system_id, paging.after(query.cursor), service.FULL_PAGE
    )
    return MappingPage(
        items=[
            MappingView(
                id=m.id,
                staff_id=m.staff_id,
                login=m.login,
                name=m.name,
                local_account=m.local_account,
                bound_at=m.bound_at,
            )
            for m in found
        ],
        next=paging.cursor(found[-1].id) if len(found) == service.FULL_PAGE else None,
    )


@endpoint(
    "POST", "/department-systems/{system_id}/mappings/{mapping_id}/unbind", guard=ADMINISTRATORS
)
async def unbind(call: Call, system_id: UUID, mapping_id: UUID, body: ReasonAsked) -> None:
    """Take a mapping away; the local account is not touched."""
    await service.unbind(call.principal, system_id, mapping_id, body.reason)


@endpoint(
    "POST",
    "/staff-bindings",
    guard=client("staff.bind"),
    status=201,
    limit=Limit("staff-bind", 60, 60, fail_closed=True),
)
async def confirm_binding(call: Call, body: BindingConfirmed) -> BindingView:
    """A mapped system confirms whose local account the carrier of a bind code proved."""
    login = await service.bind(call.principal, body.code, body.local_account)
    return BindingView(login=login, local_account=body.local_account)


def _wanted(asked: SystemChanged) -> service.SystemWanted:
    return service.SystemWanted(
        name=asked.name,
        mode=asked.mode,
        client_id=asked.client_id,
        home_url=asked.home_url,
        bind_url=asked.bind_url,
        scim_url=asked.scim_url,
        scim_token=asked.scim_token,
    )


async def _one(call: Call, system_id: UUID) -> SystemView:
    return presenting.system(await service.system(call.principal, system_id))
