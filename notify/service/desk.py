"""The operators' desk: what went out, what did not, and once more by hand."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, clock, db, outbox
from app_server.kernel.principal import Principal
from notify.errors import NoSuchDelivery, NotParked
from notify.events import DeliveryReady
from notify.models import Delivery

PAGE = 50
HANDLER = "notify.carry"
_PARKED = (
    "SELECT id FROM kernel_delivery WHERE handler=$1 AND aggregate=$2 AND state='parked' LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What the desk looks for; an empty text is everything."""

    state: str = ""
    channel: str = ""
    provider: str = ""
    template: str = ""


async def deliveries(looked: Looked, before: UUID | None = None) -> list[Delivery]:
    """Deliveries, newest first; `parked` are those that wait for a hand."""
    query = Delivery.all()
    if looked.state == "parked":
        held = await db.rows(
            "SELECT DISTINCT split_part(aggregate, ':', 2) AS id FROM kernel_delivery "
            "WHERE handler=$1 AND state='parked' LIMIT 1000",
            HANDLER,
        )
        query = query.filter(id__in=[UUID(row["id"]) for row in held])
    elif looked.state:
        query = query.filter(state=looked.state)
    for name in ("channel", "provider", "template"):
        if wanted := getattr(looked, name):
            query = query.filter(**{name: wanted})
    if before is not None:
        query = query.filter(id__lt=before)
    return await query.order_by("-id").limit(PAGE)


async def counts() -> dict[str, int]:
    """How many deliveries are in each state."""
    found = await db.rows("SELECT state, count(*) AS n FROM notify_delivery GROUP BY state")
    return {row["state"]: row["n"] for row in found}


async def replay(by: Principal, delivery_id: UUID) -> None:
    """Try a delivery again that failed for good or is parked.

    Raises `NoSuchDelivery`; `NotParked` also where another channel has told the person since.
    """
    async with db.unit_of_work():
        row = await Delivery.get_or_none(id=delivery_id)
        if row is None:
            raise NoSuchDelivery
        if row.message_id is not None:
            await db.lock(f"notify.chain:{row.message_id}")
            further = Delivery.filter(message_id=row.message_id, rank__gt=row.rank)
            if await further.exclude(state__in=("new", "failed", "skipped")).exists():
                raise NotParked
        moved = await db.execute(
            "UPDATE notify_delivery SET state='new', attempts=0, detail='', moved_at=$2 "
            "WHERE id=$1 AND state='failed'",
            delivery_id,
            clock.now(),
        )
        parked = await db.value(_PARKED, HANDLER, f"notify:{delivery_id}")
        if parked is not None:
            await outbox.replay(str(parked))
        elif moved:
            outbox.announce(DeliveryReady(delivery_id=delivery_id))
        else:
            raise NotParked
        audit.record(
            by,
            "notify.delivery_replayed",
            f"delivery:{delivery_id}",
            owner=row.person_id,
            purpose="消息重发",
        )


async def replay_many(by: Principal, delivery_ids: list[UUID]) -> dict[UUID, str]:
    """Try several again; the code of the refusal for those that are not."""
    refused = {}
    for delivery_id in delivery_ids:
        try:
            await replay(by, delivery_id)
        except (NoSuchDelivery, NotParked) as problem:
            refused[delivery_id] = problem.code
    return refused
