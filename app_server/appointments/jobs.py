"""Reminders the evening before, and bookings nobody came for."""

from datetime import timedelta
from uuid import UUID

from app_server.appointments import service
from app_server.kernel import clock
from app_server.kernel.schedule import every, timed
from notify import service as notify

REMINDER = notify.Template(
    "appointments.reminder",
    "预约提醒",
    "您预约了 {at} 在{hall}办理“{item_name}”，请按时到场；不能到场请提前取消。",
)


@timed(service.REMINDER)
async def remind(payload: dict[str, object]) -> None:
    """Say when and where, unless the booking has ended meanwhile."""
    booking = await service.to_remind(UUID(str(payload["booking_id"])))
    if booking is None:
        return
    slot = booking.slot
    await notify.send(
        person_id=booking.person_id,
        template=REMINDER,
        params={
            "at": clock.local(slot.begins_at).strftime("%m月%d日 %H:%M"),
            "hall": slot.hall,
            "item_name": slot.item_name,
        },
        dedupe=f"appointments.reminder:{booking.id}",
        link="/appointments",
    )


@every("appointments.missed", timedelta(hours=6))
async def missed() -> None:
    """Close what nobody noted."""
    await service.mark_missed()
