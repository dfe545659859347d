"""Issuing: everything that must stand or fall with the decision, and the signature after it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import sm3
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences.errors import AlreadyHeld, UnknownType
from app_server.licences.events import LicenceIssued, LicenceReady
from app_server.licences.models import Licence
from app_server.licences.rules import TYPES, identifier
from app_server.seals import service as seals


@dataclass(frozen=True, slots=True)
class Issued:
    """What the decision is told about the licence it gave."""

    id: UUID
    identifier: str


async def issue(
    principal: Principal,
    *,
    type_code: str,
    holder_id: UUID,
    holder_name: str,
    holder_number: str,
    issuer_code: str,
    issuer_name: str,
    region: str,
    content: dict[str, Any],
    valid_until: date | None,
    case_no: str,
) -> Issued:
    """Issue a licence in the decision's unit of work.

    Raises `UnknownType`, `AlreadyHeld`, and `NoUsableSeal` of the issuer: without a seal there
    is no decision.
    """
    kind = TYPES.get(type_code)
    if kind is None:
        raise UnknownType
    today = clock.today()
    turn = await db.value("SELECT nextval('licences_serial')")
    number = identifier(type_code, issuer_code, f"{today.year}{turn:09d}")
    sealed = _sealed_content(
        identifier=number,
        type=kind.name,
        holder=holder_name,
        holder_number=holder_number,
        issuer=issuer_name,
        issued_on=today,
        valid_until=valid_until,
        content=content,
    )
    digest = sm3(sealed).hex()
    async with db.unit_of_work():
        allowed = await seals.authorise(principal, issuer_code, digest, f"{kind.name} {number}")
        licence_id = await _add(
            identifier=number,
            type_code=type_code,
            holder_id=holder_id,
            holder_name=holder_name,
            holder_number=holder_number,
            issuer_code=issuer_code,
            issuer_name=issuer_name,
            region=region,
            content=sealed.decode(),
            digest=digest,
            case_no=case_no,
            authorisation_id=allowed,
            issued_on=today,
            expires_on=valid_until,
        )
        audit.record(principal, "licences.issued", f"licence:{licence_id}", owner=holder_id)
        announce(LicenceIssued(licence_id=licence_id, holder_id=holder_id, type_name=kind.name))
    return Issued(licence_id, number)


async def _add(**columns: Any) -> UUID:
    licence_id = uuid7()
    try:
        await Licence.create(id=licence_id, **columns)
    except IntegrityError as error:
        raise AlreadyHeld from error
    return licence_id


def _sealed_content(**fields: Any) -> bytes:
    """The bytes the seal goes on: canonical JSON, so that the digest is the content's own."""
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


async def seal_licence(licence_id: UUID) -> None:
    """Sign the content under its authorisation and make the licence valid; twice is once."""
    found = await Licence.get(id=licence_id)
    if found.state != "making":
        return
    signed = await seals.sign(found.authorisation_id, found.content.encode(), found.digest)
    async with db.unit_of_work():
        moved = await Licence.filter(id=licence_id, state="making").update(
            state="valid", signature=signed.signature, public_key=signed.public_key
        )
        if moved:
            announce(
                LicenceReady(
                    licence_id=licence_id,
                    holder_id=found.holder_id,
                    type_name=TYPES[found.type_code].name,
                    identifier=found.identifier,
                )
            )
