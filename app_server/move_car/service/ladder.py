"""The ladder: message, SMS, anonymous call, hand-over; each step once, none after an answer."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from app_server.kernel import clock, schedule
from app_server.kernel.crypto import blind_index
from app_server.kernel.outbox import announce
from app_server.kernel.settings import load
from app_server.move_car.events import CallWanted
from app_server.move_car.models import Request
from app_server.move_car.rules import REASONS, STEPS, WAITS
from auth.people import service as people
from notify import service as notify

STEP = "move_car.step"
ASKED = notify.Template(
    "move_car.asked",
    "有人请您挪车",
    "有人扫描您的挪车码请您挪车（{reason}），请尽快答复。对方看不到您的号码。",
    urgent=True,
)
SMS = "有人请您挪车（{reason}），请点击 {link} 答复。对方看不到您的号码。"


async def begin(row: Request) -> None:
    """Tell the owner in the app, and set the next step; in the caller's unit of work."""
    await notify.send(
        person_id=row.owner_id,
        template=ASKED,
        params={"reason": REASONS[row.reason]},
        dedupe=f"move_car.asked:{row.id}",
        link="/move-car/requests",
    )
    _set_next(row.id, "message", row.created_at)


def _set_next(request_id: UUID, step: str, since: datetime) -> None:
    following = STEPS[STEPS.index(step) + 1]
    schedule.later(
        STEP,
        f"move_car:{request_id}",
        since + WAITS[following],
        request_id=str(request_id),
        step=following,
    )


async def climb(request_id: UUID, step: str) -> None:
    """Take a step when its time has come, unless the owner answered; in the job's unit of work."""
    before = STEPS[STEPS.index(step) - 1]
    over = {"state": "handed_over"} if step == "handed_over" else {}
    taken = await Request.filter(id=request_id, state="waiting", step=before).update(
        step=step, **over
    )
    if not taken:
        return
    row = await Request.get(id=request_id)
    if step == "sms":
        await _send_sms(row)
    elif step == "call":
        announce(CallWanted(request_id=row.id))
    if step != "handed_over":
        _set_next(row.id, step, row.created_at)


async def _send_sms(row: Request) -> None:
    # Made here and kept as an index only: the link is in the message and nowhere else.
    key = secrets.token_urlsafe(24)
    await Request.filter(id=row.id).update(answer_key=blind_index(key, "move_car.key"))
    owner = await people.person(row.owner_id)
    link = f"{load().origin('public')}/move/answer/{key}"
    await notify.send_to_phone(
        owner.phone,
        SMS.format(reason=REASONS[row.reason], link=link),
        "move_car.asked_by_sms",
        f"move_car.sms:{row.id}",
    )


STALE = timedelta(hours=2)


async def end_stale() -> None:
    """Close what nobody closed, so that a caller may ask again."""
    await Request.filter(
        state__in=("waiting", "answered"), created_at__lt=clock.now() - STALE
    ).update(state="ended")
