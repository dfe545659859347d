"""Departments' services, keys and templates for /v2, kept by the operators."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from notify import service
from notify.schemas.staff import (
    DepartmentTemplateAsked,
    KeyAsked,
    KeyGiven,
    KeyList,
    KeyView,
    ServiceAsked,
    ServiceList,
    ServiceView,
    TeamAsked,
    TemplateList,
    TemplateView,
)
from notify.service import departments

READERS = staff("message_operator", "operator")
OPERATORS = staff("message_operator")


@endpoint("GET", "/notify/services", guard=READERS)
async def list_services(call: Call) -> ServiceList:
    """All departments' services."""
    del call
    names = list(ServiceView.model_fields)
    return ServiceList(
        items=[
            ServiceView(**{name: getattr(row, name) for name in names})
            for row in await departments.services()
        ]
    )


@endpoint("POST", "/notify/services", guard=OPERATORS, status=201)
async def add_service(call: Call, body: ServiceAsked) -> ServiceView:
    """Register a service."""
    row = await departments.add_service(call.principal, body.name, body.org)
    return ServiceView(id=row.id, name=row.name, org=row.org, created_at=row.created_at)


@endpoint("PUT", "/notify/services/{service_id}/team", guard=OPERATORS)
async def set_team(call: Call, service_id: UUID, body: TeamAsked) -> None:
    """The phones that team keys may reach; they are not shown again."""
    await departments.set_team(call.principal, service_id, body.phones)


@endpoint("GET", "/notify/services/{service_id}/keys", guard=READERS)
async def list_keys(call: Call, service_id: UUID) -> KeyList:
    """The keys of a service."""
    del call
    names = list(KeyView.model_fields)
    return KeyList(
        items=[
            KeyView(**{name: getattr(row, name) for name in names})
            for row in await departments.keys(service_id)
        ]
    )


@endpoint("POST", "/notify/services/{service_id}/keys", guard=OPERATORS, status=201)
async def add_key(call: Call, service_id: UUID, body: KeyAsked) -> KeyGiven:
    """A new key; its text is told this once."""
    key_id, text = await departments.add_key(call.principal, service_id, body.kind, body.name)
    return KeyGiven(id=key_id, key=text)


@endpoint("POST", "/notify/services/{service_id}/keys/{key_id}/revoke", guard=OPERATORS)
async def revoke_key(call: Call, service_id: UUID, key_id: UUID) -> None:
    """End a key at once."""
    await departments.revoke_key(call.principal, service_id, key_id)


@endpoint("GET", "/notify/services/{service_id}/templates", guard=READERS)
async def list_department_templates(call: Call, service_id: UUID) -> TemplateList:
    """A service's published templates."""
    del call
    names = list(TemplateView.model_fields)
    await departments.a_service(service_id)
    return TemplateList(
        items=[
            TemplateView(**{name: getattr(row, name) for name in names})
            for row in await service.templates(service_id)
        ]
    )


@endpoint("POST", "/notify/services/{service_id}/templates", guard=OPERATORS, status=201)
async def add_department_template(
    call: Call, service_id: UUID, body: DepartmentTemplateAsked
) -> TemplateView:
    """A department's SMS template; another person publishes it."""
    await departments.a_service(service_id)
    row = await service.add_department_template(call.principal, service_id, body.name, body.body)
    return TemplateView(**{name: getattr(row, name) for name in TemplateView.model_fields})
