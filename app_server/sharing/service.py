"""Reading shared data for a purpose, and the population registry for identity."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from app_server.sharing.errors import NoSuchSharingService, SharingUnavailable
from app_server.sharing.providers.exchange import ExchangeDown, exchange
from app_server.sharing.rules import SERVICES

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Shared:
    """What a registry said, which one, and when."""

    data: dict[str, Any]
    source_name: str
    as_of: datetime


async def read(
    principal: Principal,
    service_code: str,
    subject: dict[str, str],
    *,
    owner: UUID,
    purpose: str,
) -> Shared:
    """Ask a registry about a person, and record who asked and why.

    Raises `NoSuchSharingService`, `SharingUnavailable`. Call outside a unit of work: the registry
    is an outside party. The record is written before the answer is handed out.
    """
    service = SERVICES.get(service_code)
    if service is None:
        raise NoSuchSharingService
    try:
        answer = await exchange().ask(
            service.code, {name: subject[name] for name in service.needs}, purpose
        )
    except ExchangeDown as error:
        log.warning("registry_unreachable", service=service.code, error=str(error))
        raise SharingUnavailable from error
    async with db.single_statement():
        audit.record(
            principal,
            "sharing.read",
            f"service:{service.code}",
            owner=owner,
            purpose=f"{purpose}（{service.source_name}）",
        )
    given = {name: answer[name] for name in service.gives if name in answer}
    return Shared(given, service.source_name, clock.now())


class PopulationChecks:
    """Identity's port: the four fields and the photo of the ID card; `OSError` when away."""

    async def four_fields_match(
        self, *, id_number: str, name: str, ethnic_group: str, sex: str
    ) -> bool:
        """Whether all four fields stand together (R-ID-05)."""
        subject = {
            "id_number": id_number,
            "name": name,
            "ethnic_group": ethnic_group,
            "sex": sex,
        }
        answer = await exchange().ask("population.four_fields", subject, "实名核验")
        return answer.get("matched") is True

    async def portrait(self, *, id_number: str, name: str) -> bytes | None:
        """The photo of the ID card as JPEG (R-ID-09)."""
        answer = await exchange().ask(
            "population.portrait", {"id_number": id_number, "name": name}, "人脸核验"
        )
        jpeg = answer.get("jpeg")
        return base64.b64decode(jpeg) if jpeg else None
