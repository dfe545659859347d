"""One call that was let in: the provider is asked, a receipt is left, granted fields go out."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.sharing.errors import (
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
from app_server.sharing.rules.grants import outside
from app_server.sharing.service.receipts import CallFacts, keep
from app_server.sharing.service.traffic import Passed, count
from auth.people import service as people

log = structlog.get_logger(__name__)


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


@dataclass(frozen=True, slots=True)
class Counted:
    """Since when a call counts, in whose composed service, and how long it may take (seconds)."""

    started: float
    via: str = ""
    within_s: float | None = None


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
    counted: Counted,
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
    told, cause = await _told(service, subject, asked.purpose, counted.within_s)
    async with db.single_statement():
        receipt = keep(facts, subject, told)
        passed = Passed(
            service.code,
            client.org,
            counted.started,
            receipt.id,
            admitted.grant.id,
            counted.via,
        )
        if told is None:
            count(passed, "unavailable", SharingUnavailable.code, "provider")
        else:
            count(passed, "answered")
            purpose = f"{asked.purpose}（{admitted.resource.name}）"[:200]
            audit.record(
                client, "sharing.call", f"service:{service.code}", owner=owner, purpose=purpose
            )
    if told is None:
        raise SharingUnavailable(fault="provider", cause=cause, receipt=str(receipt.id))
    data = {name: told.data[name] for name in asked.fields if name in told.data}
    return Given(data, sources_of(admitted.resource, data), receipt.id, receipt.at)


async def _owner(subject: dict[str, str]) -> UUID | None:
    number = subject.get("id_number", "")
    return await people.find_by_id_number(number) if number else None


async def _told(
    service: DataService, subject: dict[str, str], purpose: str, within_s: float | None
) -> tuple[Answer | None, str]:
    """The provider's answer, or None and why there is none."""
    seconds = service.timeout_ms / 1000
    try:
        async with asyncio.timeout(seconds if within_s is None else min(seconds, within_s)):
            return await interface_of(service).ask(subject, purpose), ""
    except TimeoutError:
        log.warning("provider_slow", service=service.code)
        return None, "timed_out"
    except ExchangeDown as error:
        log.warning("provider_unreachable", service=service.code, error=str(error))
        return None, "unavailable"


def sources_of(resource: Resource, data: dict[str, Any]) -> dict[str, str]:
    """Which system of record each field comes from (R-DAT-08)."""
    known = {one["name"]: one["source"] for one in resource.content["fields"]}
    return {name: known[name] for name in data if name in known}
