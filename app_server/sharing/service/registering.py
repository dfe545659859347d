"""The register of data services: registered, published, paused (R-DAT-01)."""

from typing import Any
from uuid import UUID

from app_server.kernel import audit, db
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.sharing.errors import (
    CodeTaken,
    NoInterface,
    NoSuchSharingService,
    NotInThisState,
    NotTheProvider,
    ServiceInvalid,
)
from app_server.sharing.models import DataService, Resource
from app_server.sharing.rules import states
from app_server.sharing.rules.catalogue import content_of
from app_server.sharing.rules.data_services import ServiceWanted, service_findings
from app_server.sharing.service import composing, tree
from app_server.sharing.service.moving import transit
from app_server.sharing.service.probing import probe
from app_server.sharing.service.resources import a_resource, checked_editor

LOCK = "sharing.services"


async def a_service(code: str) -> DataService:
    """One data service; raises `NoSuchSharingService`."""
    found = await DataService.get_or_none(code=code) if len(code) <= 60 else None
    if found is None:
        raise NoSuchSharingService
    return found


async def services(resource_id: UUID | None = None) -> list[DataService]:
    """The data services, of one entry or all, by code."""
    found = (
        DataService.all() if resource_id is None else DataService.filter(resource_id=resource_id)
    )
    return await found.order_by("code")


async def register_service(
    by: Principal, resource_id: UUID, code: str, wanted: ServiceWanted
) -> DataService:
    """Register a service of an entry; raises `CodeTaken`, `ServiceInvalid`, `NotTheProvider`."""
    resource = await a_resource(resource_id)
    await checked_editor(by, await tree.a_node(resource.node_id), resource.org)
    async with db.unit_of_work():
        await db.lock(LOCK)
        await _check(code, wanted, resource)
        if await DataService.exists(code=code):
            raise CodeTaken
        row = await DataService.create(
            code=code, resource_id=resource.id, org=resource.org, **_columns(wanted)
        )
        audit.record(by, "sharing.service_registered", f"service:{code}")
    return row


async def _check(code: str, wanted: ServiceWanted, resource: Resource) -> None:
    names = {field.name for field in content_of(resource.content).fields}
    errors = service_findings(wanted, resource.org, names, production=load().production)
    if wanted.flow is not None and not errors:
        needs, gives = list(wanted.needs), list(wanted.gives)
        errors = await composing.findings(code, resource.org, wanted.flow, needs, gives)
    if errors:
        raise ServiceInvalid(errors=errors)


def _columns(wanted: ServiceWanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "kind": wanted.kind,
        "target": wanted.target,
        "health_target": wanted.health_target,
        "probe": dict(wanted.probe),
        "needs": sorted(set(wanted.needs)),
        "gives": sorted(set(wanted.gives)),
        "flow": wanted.flow,
        "timeout_ms": wanted.timeout_ms,
        "approve_days": wanted.approve_days,
        "most_per_day": wanted.most_per_day,
    }


async def _provided(by: Principal, code: str) -> tuple[DataService, Resource]:
    service = await a_service(code)
    resource = await a_resource(service.resource_id)
    await checked_editor(by, await tree.a_node(resource.node_id), resource.org)
    return service, resource


async def change_service(
    by: Principal, code: str, version: int, wanted: ServiceWanted
) -> DataService:
    """Change a service that is not in use: registered or paused.

    Raises `NotInThisState`, `PreconditionFailed` and what registering raises.
    """
    service, resource = await _provided(by, code)
    if service.state not in {"registered", "paused"}:
        raise NotInThisState(state=service.state)
    async with db.unit_of_work():
        # One at a time: two flows that are good alone may refer to each other.
        await db.lock(LOCK)
        await _check(code, wanted, resource)
        touched = await DataService.filter(
            id=service.id, version=version, state=service.state
        ).update(**_columns(wanted), version=version + 1, health="unknown")
        if not touched:
            raise PreconditionFailed
        audit.record(by, "sharing.service_changed", f"service:{code}")
    return await a_service(code)


async def probe_service(by: Principal, code: str) -> DataService:
    """Ask the interface now; its provider may. Raises `NotTheProvider`."""
    service = await a_service(code)
    if by.org != service.org:
        raise NotTheProvider
    await probe(service)
    return await a_service(code)


async def move_service(
    by: Principal, code: str, version: int, move: str, reason: str
) -> DataService:
    """Publish, pause, resume or retire a service.

    Publishing and resuming need an entry that is published and an interface that answers now.
    Raises `NoInterface`, `NotInThisState`, `PreconditionFailed`, `NotTheLead`, `NotTheProvider`.
    """
    service, resource = await _provided(by, code)
    to = states.checked_move(states.SERVICE, move, service.state)
    if to == "published":
        if resource.state != "published":
            raise NotInThisState("信息资源尚未发布", state=resource.state)
        if await probe(service) != "up":
            raise NoInterface
    async with db.unit_of_work():
        row = await transit(DataService, service.id, version, states.SERVICE, move)
        audit.record(by, f"sharing.service_{move}", f"service:{code}", purpose=reason)
    return row
