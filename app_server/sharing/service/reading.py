"""Reading shared data for a purpose; every call leaves a receipt without its content (R-CAS-26)."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import audit, db
from app_server.kernel.principal import Principal
from app_server.sharing.errors import NoSuchSharingService, SharingUnavailable
from app_server.sharing.providers.exchange import ExchangeDown, exchange
from app_server.sharing.rules import SERVICES, STATUTORY
from app_server.sharing.service.receipts import CallFacts, keep
from app_server.sharing.service.traffic import Passed, count

log = structlog.get_logger(__name__)
# Who calls when we ask for our own business, in the counts.
PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Shared:
    """What a registry said, which one, when, on what ground, and the receipt of the call."""

    data: dict[str, Any]
    source_name: str
    as_of: datetime
    basis: str
    receipt: UUID


async def read(
    principal: Principal,
    service_code: str,
    subject: dict[str, str],
    *,
    owner: UUID,
    purpose: str,
    basis: str = STATUTORY,
    about: str = "",
) -> Shared:
    """Ask a registry about a person, and record who asked, why and on what ground.

    `about` is what the call belongs to (`case:…`, `item:…`). Raises `NoSuchSharingService`,
    `SharingUnavailable`. Call outside a unit of work: the registry is an outside party. The
    receipt is written before the answer is handed out, and for a call that failed as well.
    """
    service = SERVICES.get(service_code)
    if service is None:
        raise NoSuchSharingService
    asked = {name: subject[name] for name in service.needs}
    facts = CallFacts(owner, principal.ref, service.code, purpose, basis, about)
    started = time.perf_counter()
    try:
        answer = await exchange().call(service.code, asked, purpose)
    except ExchangeDown as error:
        log.warning("registry_unreachable", service=service.code, error=str(error))
        async with db.single_statement():
            receipt = keep(facts, asked, None)
            passed = Passed(service.code, PLATFORM, started, receipt.id)
            count(passed, "unavailable", SharingUnavailable.code, "provider")
        raise SharingUnavailable from error
    async with db.single_statement():
        receipt = keep(facts, asked, answer)
        count(Passed(service.code, PLATFORM, started, receipt.id), "answered")
        audit.record(
            principal,
            "sharing.read",
            f"service:{service.code}",
            owner=owner,
            purpose=f"{purpose}（{service.source_name}）",
        )
    given = {name: answer.data[name] for name in service.gives if name in answer.data}
    return Shared(given, service.source_name, receipt.at, basis, receipt.id)
