"""Carrying one delivery out of the building, and noting what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from auth.people import service as people
from notify.models import Delivery, Message
from notify.providers import NotSent
from notify.rules import EDGES, SMS_FEN, sms_parts
from notify.service import vendors
from notify.service.carriers import ask_carrier, hear_receipts, send_sms
from notify.service.chain import go_on, watch

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 6  # times that nothing could leave the building, before the next channel
Result = tuple[Outcome | NotSent, str]


async def _phone(row: Delivery) -> str:
    if row.person_id is None:
        return str(row.phone)
    return (await people.person(row.person_id)).phone


async def _sms(row: Delivery) -> Result:
    return await send_sms(str(row.id), await _phone(row), row.content, _noting(row.id))


def _noting(delivery_id: UUID) -> Callable[[str], Awaitable[None]]:
    # Before a byte leaves: whom to ask when the answer is lost.
    async def note(carrier: str) -> None:
        await Delivery.filter(id=delivery_id).update(provider=carrier)

    return note


async def _by(row: Delivery) -> Result:
    if row.key_kind == "test":
        # A department's test key: the whole path, and nothing leaves the building.
        return Ok("test"), "local"
    if row.channel == "sms":
        return await _sms(row)
    return await vendors.send(row), row.channel


async def _claim(delivery_id: UUID, sources: tuple[str, ...]) -> Delivery | None:
    claimed = await db.execute(
        "UPDATE notify_delivery SET state='sent', attempts=attempts+1, moved_at=$2 "
        "WHERE id=$1 AND state = ANY($3::text[])",
        delivery_id,
        clock.now(),
        list(sources),
    )
    return await Delivery.get(id=delivery_id) if claimed else None


async def carry(delivery_id: UUID, *, again: bool) -> Outcome:
    """Send one delivery; `again` when an earlier attempt was asked about and never arrived."""
    row = await _claim(delivery_id, ("new", "sent", "unknown") if again else ("new",))
    if row is None:
        return Ok("已处理")
    if row.message_id and await Message.filter(id=row.message_id, read_at__isnull=False).exists():
        await Delivery.filter(id=row.id).update(state="delivered", detail="已读，未再发送")
        return Ok("已读")
    outcome, provider = await _by(row)
    return await settle(row, outcome, provider)


async def ask(delivery_id: UUID) -> Outcome:
    """What became of a delivery whose answer was lost; `Rejected` lets it be sent again."""
    row = await Delivery.get_or_none(id=delivery_id)
    if row is None or row.state in {"accepted", "delivered", "skipped", "failed"}:
        return Ok("已处理")
    if row.state == "new" or not row.provider or row.key_kind == "test":
        return Rejected("未曾发出")
    if row.channel != "sms":
        # Nobody can be asked there, and a second copy is worse than an open question.
        return Ok("结果未知")
    known = await ask_carrier(row.provider, str(row.id), await _phone(row))
    if isinstance(known, Ok):
        await settle(row, known, row.provider)
    return known


async def settle(row: Delivery, outcome: Outcome | NotSent, provider: str) -> Outcome:
    """Note the outcome of an attempt; a definite failure lets the next channel begin."""
    if isinstance(outcome, NotSent) and row.attempts >= MOST_ATTEMPTS:
        outcome = Rejected(outcome.detail)
    state = _state(row, outcome)
    async with db.unit_of_work():
        if not await _move(row, state, provider, outcome.detail):
            return Ok("已处理")
        if state == "failed" and not await go_on(row):
            log.warning("message_reached_nobody", delivery=str(row.id), channel=row.channel)
        if state in {"accepted", "unknown"}:
            watch(row)
    if isinstance(outcome, NotSent):
        return Unknown(outcome.detail)
    if isinstance(outcome, Unknown) and row.channel == "sms":
        return outcome
    # A failure is on record here, where the desk replays it: the outbox has done its part.
    return Ok(state)


def _state(row: Delivery, outcome: Outcome | NotSent) -> str:
    match outcome:
        case Ok():
            return "delivered" if row.key_kind == "test" else "accepted"
        case Rejected():
            return "failed"
        case NotSent():
            return "new"
        case _:
            return "unknown"


async def _move(row: Delivery, state: str, provider: str, detail: str) -> bool:
    sources = [source for source, targets in EDGES.items() if state in targets]
    accepted = state in {"accepted", "delivered"}
    cost = SMS_FEN * sms_parts(row.content) if accepted and row.channel == "sms" else 0
    return bool(
        await db.execute(
            "UPDATE notify_delivery SET state=$2, provider=$3, moved_at=$4, "
            "provider_msg_id = CASE WHEN $5 THEN $6 ELSE provider_msg_id END, "
            "detail = CASE WHEN $5 THEN '' ELSE $6 END, cost_fen = greatest(cost_fen, $7) "
            "WHERE id=$1 AND state = ANY($8::text[])",
            row.id,
            state,
            provider,
            clock.now(),
            accepted,
            detail[:80],
            0 if row.key_kind == "test" else cost,
            sources,
        )
    )


async def receipt(delivery_id: UUID, *, arrived: bool, detail: str = "") -> None:
    """A carrier's receipt: it arrived, or it did not and the next channel begins."""
    row = await Delivery.get_or_none(id=delivery_id)
    if row is None:
        return
    async with db.unit_of_work():
        state = "delivered" if arrived else "failed"
        # What arrived keeps the vendor's reference: a receipt comes again now and then.
        said = row.provider_msg_id if arrived else detail
        if await _move(row, state, row.provider, said) and not arrived:
            await go_on(row)


async def receipt_of(reference: str, arrived: bool, detail: str, channel: str = "sms") -> bool:
    """A receipt that names the vendor's own reference; it may be here before its answer is noted.

    Answers whether it is about a message of ours; one-time codes have no row.
    """
    for _ in range(3):
        row = await Delivery.filter(channel=channel, provider_msg_id=reference).first()
        if row is not None:
            await receipt(row.id, arrived=arrived, detail=detail)
            return True
        await asyncio.sleep(0.5)
    return False


hear_receipts(receipt_of)
