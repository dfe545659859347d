"""What move-car does about its own news: it joins and parts numbers."""

from app_server.kernel.events import Delivery, Ok, Outcome, Rejected, Unknown, performs
from app_server.move_car import service
from app_server.move_car.events import CallNoLongerWanted, CallWanted


async def _joined(event: CallWanted, delivery: Delivery) -> Outcome:
    del delivery
    return Ok("joined") if await service.joined(event.request_id) else Rejected("not joined yet")


@performs(CallWanted, ask=_joined)
async def join(event: CallWanted, delivery: Delivery) -> Outcome:
    """Join the two sides, once per request."""
    del delivery
    try:
        return Ok(await service.join(event.request_id))
    except OSError as error:
        return Unknown(str(error))


async def _not_known(event: CallNoLongerWanted, delivery: Delivery) -> Outcome:
    # Parting twice does no harm: simply do it again.
    del event, delivery
    return Rejected("not known")


@performs(CallNoLongerWanted, ask=_not_known)
async def part(event: CallNoLongerWanted, delivery: Delivery) -> Outcome:
    """Take the pair apart."""
    del delivery
    try:
        await service.part(event.request_id, event.bind_id)
    except OSError as error:
        return Unknown(str(error))
    return Ok("parted")
