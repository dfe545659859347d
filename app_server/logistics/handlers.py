"""What logistics does about its own news: it tells the courier, and the recipient."""

from app_server.kernel.events import Delivery, Ok, Outcome, Rejected, Unknown, handles, performs
from app_server.logistics import service
from app_server.logistics.events import ParcelDelivered, ParcelMoved, ParcelOrdered
from notify import service as notify

MOVED = {
    "picked_up": notify.Template(
        "logistics.picked_up",
        "包裹已揽收",
        "您的办理材料包裹已由快递揽收，可在“我的包裹”查看进度。",
    ),
    "out_for_delivery": notify.Template(
        "logistics.out_for_delivery", "包裹派送中", "您的办理材料包裹正在派送，请留意快递来电。"
    ),
    "returned": notify.Template(
        "logistics.returned", "包裹已退回", "您的办理材料包裹未能送达，已退回办理单位，请与其联系。"
    ),
}
DELIVERED = notify.Template(
    "logistics.delivered", "包裹已签收", "您的办理材料包裹已签收，请按物品清单核对。"
)
DIFFERENT = notify.Template(
    "logistics.delivered_different",
    "包裹清单不一致",
    "您的办理材料包裹已签收，但签收清单与交寄清单不一致，请核对物品并联系办理单位。",
)


async def _known(event: ParcelOrdered, delivery: Delivery) -> Outcome:
    del delivery
    try:
        known = await service.order_known(event.parcel_id)
    except OSError as error:
        return Unknown(str(error))
    return Ok("known") if known else Rejected("not ordered yet")


@performs(ParcelOrdered, ask=_known)
async def order(event: ParcelOrdered, delivery: Delivery) -> Outcome:
    """Order the pick-up, once per parcel."""
    del delivery
    try:
        taken = await service.place_order(event.parcel_id)
    except OSError as error:
        return Unknown(str(error))
    return Ok("ordered") if taken else Rejected("the courier refuses")


@handles(ParcelMoved)
async def tell_way(event: ParcelMoved) -> None:
    """Tell the owner where it matters; the rest stands in the tracks."""
    if template := MOVED.get(event.state):
        await _tell(event, template)


@handles(ParcelDelivered)
async def tell_receipt(event: ParcelDelivered) -> None:
    """Tell the owner, and aloud when the lists differ."""
    await _tell(event, DELIVERED if event.intact else DIFFERENT)


async def _tell(event: ParcelMoved | ParcelDelivered, template: notify.Template) -> None:
    await notify.send(
        person_id=event.person_id,
        template=template,
        params={},
        dedupe=f"{template.code}:{event.parcel_id}",
        link="/parcels",
    )
