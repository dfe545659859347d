"""What logistics does about its own news: it tells the carrier, and the person."""

from datetime import date

from app_server.kernel.events import Delivery, Outcome, handles, performs
from app_server.logistics import service
from app_server.logistics.events import (
    BillDue,
    CancelDue,
    ParcelDelivered,
    ParcelMoved,
    ParcelOrdered,
    ParcelReceived,
    RoutesDue,
    StrayOrder,
)
from notify import service as notify
from payments.events import BillPaid

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
    "rebook": notify.Template(
        "logistics.rebook",
        "请重新预约揽收",
        "您预约的揽收时段已无法安排，请在“我的包裹”重新选择时段。",
    ),
    "refused": notify.Template(
        "logistics.refused", "包裹未能寄出", "快递公司未能接收您的包裹，办理单位将与您联系。"
    ),
    "cancelled": notify.Template("logistics.cancelled", "揽收已取消", "您的揽收预约已取消。"),
}
OUTWARD_ONLY = frozenset({"out_for_delivery", "returned"})
RETURNED_TO_YOU = notify.Template(
    "logistics.returned_to_you", "材料已退回", "您寄出的申请材料未能送达办理单位，将退回给您。"
)
DELIVERED = notify.Template(
    "logistics.delivered", "包裹已签收", "您的办理材料包裹已签收，请按物品清单核对。"
)
ARRIVED = notify.Template(
    "logistics.arrived", "材料已送达", "您寄出的申请材料已送达办理单位，窗口核收后将告知您。"
)
DIFFERENT = notify.Template(
    "logistics.delivered_different",
    "包裹清单不一致",
    "您的办理材料包裹已签收，但签收清单与交寄清单不一致，请核对物品并联系办理单位。",
)
RECEIVED = notify.Template(
    "logistics.received", "材料已核收", "办理单位已按清单核收您寄出的申请材料，清单一致。"
)
RECEIVED_DIFFERENT = notify.Template(
    "logistics.received_different",
    "核收清单不一致",
    "办理单位收到的申请材料与您确认的物品清单不一致，详情见办件页面，请与办理单位联系。",
)


@performs(ParcelOrdered)
async def order(event: ParcelOrdered, delivery: Delivery) -> Outcome:
    """Order the transport; what was sent before is asked about first."""
    del delivery
    return await service.place_order(event.parcel_id)


@performs(CancelDue)
async def cancel(event: CancelDue, delivery: Delivery) -> Outcome:
    """Tell the carrier that it need not come; told twice it is told once."""
    del delivery
    return await service.cancelled(event.order_id, again=event.again)


@performs(StrayOrder)
async def cancel_stray(event: StrayOrder, delivery: Delivery) -> Outcome:
    """Take an order back that came through after it was denied."""
    del delivery
    return await service.stray_cancelled(event.order_id)


@performs(RoutesDue)
async def fetch_routes(event: RoutesDue, delivery: Delivery) -> Outcome:
    """Ask for a parcel's way."""
    del delivery
    return await service.routes_fetched(event.parcel_id)


@performs(BillDue)
async def fetch_bill(event: BillDue, delivery: Delivery) -> Outcome:
    """Fetch and compare a day's bill."""
    del delivery
    day = date.fromisoformat(event.day)
    return await service.fetch_bill(event.carrier, event.customer_code, day)


@handles(BillPaid)
async def order_when_paid(event: BillPaid) -> None:
    """Postage is paid: the parcel can go."""
    if event.source == "logistics":
        await service.postage_paid(event.source_ref, event.bill_no)


@handles(ParcelMoved)
async def tell_way(event: ParcelMoved) -> None:
    """Tell the owner where it matters; the rest stands in the tracks."""
    template = MOVED.get(event.state)
    if event.direction == "in" and event.state in OUTWARD_ONLY:
        template = RETURNED_TO_YOU if event.state == "returned" else None
    if template:
        await _tell(event, template)


@handles(ParcelDelivered)
async def tell_receipt(event: ParcelDelivered) -> None:
    """Tell the owner, and aloud when the lists differ."""
    if event.direction == "in":
        await _tell(event, ARRIVED)
    else:
        await _tell(event, DELIVERED if event.intact else DIFFERENT)


@handles(ParcelReceived)
async def tell_received(event: ParcelReceived) -> None:
    """Tell the owner what the office found in it."""
    await _tell(event, RECEIVED if event.intact else RECEIVED_DIFFERENT)


async def _tell(
    event: ParcelMoved | ParcelDelivered | ParcelReceived, template: notify.Template
) -> None:
    await notify.send(
        person_id=event.person_id,
        template=template,
        params={},
        dedupe=f"{template.code}:{event.parcel_id}",
        link="/parcels",
    )
