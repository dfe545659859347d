"""Reading shared data for a purpose; every call leaves a receipt without its content (R-CAS-26)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.signing_keys import signing_keys
from app_server.sharing.errors import NoSuchSharingService, SharingUnavailable
from app_server.sharing.models import Call
from app_server.sharing.providers.exchange import Answer, ExchangeDown, exchange
from app_server.sharing.rules import SERVICES, STATUTORY, SharingService

log = structlog.get_logger(__name__)

MOST = 200


@dataclass(frozen=True, slots=True)
class Shared:
    """What a registry said, which one, when, on what ground, and the receipt of the call."""

    data: dict[str, Any]
    source_name: str
    as_of: datetime
    basis: str
    receipt: UUID


@dataclass(frozen=True, slots=True)
class Receipt:
    """One call as it is kept; `seal` is our signature over all the rest."""

    id: UUID
    owner: UUID
    actor: str
    service: str
    purpose: str
    basis: str
    about: str
    outcome: str
    request_digest: str
    answer_digest: str
    nonce: str
    mark: str
    at: datetime
    seal: str


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
    facts = {"owner": owner, "actor": principal.ref, "service": service.code}
    facts |= {"purpose": purpose, "basis": basis, "about": about}
    try:
        answer = await exchange().call(service.code, asked, purpose)
    except ExchangeDown as error:
        log.warning("registry_unreachable", service=service.code, error=str(error))
        async with db.single_statement():
            _keep(facts, asked, None)
        raise SharingUnavailable from error
    async with db.single_statement():
        receipt = _keep(facts, asked, answer)
        _on_record(principal, service, owner, purpose)
    given = {name: answer.data[name] for name in service.gives if name in answer.data}
    return Shared(given, service.source_name, receipt.at, basis, receipt.id)


def _on_record(principal: Principal, service: SharingService, owner: UUID, purpose: str) -> None:
    audit.record(
        principal,
        "sharing.read",
        f"service:{service.code}",
        owner=owner,
        purpose=f"{purpose}（{service.source_name}）",
    )


def _keep(facts: dict[str, Any], asked: dict[str, str], answer: Answer | None) -> Receipt:
    """Write the receipt in the caller's unit of work."""
    receipt = Receipt(
        id=uuid7(),
        **facts,
        outcome="answered" if answer else "unavailable",
        # Keyed: an ID number has too few possibilities for a bare digest to hide it.
        request_digest=_digest(asked),
        answer_digest=_digest(answer.data) if answer else "",
        nonce=answer.nonce if answer else "",
        mark=answer.mark if answer else "",
        at=clock.now(),
        seal="",
    )
    key = signing_keys("sharing")[0]
    seal = key.sign(_content(receipt), ec.ECDSA(hashes.SHA256())).hex()
    row = asdict(receipt) | {"seal": seal}
    db.needed().add("sharing_call", row)
    return Receipt(**row)


def _digest(content: dict[str, Any]) -> str:
    return blind_index(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode(), "sharing.call")


def _content(receipt: Receipt) -> bytes:
    told = asdict(receipt)
    del told["seal"]
    return orjson.dumps(told, default=str, option=orjson.OPT_SORT_KEYS)


def is_genuine(receipt: Receipt) -> bool:
    """Whether a receipt still is what was written."""
    for key in signing_keys("sharing"):
        try:
            key.public_key().verify(
                bytes.fromhex(receipt.seal), _content(receipt), ec.ECDSA(hashes.SHA256())
            )
        except (InvalidSignature, ValueError):
            continue
        return True
    return False


async def calls_of(owner: UUID) -> list[Receipt]:
    """The calls about a person, newest first."""
    rows = await Call.filter(owner=owner).order_by("-id").limit(MOST)
    names = list(Receipt.__dataclass_fields__)
    return [Receipt(**{name: getattr(row, name) for name in names}) for row in rows]
