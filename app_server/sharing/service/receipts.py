"""Receipts of calls: signed by us, without content, visible to whom they are about (R-CAS-26)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel import clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.signing_keys import public_jwk, signing_keys
from app_server.sharing.models import Call, DataService, Resource
from app_server.sharing.providers.exchange import Answer
from app_server.sharing.rules import SERVICES
from auth.people import service as people

MOST = 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """One call as it is kept; `seal` is our signature over all the rest.

    `owner` is None when the call was about nobody who had an account then.
    """

    id: UUID
    owner: UUID | None
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


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Who asks what service about whom, why, on what ground, and what the call belongs to."""

    owner: UUID | None
    actor: str
    service: str
    purpose: str
    basis: str
    about: str


def keep(facts: CallFacts, asked: dict[str, str], answer: Answer | None) -> Receipt:
    """Write the receipt in the caller's unit of work."""
    receipt = Receipt(
        id=uuid7(),
        **asdict(facts),
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
    about_whom = "" if facts.owner else subject_index(asked.get("id_number", ""))
    db.needed().add("sharing_call", row | {"subject_index": about_whom})
    return Receipt(**row)


def subject_index(id_number: str) -> str:
    """Under what a person without an account finds a call later; empty for no number."""
    return blind_index(id_number, "sharing.subject") if id_number else ""


def _digest(content: dict[str, Any]) -> str:
    return blind_index(orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode(), "sharing.call")


def _content(receipt: Receipt) -> bytes:
    told = asdict(receipt)
    del told["seal"]
    return orjson.dumps(told, default=str, option=orjson.OPT_SORT_KEYS)


def public_keys() -> list[dict[str, Any]]:
    """The public keys of receipts and of requests to departments, the newest first (RFC 7517)."""
    return [public_jwk(key) for key in signing_keys("sharing")]


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
    """The calls about a person, newest first, with those from before there was an account."""
    number = (await people.person(owner)).id_number
    rows = await db.rows(
        "SELECT * FROM sharing_call WHERE owner = $1 OR (owner IS NULL AND subject_index = $2) "
        "ORDER BY id DESC LIMIT $3",
        owner,
        subject_index(number),
        MOST,
    )
    return [_receipt(row) for row in rows]


async def a_receipt(actor: str, receipt_id: UUID) -> Receipt | None:
    """The receipt of one's own call."""
    row = await Call.get_or_none(id=receipt_id, actor=actor)
    if row is None:
        return None
    return Receipt(**{name: getattr(row, name) for name in Receipt.__dataclass_fields__})


def _receipt(row: Any) -> Receipt:
    return Receipt(**{name: row[name] for name in Receipt.__dataclass_fields__})


async def source_names(codes: set[str]) -> dict[str, str]:
    """What people call the sources of these services."""
    names = {code: SERVICES[code].source_name for code in codes if code in SERVICES}
    rest = await DataService.filter(code__in=codes - set(names))
    held = await Resource.filter(id__in=[row.resource_id for row in rest])
    by_id = {row.id: f"{row.org_name}·{row.name}" for row in held}
    return names | {row.code: by_id[row.resource_id] for row in rest}
