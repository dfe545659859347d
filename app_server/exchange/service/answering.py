"""What a department's system tells of its cases: signed, once, in order, along legal edges only.

A message that the state table refuses is answered with its error and changes nothing; its place in
the case's order stays free for the one that puts it right. The same message again is answered as
the first time.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from app_server.cases import service as cases
from app_server.exchange.errors import (
    BadSignature,
    MessageDiffers,
    MessageRefused,
    OutOfOrder,
    SystemPaused,
)
from app_server.exchange.models import Inbound, System
from app_server.exchange.rules import RowError, instant
from app_server.exchange.service import signing
from app_server.exchange.service.messages import SystemMessage
from app_server.exchange.service.systems import system_of
from app_server.kernel import clock, db
from app_server.kernel.errors import Conflict, InvalidInput, PreconditionFailed, Problem
from app_server.kernel.http.wording import field_errors
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal

KIND = "report"
# A race is no answer: the same message may be sent again.
_RACES = (Conflict, PreconditionFailed)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message."""

    message_id: str
    state: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Told:
    system: System
    id: str
    digest: str
    said: SystemMessage
    event_at: datetime = field(default_factory=clock.now)


async def take_message(client: Principal, token: str, body: bytes) -> Taken:
    """Take a system's message about a case.

    Raises `NoSuchSystem`, `SystemPaused`, `BadSignature`, `InvalidInput`, `MessageDiffers`,
    `OutOfOrder` and `MessageRefused`.
    """
    system = await system_of(client)
    facts = signing.verified(
        token,
        body,
        jwks=system.jwks,
        sender=signing.system_name(system.code),
        to=signing.our_name(),
    )
    if facts.kind != KIND:
        raise BadSignature
    if system.state != "active":
        raise SystemPaused
    told = _read(system, facts.id, body)
    if known := await _answered(told):
        return known
    try:
        return await _done(client, told)
    except (MessageDiffers, OutOfOrder):
        raise
    except Problem as error:
        if type(error) in _RACES or error.status >= 500:
            raise
        await _refused(told, error)
        raise MessageRefused(errors=_errors(error)) from error


def _read(system: System, number: str, body: bytes) -> _Told:
    try:
        said = SystemMessage.model_validate_json(body)
    except ValidationError as error:
        raise InvalidInput(errors=field_errors(error)[:20]) from error
    if lacks := said.lacks():
        raise InvalidInput(errors=lacks)
    at = instant(said.at)
    if at is None or at > clock.now():
        raise InvalidInput(errors=[{"field": "at", "message": "发生时间无效或晚于当前时间"}])
    return _Told(system, number, signing.digest_of(body), said, at)


async def _answered(told: _Told) -> Taken | None:
    row = await Inbound.get_or_none(system_id=told.system.id, message_id=told.id)
    if row is None:
        return None
    if row.digest != told.digest:
        raise MessageDiffers
    if row.outcome == "refused":
        raise MessageRefused(errors=row.errors)
    return Taken(told.id, row.state, repeated=True)


async def _done(client: Principal, told: _Told) -> Taken:
    said, system = told.said, told.system
    async with db.unit_of_work() as uow:
        # One message of a system at a time: repetitions wait here, and then find the first.
        await db.lock(f"exchange.inbound:{system.id}/{said.case_no}")
        if known := await _answered(told):
            return known
        last = await db.value(
            "SELECT max(seq) FROM exchange_inbound WHERE system_id=$1 AND case_no=$2",
            system.id,
            said.case_no,
        )
        if said.seq != (expected := (last or 0) + 1):
            raise OutOfOrder(expected=expected)
        by = Principal(
            kind="client",
            id=client.id,
            org=client.org,
            name=f"{system.name} {said.officer}",
            channel="system",
        )
        state = await cases.act_for(
            by, said.case_no, said.outside_deed(), org=system.org, items=system.items
        )
        uow.add("exchange_inbound", _row(told, "taken", seq=said.seq, state=state))
    return Taken(told.id, state, repeated=False)


def _row(told: _Told, outcome: str, **more: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "system_id": told.system.id,
        "message_id": told.id,
        "digest": told.digest,
        "case_no": told.said.case_no,
        "deed": told.said.deed,
        "outcome": outcome,
        "state": "",
        "errors": [],
        "event_at": told.event_at,
        "at": clock.now(),
        **more,
    }


async def _refused(told: _Told, error: Problem) -> None:
    async with db.unit_of_work() as uow:
        row = _row(told, "refused", errors=_errors(error))
        uow.add(
            "exchange_inbound", row, on_conflict="ON CONFLICT (system_id, message_id) DO NOTHING"
        )


def _errors(error: Problem) -> list[dict[str, Any]]:
    named = error.facts.get("errors")
    if not named:
        return [asdict(RowError(1, "deed", error.code, error.title))]
    return [asdict(RowError(1, one["field"], error.code, one["message"])) for one in named]


async def inbound(system_id: Any) -> list[Inbound]:
    """The last fifty messages of a system, newest first."""
    return await Inbound.filter(system_id=system_id).order_by("-id").limit(50)
