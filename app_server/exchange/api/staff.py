"""The register of department systems, their traffic, and the cities' convergence."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app_server.exchange import service
from app_server.exchange.schemas import (
    BacklogView,
    BatchList,
    BatchListed,
    CheckAsked,
    CityDays,
    CityDayView,
    DeliveryList,
    DeliveryView,
    InboundList,
    InboundView,
    KeyShape,
    OwnKeys,
    RowErrorView,
    StatisticsQuery,
    SystemAsked,
    SystemChanged,
    SystemList,
    SystemMove,
    SystemRegistered,
    SystemView,
)
from app_server.kernel import regions
from app_server.kernel.http import Call, endpoint, staff

READERS = staff("system_admin", "security_admin", "security_auditor")
KEEPERS = staff("system_admin")
STATES = {"active": "运行中", "paused": "已暂停"}
PUSH_STATES = {"ready": "推送中", "done": "已送达", "parked": "已搁置"}


@endpoint("GET", "/exchange/keys", guard=READERS)
async def own_keys(call: Call) -> OwnKeys:
    """Our public keys and name, for a system's administrator."""
    del call
    issuer, keys = service.own_keys_and_name()
    return OwnKeys(issuer=issuer, keys=[KeyShape(**key) for key in keys])


@endpoint("GET", "/exchange/systems", guard=READERS)
async def list_systems(call: Call) -> SystemList:
    """All department systems."""
    del call
    return SystemList(items=[SystemView(**_system(row)) for row in await service.systems()])


@endpoint("POST", "/exchange/systems", guard=KEEPERS, status=201)
async def register_system(call: Call, body: SystemAsked) -> SystemRegistered:
    """Register a system; its client's secret is told this once."""
    row, secret = await service.register_system(call.principal, body.code, _wanted(body))
    return SystemRegistered(**_system(row), client_secret=secret)


@endpoint("GET", "/exchange/systems/{system_id}", guard=READERS)
async def read_system(call: Call, system_id: UUID) -> SystemView:
    """One system."""
    del call
    return SystemView(**_system(await service.a_system(system_id)))


@endpoint("PUT", "/exchange/systems/{system_id}", guard=KEEPERS)
async def change_system(call: Call, system_id: UUID, body: SystemChanged) -> SystemView:
    """Change a system's address, keys or items."""
    row = await service.change_system(
        call.principal, system_id, call.expected_version(), _wanted(body)
    )
    return SystemView(**_system(row))


@endpoint("POST", "/exchange/systems/{system_id}/pause", guard=KEEPERS)
async def pause_system(call: Call, system_id: UUID, body: SystemMove) -> SystemView:
    """Send nothing to a system and take nothing from it for now."""
    version = call.expected_version()
    row = await service.move_system(call.principal, system_id, version, "paused", body.reason)
    return SystemView(**_system(row))


@endpoint("POST", "/exchange/systems/{system_id}/resume", guard=KEEPERS)
async def resume_system(call: Call, system_id: UUID, body: SystemMove) -> SystemView:
    """Let a system go on; it is sent what waited."""
    version = call.expected_version()
    row = await service.move_system(call.principal, system_id, version, "active", body.reason)
    return SystemView(**_system(row))


@endpoint("GET", "/exchange/systems/{system_id}/deliveries", guard=READERS)
async def list_deliveries(call: Call, system_id: UUID) -> DeliveryList:
    """The last pushes to a system, with what went wrong."""
    del call
    return DeliveryList(items=[_delivery(row) for row in await service.deliveries(system_id)])


@endpoint("POST", "/exchange/systems/{system_id}/deliveries/{delivery_id}/resend", guard=KEEPERS)
async def resend(call: Call, system_id: UUID, delivery_id: UUID) -> None:
    """Let a push that gave up run again."""
    await service.resend(call.principal, system_id, delivery_id)


@endpoint("GET", "/exchange/systems/{system_id}/reports", guard=READERS)
async def list_reports(call: Call, system_id: UUID) -> InboundList:
    """The last messages of a system, taken or refused."""
    del call
    await service.a_system(system_id)
    names = list(InboundView.model_fields)
    found = await service.inbound(system_id)
    return InboundList(
        items=[InboundView(**{name: getattr(row, name) for name in names}) for row in found]
    )


@endpoint("GET", "/exchange/systems/{system_id}/batches", guard=READERS)
async def list_batches(call: Call, system_id: UUID) -> BatchList:
    """The last batches of a system and their reports."""
    del call
    system = await service.a_system(system_id)
    return BatchList(items=[_batch(row) for row in await service.batches(system.code)])


@endpoint("GET", "/exchange/cities", guard=staff())
async def city_days(call: Call, query: StatisticsQuery) -> CityDays:
    """Received and closed per city and day, and whether the digests agree."""
    del call
    found = await service.statistics(query.first, query.last, query.city)
    return CityDays(
        items=[CityDayView(**dict(row), city_name=regions.full_name(row["city"])) for row in found]
    )


@endpoint("POST", "/exchange/cities/{city}/check", guard=KEEPERS, status=202)
async def check_city(call: Call, city: str, body: CheckAsked) -> None:
    """Have a city's day compared now."""
    await service.order_check(call.principal, city, body.day)


@endpoint("GET", "/exchange/backlog", guard=READERS)
async def backlog(call: Call) -> BacklogView:
    """What this city still has to tell the province."""
    del call
    found = await service.measure()
    return BacklogView(waiting=int(found["waiting"]), oldest_s=found["oldest_s"])


def _wanted(body: SystemChanged) -> service.SystemWanted:
    return service.SystemWanted(
        name=body.name,
        org=body.org,
        region=body.region,
        items=tuple(body.items),
        url=body.url,
        jwks=tuple(key.model_dump() for key in body.keys),
        push_on=body.push_on,
    )


def _system(row: Any) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in SystemView.model_fields if hasattr(row, name)}
    keys = [KeyShape.model_validate(jwk) for jwk in row.jwks]
    return told | {"keys": keys, "state_name": STATES[row.state]}


def _delivery(row: Mapping[str, Any]) -> DeliveryView:
    return DeliveryView(
        id=row["id"],
        case_no=row["case_no"],
        state=row["state"],
        state_name=PUSH_STATES[row["state"]],
        attempts=row["attempts"],
        last_at=row["started_at"],
        outcome=row["outcome"],
        error=row["error"],
        next_at=row["run_at"] if row["state"] == "ready" else None,
        done_at=row["done_at"],
    )


def _batch(row: Any) -> BatchListed:
    told = dict(row.report)
    errors = [RowErrorView(**error) for error in told.pop("errors")]
    return BatchListed(**told, errors=errors, at=row.at)
