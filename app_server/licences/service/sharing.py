"""Sharing with the holder's word: a verifier asks, the holder answers, the fields are read once.

The question names the fields and the purpose; what is read is those fields and nothing else, and
the holder keeps the list of who asked, what they saw and why (R-LIC-12).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import InvalidInput
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences.errors import (
    NoSuchLicence,
    NoSuchRequest,
    NotShowable,
    RequestSettled,
)
from app_server.licences.events import LicenceFieldsAsked
from app_server.licences.models import FieldRequest, Licence
from app_server.licences.rules import holds
from app_server.licences.rules.showing import ANSWER_LIFE, READ_LIFE, request_state, sources
from app_server.licences.service.checking import examined
from app_server.licences.service.credentials import facts_for_showing
from app_server.licences.service.showing import verify
from app_server.licences.service.using import used


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """One request as both sides see it."""

    id: UUID
    licence_id: UUID
    asker_name: str
    fields: tuple[str, ...]
    purpose: str
    state: str
    asked_at: datetime
    expires_at: datetime
    read_at: datetime | None


def _facts(row: FieldRequest) -> RequestFacts:
    return RequestFacts(
        row.id,
        row.licence_id,
        row.asker_name,
        tuple(row.fields_asked),
        row.purpose,
        request_state(row.state, row.expires_at, clock.now()),
        row.asked_at,
        row.expires_at,
        row.read_at,
    )


async def ask_fields(
    asker: Principal, identifier: str, fields: list[str], purpose: str
) -> RequestFacts:
    """Ask the holder for some fields of a valid licence.

    Raises `NoSuchLicence`, `NotShowable`, `InvalidInput` for a field it does not have, and
    `RequestSettled` while an earlier question of the same asker waits.
    """
    row = await Licence.get_or_none(identifier=identifier) if holds(identifier) else None
    if row is None:
        raise NoSuchLicence
    if not (await examined(row)).valid:
        raise NotShowable
    wanted = list(dict.fromkeys(fields))
    if unknown := set(wanted) - facts_for_showing(row).keys():
        raise InvalidInput(
            errors=[{"field": f"fields.{name}", "message": "证照没有该字段"} for name in unknown]
        )
    async with db.unit_of_work():
        request_id = await _asked(asker, row, wanted, purpose)
        announce(
            LicenceFieldsAsked(
                request_id=request_id,
                holder_id=row.holder_id,
                type_name=row.type_name,
                asked_by=_name_of(asker),
                purpose=purpose,
            )
        )
        audit.record(
            asker,
            "licences.fields_asked",
            f"licence:{row.id}",
            owner=row.holder_id,
            purpose=purpose,
            fields=wanted,
        )
    return _facts(await FieldRequest.get(id=request_id))


async def ask_scanned(
    asker: Principal, token: str, fields: list[str], purpose: str
) -> RequestFacts:
    """Ask whoever shows a licence just now: the one-time code names it and is used up.

    Raises as `ask_fields`, and `NotShowable` for a code that is over.
    """
    told = await verify(asker, token)
    if not told.valid or told.licence is None:
        raise NotShowable(reason=told.reason)
    return await ask_fields(asker, told.licence.identifier, fields, purpose)


async def _asked(asker: Principal, row: Licence, wanted: list[str], purpose: str) -> UUID:
    now, request_id = clock.now(), uuid7()
    await db.lock(f"licences.ask:{row.id}:{asker.ref}")
    # A question nobody answered in time makes room for the next one.
    await FieldRequest.filter(
        licence_id=row.id, asker=asker.ref, state="asked", expires_at__lte=now
    ).update(state="lapsed", settled_at=now)
    if await FieldRequest.filter(licence_id=row.id, asker=asker.ref, state="asked").exists():
        raise RequestSettled("同一证照已有待确认的申请")
    await FieldRequest.create(
        id=request_id,
        licence_id=row.id,
        holder_id=row.holder_id,
        asker=asker.ref,
        asker_name=_name_of(asker),
        fields_asked=wanted,
        purpose=purpose,
        asked_at=now,
        expires_at=now + ANSWER_LIFE,
    )
    return request_id


def _name_of(asker: Principal) -> str:
    place = regions.full_name(asker.region) if asker.region else ""
    return f"{place}{asker.name}"[:160]


async def requests_of(holder_id: UUID, *, limit: int = 100) -> list[RequestFacts]:
    """Who asked for what of a holder and why, and whether they saw it; newest first."""
    rows = await FieldRequest.filter(holder_id=holder_id).order_by("-id").limit(limit)
    return [_facts(row) for row in rows]


async def answer_request(holder: Principal, request_id: UUID, *, agreed: bool) -> RequestFacts:
    """Say yes or no; raises `NoSuchRequest`, `RequestSettled`."""
    now = clock.now()
    to = "agreed" if agreed else "refused"
    changes = {"settled_at": now} | ({"expires_at": now + READ_LIFE} if agreed else {})
    return await _settle(holder, request_id, to, changes)


async def withdraw_request(holder: Principal, request_id: UUID) -> RequestFacts:
    """Take a yes back before it was used; raises `NoSuchRequest`, `RequestSettled`."""
    return await _settle(holder, request_id, "withdrawn", {"settled_at": clock.now()})


async def _settle(
    holder: Principal, request_id: UUID, to: str, changes: dict[str, Any]
) -> RequestFacts:
    found = await FieldRequest.get_or_none(id=request_id, holder_id=holder.subject)
    if found is None:
        raise NoSuchRequest
    async with db.unit_of_work():
        moved = await FieldRequest.filter(
            id=request_id, state__in=sources(to), expires_at__gt=clock.now()
        ).update(state=to, **changes)
        if not moved:
            raise RequestSettled
        audit.record(
            holder,
            f"licences.request_{to}",
            f"licence:{found.licence_id}",
            owner=holder.subject,
            purpose=found.purpose,
        )
    return _facts(await FieldRequest.get(id=request_id))


async def my_request(asker: Principal, request_id: UUID) -> RequestFacts:
    """How a request of mine stands; raises `NoSuchRequest`."""
    row = await FieldRequest.get_or_none(id=request_id, asker=asker.ref)
    if row is None:
        raise NoSuchRequest
    return _facts(row)


async def read_fields(asker: Principal, request_id: UUID) -> dict[str, Any]:
    """The fields the holder agreed to, once: of N at the same time one gets them.

    Raises `NoSuchRequest`, `RequestSettled`, and `NotShowable` when the licence ended meanwhile.
    """
    request = await my_request(asker, request_id)
    row = await Licence.get(id=request.licence_id)
    if not (await examined(row)).valid:
        raise NotShowable
    now = clock.now()
    async with db.unit_of_work():
        taken = await FieldRequest.filter(
            id=request_id, state__in=sources("read"), expires_at__gt=now
        ).update(state="read", read_at=now)
        if not taken:
            raise RequestSettled
        used(asker, row, "shared", request.purpose)
    facts = facts_for_showing(row)
    return {name: facts[name] for name in request.fields}
