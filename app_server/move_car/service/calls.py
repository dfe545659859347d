"""Anonymous calls: a pair of numbers bound, parted, and what is kept of a call."""

from collections.abc import Mapping
from uuid import UUID

import orjson
import structlog

from app_server.kernel import clock, db
from app_server.kernel.errors import BadRequest
from app_server.kernel.ids import uuid7
from app_server.move_car.errors import BadCallReport
from app_server.move_car.models import CallRecord, Request
from app_server.move_car.providers.platforms import platform
from app_server.move_car.providers.privacy_number import (
    Binding,
    BindingRefused,
    CallReport,
    PoolExhausted,
    PrivacyNumberSettings,
    is_signed,
)
from app_server.move_car.rules import CALL_LIFE, MAX_CALLS, NUMBERS_KEPT, RECORDS_KEPT
from auth.people import service as people

log = structlog.get_logger(__name__)


async def join(request_id: UUID) -> str:
    """Join caller and owner by a number of neither; answers what came of it.

    Raises `PlatformDown`. Outside a unit of work. The same pair again is the same binding at the
    platform, so that a lost answer is repeated without harm. Where no number is to be had the
    request goes to the next step of its ladder.
    """
    row = await Request.get(id=request_id)
    if row.state != "waiting" or row.bind_id or row.caller_phone is None:
        return "not wanted"
    owner = await people.person(row.owner_id)
    if owner.phone == row.caller_phone:
        return await _go_without(row.id, "same number")
    until = clock.now() + CALL_LIFE
    try:
        binding = await platform().bind(row.caller_phone, owner.phone, CALL_LIFE, str(row.id))
    except PoolExhausted:
        return await _go_without(row.id, "pool exhausted")
    except BindingRefused as error:
        return await _go_without(row.id, str(error))
    taken = await Request.filter(id=row.id, state="waiting", bind_id="").update(
        call_number=binding.number, bind_id=binding.bind_id, call_until=until
    )
    if not taken:
        # Answered meanwhile: nobody will ask for this pair to be parted.
        await platform().unbind(binding)
    return "joined"


async def _go_without(request_id: UUID, why: str) -> str:
    # The step stays `call`: the page then says that the lines are busy.
    await Request.filter(id=request_id, state="waiting").update(state="handed_over")
    log.warning("no_privacy_number", why=why)
    return why


async def joined(request_id: UUID) -> bool:
    """Whether a pair is bound for this request already."""
    return bool((await Request.get(id=request_id)).bind_id)


async def part(request_id: UUID, bind_id: str) -> None:
    """Take a pair apart; raises `PlatformDown`. Outside a unit of work."""
    row = await Request.get(id=request_id)
    await platform().unbind(Binding(row.call_number or "", bind_id))
    await Request.filter(id=request_id, bind_id=bind_id).update(call_until=clock.now())


async def take_report(headers: Mapping[str, str], body: bytes) -> None:
    """Keep the calls of a signed report, each once, without numbers.

    Raises `BadCallReport`, `BadRequest`. A report may come before the answer to the binding; one
    about no request of ours is passed over.
    """
    if not is_signed(PrivacyNumberSettings(), body.decode(errors="replace"), headers):
        raise BadCallReport
    try:
        calls = platform().reports(orjson.loads(body))
    except (ValueError, RecursionError) as error:
        raise BadRequest from error
    if len(calls) > MAX_CALLS:
        raise BadRequest
    async with db.unit_of_work():
        for call in calls:
            await _keep(call)


async def _keep(call: CallReport) -> None:
    try:
        request_id = UUID(call.reference)
    except ValueError:
        return
    if not call.call_id or not await Request.filter(id=request_id).exists():
        return
    await db.execute(
        "INSERT INTO move_car_call_record (id, request_id, call_id, started_at, seconds, "
        "created_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING",
        uuid7(),
        request_id,
        call.call_id[:80],
        call.started_at,
        call.seconds,
        clock.now(),
    )


async def forget() -> None:
    """Forget numbers after thirty days, and all of it after half a year."""
    now = clock.now()
    await Request.filter(created_at__lt=now - NUMBERS_KEPT).update(
        caller_phone=None, call_number=None
    )
    await CallRecord.filter(created_at__lt=now - RECORDS_KEPT).delete()
    await Request.filter(created_at__lt=now - RECORDS_KEPT).delete()
