"""The chain of channels of one message: planned at once, tried one after the other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from app_server.kernel import clock, db, schedule
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from notify.events import DeliveryReady
from notify.models import Delivery, Message, PushDevice
from notify.rules import OUTSIDE, not_before
from notify.rules.wording import Variant, filled
from notify.service.preferences import preference, quiet_of

RELEASE = "notify.release"
DEADLINE = "notify.deadline"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a message by channel, and how it is to go out."""

    variants: dict[str, Variant]
    params: dict[str, str]
    urgent: bool
    deadline_s: int


async def plan(message: Message, wanted: Wanted) -> None:
    """Write the deliveries of a message in the order of channels, and let the first one go."""
    content = {
        name: filled(variant, wanted.params)
        for name, variant in wanted.variants.items()
        if name in OUTSIDE
    }
    if await PushDevice.filter(person_id=message.person_id).exists():
        content["push"] = {"title": message.title, "link": message.link}
    if not content:
        return
    kept = await preference(message.person_id)
    now = clock.now()
    at = not_before(now, quiet_of(kept), urgent=wanted.urgent)
    steps = [channel for channel in OUTSIDE if channel in content and channel not in kept.off]
    rows = [
        Delivery(
            id=uuid7(),
            message_id=message.id,
            person_id=message.person_id,
            channel=channel,
            rank=rank,
            content=_text(content[channel]),
            template=message.template,
            template_version=message.template_version,
            dedupe=f"{message.dedupe}:{channel}",
            urgent=wanted.urgent,
            deadline_s=wanted.deadline_s,
            created_at=now,
            not_before=at,
            moved_at=now,
        )
        for rank, channel in enumerate(steps)
    ]
    await Delivery.bulk_create(rows)
    if rows:
        release(rows[0], now)


def _text(variant: Variant) -> str:
    return variant if isinstance(variant, str) else orjson.dumps(variant).decode()


def release(row: Delivery, now: datetime) -> None:
    """Let a delivery go now, or when its hour comes; in the current unit of work."""
    if row.not_before > now:
        schedule.later(RELEASE, f"notify:{row.id}", row.not_before, delivery_id=str(row.id))
    else:
        announce(DeliveryReady(delivery_id=row.id))


async def released(delivery_id: UUID) -> None:
    """The hour of a held delivery has come."""
    if await Delivery.filter(id=delivery_id, state="new").exists():
        announce(DeliveryReady(delivery_id=delivery_id))


def watch(row: Delivery) -> None:
    """Where the template says so: try the next channel when no proof of arrival comes in time."""
    if row.deadline_s and row.message_id:
        at = clock.now() + timedelta(seconds=row.deadline_s)
        schedule.later(DEADLINE, f"notify:{row.id}", at, delivery_id=str(row.id))


async def overdue(delivery_id: UUID) -> None:
    """The deadline of a delivery passed: unless it arrived or was read, go on."""
    row = await Delivery.get_or_none(id=delivery_id)
    if row is not None and row.state in {"sent", "accepted", "unknown"}:
        await go_on(row)


async def go_on(row: Delivery) -> bool:
    """Let the next channel of the same message have its turn; False when there is none.

    Nobody who has read the message is told again.
    """
    if row.message_id is None:
        return False
    await db.lock(f"notify.chain:{row.message_id}")
    if await Message.filter(id=row.message_id, read_at__isnull=False).exists():
        return True
    following = (
        await Delivery.filter(message_id=row.message_id, rank__gt=row.rank, state="new")
        .order_by("rank")
        .first()
    )
    # Two reasons at once (a deadline and a failure) must not start two channels.
    further = Delivery.filter(message_id=row.message_id, rank__gt=row.rank)
    if following is None or await further.exclude(state__in=("new", "failed", "skipped")).exists():
        return following is not None
    now = clock.now()
    quiet = quiet_of(await preference(row.person_id)) if row.person_id else None
    if quiet is not None:
        following.not_before = not_before(now, quiet, urgent=following.urgent)
    await following.save(update_fields=["not_before"])
    release(following, now)
    return True
