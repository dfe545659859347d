"""What a stranger asks for and what an owner answers (R-MOV-01, R-MOV-02)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.move_car.errors import (
    Blocked,
    NoSuchRequest,
    RequestOver,
    TooManyRequestsHere,
)
from app_server.move_car.events import CallNoLongerWanted
from app_server.move_car.models import Block, Code, Request
from app_server.move_car.rules import (
    CALLER_A_DAY,
    CALLER_AN_HOUR,
    DAY,
    HOUR,
    OPEN,
    PLATE_AN_HOUR,
    tail_of,
)
from app_server.move_car.service.codes import TOKEN_BYTES, by_token
from app_server.move_car.service.ladder import begin
from auth.people import service as people

PURPOSE = "move"
MOST = 50


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A request as either side sees it: no number but the one that is neither's."""

    id: UUID
    state: str
    step: str
    reason: str
    answer: str
    created_at: datetime
    call_number: str | None
    call_until: datetime | None


def _facts(row: Request) -> RequestFacts:
    callable_now = (
        row.state == "waiting" and row.call_until is not None and row.call_until > clock.now()
    )
    return RequestFacts(
        row.id,
        row.state,
        row.step,
        row.reason,
        row.answer,
        row.created_at,
        row.call_number if callable_now else None,
        row.call_until if callable_now else None,
    )


async def look(token: str) -> str:
    """What the page behind a sticker shows of the plate; raises `NoSuchCode`."""
    return tail_of((await by_token(token)).plate)


async def send_caller_code(token: str, phone: str) -> int:
    """Send the caller a one-time code; answers its life in seconds.

    Raises `NoSuchCode`, `CodeTooSoon`.
    """
    await by_token(token)
    return int((await people.send_code(phone, PURPOSE)).total_seconds())


async def ask(token: str, phone: str, one_time_code: str, reason: str) -> tuple[RequestFacts, str]:
    """Ask the owner to move the car; answers the request and the key of the caller's page.

    Raises `NoSuchCode`, `CodeRefused`, `CodeTriesSpent`, `Blocked`, `TooManyRequestsHere`. Who
    asks again while a request stands gets the same one, with a fresh key.
    """
    code = await by_token(token)
    code_id = await people.check_code(phone, PURPOSE, one_time_code)
    caller, key = blind_index(phone, "move_car.caller"), secrets.token_urlsafe(TOKEN_BYTES)
    async with db.unit_of_work():
        # The caller first, then the plate: everybody waits in the same order.
        await db.lock(f"move_car.caller:{caller}")
        await db.lock(f"move_car.plate:{code.plate_index}")
        if await Block.filter(plate_index=code.plate_index, caller_index=caller).exists():
            raise Blocked
        await by_token(token)  # stopped or replaced while the code was typed
        await people.consume_code(code_id)
        standing = await Request.filter(
            code_id=code.id, caller_index=caller, state__in=OPEN
        ).first()
        if standing is not None:
            await Request.filter(id=standing.id).update(caller_key=_indexed(key))
            return _facts(standing), key
        await _within_limits(caller, code.plate_index)
        row = await _add(code, phone, caller, key, reason)
        await begin(row)
    return _facts(row), key


async def _add(code: Code, phone: str, caller: str, key: str, reason: str) -> Request:
    return await Request.create(
        id=uuid7(),
        code_id=code.id,
        owner_id=code.owner_id,
        plate_index=code.plate_index,
        caller_index=caller,
        caller_phone=phone,
        caller_key=_indexed(key),
        reason=reason,
        region=code.region,
        created_at=clock.now(),
    )


def _indexed(key: str) -> str:
    return blind_index(key, "move_car.key")


async def _within_limits(caller: str, plate: str) -> None:
    # Counted in the database, under the locks: no cache that is away can open them.
    now = clock.now()
    of_caller = Request.filter(caller_index=caller)
    for rows, since, most in (
        (of_caller, HOUR, CALLER_AN_HOUR),
        (of_caller, DAY, CALLER_A_DAY),
        (Request.filter(plate_index=plate), HOUR, PLATE_AN_HOUR),
    ):
        if await rows.filter(created_at__gt=now - since).count() >= most:
            raise TooManyRequestsHere(retry_after_s=int(since.total_seconds()))


async def of_caller(key: str) -> RequestFacts:
    """The request as its caller sees it; raises `NoSuchRequest`."""
    return _facts(await _by(caller_key=_indexed(key)))


async def of_link(key: str) -> RequestFacts:
    """The request behind the link of a message; raises `NoSuchRequest`."""
    return _facts(await _by(answer_key=_indexed(key)))


async def requests_of(principal: Principal) -> list[RequestFacts]:
    """What strangers asked of me, newest first."""
    rows = await Request.filter(owner_id=principal.subject).order_by("-id").limit(MOST)
    return [_facts(row) for row in rows]


async def _by(**keys: Any) -> Request:
    row = await Request.get_or_none(**keys)
    if row is None:
        raise NoSuchRequest
    return row


async def answer(principal: Principal, request_id: UUID, told: str) -> RequestFacts:
    """The owner's answer; raises `NoSuchRequest`, `RequestOver`."""
    return await _answer(await _by(id=request_id, owner_id=principal.subject), told)


async def answer_by_link(key: str, told: str) -> RequestFacts:
    """The owner's answer by the link of a message; raises `NoSuchRequest`, `RequestOver`."""
    return await _answer(await _by(answer_key=_indexed(key)), told)


async def _answer(row: Request, told: str) -> RequestFacts:
    state = "handed_over" if told == "cannot" else "answered"
    now = clock.now()
    async with db.unit_of_work():
        taken = await Request.filter(
            id=row.id, answer="", state__in=("waiting", "handed_over")
        ).update(state=state, answer=told, answered_at=now)
        if not taken:
            raise RequestOver
        await _part(row.id)
    return _facts(await Request.get(id=row.id))


async def _part(request_id: UUID) -> None:
    """Have the pair of numbers taken apart, if one stands."""
    row = await Request.get(id=request_id)
    if row.bind_id:
        announce(CallNoLongerWanted(request_id=row.id, bind_id=row.bind_id))


async def moved(key: str) -> RequestFacts:
    """The caller says that the car is gone; raises `NoSuchRequest`, `RequestOver`."""
    row = await _by(caller_key=_indexed(key))
    async with db.unit_of_work():
        taken = await Request.filter(id=row.id, state__in=(*OPEN, "handed_over")).update(
            state="moved", moved_at=clock.now()
        )
        if not taken:
            raise RequestOver
        await _part(row.id)
    return _facts(await Request.get(id=row.id))


async def report_abuse(principal: Principal, request_id: UUID) -> None:
    """End a request and keep this caller from my car; raises `NoSuchRequest`."""
    row = await _by(id=request_id, owner_id=principal.subject)
    async with db.unit_of_work():
        await db.execute(
            "INSERT INTO move_car_block (id, plate_index, caller_index, request_id, created_at) "
            "VALUES ($1,$2,$3,$4,$5) ON CONFLICT DO NOTHING",
            uuid7(),
            row.plate_index,
            row.caller_index,
            row.id,
            clock.now(),
        )
        await Request.filter(id=row.id).exclude(state="moved").update(state="ended")
        await _part(row.id)
        audit.record(
            principal, "move_car.abuse_reported", f"move_request:{row.id}", owner=row.owner_id
        )
