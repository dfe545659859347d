"""Calls by partners: under a grant, within its quota, for its purposes, its fields (R-DAT-13)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Problem
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.sharing.errors import (
    CallInvalid,
    GrantExpired,
    NoGrant,
    OutsideGrant,
    QuotaUsed,
    ServicePaused,
    SharingUnavailable,
)
from app_server.sharing.models import DataService, Grant, Resource
from app_server.sharing.providers.exchange import Answer, ExchangeDown
from app_server.sharing.providers.interface import interface_of
from app_server.sharing.rules.grants import grant_scope, missing, outside
from app_server.sharing.service.receipts import CallFacts, keep
from app_server.sharing.service.registering import a_service
from app_server.sharing.service.traffic import Passed, count
from auth.people import service as people

log = structlog.get_logger(__name__)
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What a partner asks: about whom, why, for which case or on what legal ground."""

    purpose: str
    fields: tuple[str, ...]
    case_no: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer: granted fields alone, where each comes from, and the receipt of the call."""

    data: dict[str, Any]
    sources: dict[str, str]
    receipt: UUID
    at: datetime
    disputed: tuple[str, ...] = ()
    parts: tuple[dict[str, Any], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Admission:
    """A call that was let in: its service, its entry and its grant."""

    service: DataService
    resource: Resource
    grant: Grant


# The one arbiter: fifty callers at once take no more than the day holds.
_TAKE = """
INSERT INTO sharing_usage (id, grant_id, day, used)
SELECT $1, g.id, $3, $4 FROM sharing_grant g JOIN sharing_service s ON s.id = g.service_id
WHERE g.id = $2 AND g.state = 'granted' AND g.expires_on >= $3 AND s.state = 'published'
  AND $4 <= g.quota
ON CONFLICT (grant_id, day) DO UPDATE SET used = sharing_usage.used + excluded.used
WHERE sharing_usage.used + excluded.used
  <= (SELECT quota FROM sharing_grant WHERE id = sharing_usage.grant_id)
RETURNING used
"""


async def call(client: Principal, code: str, subject: dict[str, str], asked: Asked) -> Given:
    """Answer one call; every outcome is counted, with whose fault it is.

    Raises `NoGrant`, `GrantExpired`, `OutsideGrant`, `QuotaUsed`, `ServicePaused`,
    `CallInvalid`, `SharingUnavailable`.
    """
    started = time.perf_counter()
    admitted = await _admitted(client, code, [subject], asked, started)
    return await answer(client, admitted, subject, asked, started)


async def call_many(
    client: Principal, code: str, subjects: Sequence[dict[str, str]], asked: Asked
) -> list[Given | Problem]:
    """Answer a batch, in order; each has its own receipt, and what failed stands in its place.

    The quota is taken for all or for none. Raises as `call` for the batch as a whole.
    """
    started = time.perf_counter()
    admitted = await _admitted(client, code, subjects, asked, started)
    few = asyncio.Semaphore(AT_ONCE)

    async def one(subject: dict[str, str]) -> Given | Problem:
        async with few:
            try:
                return await answer(client, admitted, subject, asked, time.perf_counter())
            except SharingUnavailable as problem:
                return problem

    return list(await asyncio.gather(*(one(subject) for subject in subjects)))


async def _admitted(
    client: Principal,
    code: str,
    subjects: Sequence[dict[str, str]],
    asked: Asked,
    started: float,
) -> Admission:
    try:
        return await _admit(client, code, subjects, asked)
    except Problem as problem:
        # X-Road's lesson: an error says whose fault it is.
        fault = "provider" if isinstance(problem, ServicePaused) else "caller"
        problem.facts.setdefault("fault", fault)
        async with db.single_statement():
            count(Passed(code, client.org, started), "refused", problem.code, fault)
        raise


async def _admit(
    client: Principal, code: str, subjects: Sequence[dict[str, str]], asked: Asked
) -> Admission:
    grant = await Grant.get_or_none(client_id=client.org)
    if grant is None or grant_scope(grant.id) not in client.scopes:
        raise NoGrant
    service = await a_service(code)
    if grant.service_id != service.id:
        raise NoGrant
    await admit(grant, service, asked, len(subjects))
    wrong = [fault for subject in subjects for fault in missing(subject, service.needs)]
    if not (asked.case_no or asked.basis):
        wrong.append({"field": "case_no", "message": "须填写办件编号或法定用途依据"})
    if wrong:
        raise CallInvalid(errors=wrong[:20])
    await take(grant, len(subjects))
    return Admission(service, await Resource.get(id=service.resource_id), grant)


async def admit(grant: Grant, service: DataService, asked: Asked, number: int) -> None:
    """Raise what stands against a call under this grant, but for the quota already used."""
    if grant.state != "granted":
        raise NoGrant
    if grant.expires_on < clock.today():
        raise GrantExpired
    if service.state != "published":
        raise ServicePaused
    if errors := outside(asked.purpose, asked.fields, grant.purposes, grant.fields_granted):
        raise OutsideGrant(errors=errors)
    if number > grant.quota:
        raise QuotaUsed


async def take(grant: Grant, number: int) -> None:
    """Take calls from the day's quota, all or none; raises `QuotaUsed`."""
    if await db.value(_TAKE, uuid7(), grant.id, clock.today(), number) is None:
        raise QuotaUsed


async def answer(
    client: Principal,
    admitted: Admission,
    subject: dict[str, str],
    asked: Asked,
    started: float,
    via: str = "",
) -> Given:
    """Ask the provider and hand out the granted fields; raises `SharingUnavailable`."""
    service = admitted.service
    owner = await _owner(subject)
    facts = CallFacts(
        owner,
        client.ref,
        service.code,
        asked.purpose,
        (asked.basis or admitted.grant.legal_basis)[:120],
        f"case:{asked.case_no}" if asked.case_no else "",
    )
    told = await _told(service, subject, asked.purpose)
    async with db.single_statement():
        receipt = keep(facts, subject, told)
        passed = Passed(service.code, client.org, started, receipt.id, admitted.grant.id, via)
        if told is None:
            count(passed, "unavailable", SharingUnavailable.code, "provider")
        else:
            count(passed, "answered")
            purpose = f"{asked.purpose}（{admitted.resource.name}）"[:200]
            audit.record(
                client, "sharing.call", f"service:{service.code}", owner=owner, purpose=purpose
            )
    if told is None:
        raise SharingUnavailable(fault="provider", receipt=str(receipt.id))
    data = {name: told.data[name] for name in asked.fields if name in told.data}
    return Given(data, sources_of(admitted.resource, data), receipt.id, receipt.at)


async def _owner(subject: dict[str, str]) -> UUID | None:
    number = subject.get("id_number", "")
    return await people.find_by_id_number(number) if number else None


async def _told(service: DataService, subject: dict[str, str], purpose: str) -> Answer | None:
    try:
        async with asyncio.timeout(service.timeout_ms / 1000):
            return await interface_of(service).ask(subject, purpose)
    except (ExchangeDown, TimeoutError) as error:
        log.warning("provider_unreachable", service=service.code, error=str(error))
        return None


def sources_of(resource: Resource, data: dict[str, Any]) -> dict[str, str]:
    """Which system of record each field comes from (R-DAT-08)."""
    known = {one["name"]: one["source"] for one in resource.content["fields"]}
    return {name: known[name] for name in data if name in known}
