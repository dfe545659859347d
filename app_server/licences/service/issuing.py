"""Issuing: everything that must stand or fall with the decision, and the signature after it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, sm3
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences.errors import AlreadyHeld, ContentUnfit, HolderUnfit
from app_server.licences.events import LicenceIssued, LicenceReady
from app_server.licences.models import Licence
from app_server.licences.rules import identifier
from app_server.licences.rules.types import content_errors, holder_kind, serial
from app_server.licences.service.expiring import end_overdue_of
from app_server.licences.service.making import make_files
from app_server.licences.service.status import give_place
from app_server.licences.service.types import TypeFacts, published
from app_server.seals import service as seals


@dataclass(frozen=True, slots=True)
class Issued:
    """What the decision is told about the licence it gave."""

    id: UUID
    identifier: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a licence is to say."""

    holder_id: UUID
    holder_name: str
    holder_number: str
    issuer_code: str
    issuer_name: str
    region: str
    content: dict[str, Any]
    valid_until: date | None
    case_no: str
    # The day it was given where it is not today: what an office issued before (归集).
    issued_on: date | None = None


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

    Raises `UnknownType`, `AlreadyHeld`, `ContentUnfit`, `HolderUnfit`, and `NoUsableSeal` of the
    issuer: without a seal there is no decision.
    """
    kind = await published(type_code)
    wanted = Wanted(
        holder_id,
        holder_name,
        holder_number,
        issuer_code,
        issuer_name,
        region,
        content,
        valid_until,
        case_no,
    )
    check(kind, wanted)
    turn = await db.value("SELECT nextval('licences_serial')")
    async with db.unit_of_work():
        await end_overdue_of(holder_id, type_code)
        return await make(
            principal,
            kind,
            wanted,
            serial=serial(kind.spec.directory.number, clock.today().year, turn),
        )


def check(kind: TypeFacts, wanted: Wanted) -> None:
    """Raise `HolderUnfit` or `ContentUnfit` where the type's directory does not allow it."""
    if holder_kind(wanted.holder_number) not in kind.spec.holders:
        raise HolderUnfit
    if wrong := content_errors(kind.spec.directory.content, wanted.content):
        raise ContentUnfit(errors=wrong)


async def make(
    principal: Principal,
    kind: TypeFacts,
    wanted: Wanted,
    *,
    serial: str,
    version: int = 1,
    replaces: UUID | None = None,
) -> Issued:
    """Write one version of a licence with all that belongs to it, in the caller's unit of work."""
    spec, day = kind.spec, wanted.issued_on or clock.today()
    number = identifier(spec.code, wanted.issuer_code, serial, version)
    sealed = _sealed_content(number, spec.name, wanted, day)
    digest = sm3(sealed).hex()
    allowed = await seals.authorise(
        principal,
        wanted.issuer_code,
        digest,
        f"{spec.name} {number}",
        document_type=spec.code,
    )
    licence_id = await _add(
        identifier=number,
        type_code=spec.code,
        type_name=spec.name,
        type_version=kind.version,
        kind=spec.kind,
        trust_class=spec.trust_class,
        one_live=spec.one_per_holder,
        serial=serial,
        copy_version=version,
        replaces_id=replaces,
        holder_id=wanted.holder_id,
        holder_mark=_mark(wanted.holder_number),
        holder_name=wanted.holder_name,
        holder_number=wanted.holder_number,
        issuer_code=wanted.issuer_code,
        issuer_name=wanted.issuer_name,
        region=wanted.region,
        content=sealed.decode(),
        digest=digest,
        case_no=wanted.case_no,
        authorisation_id=allowed,
        issued_on=day,
        expires_on=wanted.valid_until,
    )
    await give_place(licence_id)
    audit.record(principal, "licences.issued", f"licence:{licence_id}", owner=wanted.holder_id)
    announce(LicenceIssued(licence_id=licence_id, holder_id=wanted.holder_id, type_name=spec.name))
    return Issued(licence_id, number)


def _mark(number: str) -> str:
    return "" if holder_kind(number) == "person" else blind_index(number, "licences.holder")


async def _add(**columns: Any) -> UUID:
    licence_id = uuid7()
    try:
        await Licence.create(id=licence_id, **columns)
    except IntegrityError as error:
        if "licences_one_live" in str(error):
            raise AlreadyHeld from error
        raise
    return licence_id


def _sealed_content(number: str, type_name: str, wanted: Wanted, day: date) -> bytes:
    """The bytes the seal goes on: canonical JSON, so that the digest is the content's own."""
    fields = {
        "identifier": number,
        "type": type_name,
        "holder": wanted.holder_name,
        "holder_number": wanted.holder_number,
        "issuer": wanted.issuer_name,
        "issued_on": day,
        "valid_until": wanted.valid_until,
        "content": wanted.content,
    }
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


async def seal_licence(licence_id: UUID) -> None:
    """Sign content and files under the authorisation and make the licence valid; twice is once.

    Call outside a unit of work. Raises `TimeStampUnavailable`, `FileUnsound`.
    """
    found = await Licence.get(id=licence_id)
    if found.state != "making":
        return
    signed = await seals.sign(found.authorisation_id, found.content.encode(), found.digest)
    await make_files(licence_id)
    async with db.unit_of_work():
        moved = await Licence.filter(id=licence_id, state="making").update(
            state="valid",
            signature=signed.signature,
            public_key=signed.public_key,
            version=found.version + 1,
        )
        if moved:
            announce(
                LicenceReady(
                    licence_id=licence_id,
                    holder_id=found.holder_id,
                    type_name=found.type_name,
                    identifier=found.identifier,
                )
            )
