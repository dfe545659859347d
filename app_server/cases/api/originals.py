"""Papers for an application: when they are fetched, and who has them."""

from dataclasses import asdict

from app_server.cases import service
from app_server.cases.schemas.originals import (
    OriginalsReply,
    PaperLine,
    PapersTicked,
    PickupSlotList,
    PickupSlotView,
    PickUpWanted,
    PostageView,
    SlotsWanted,
)
from app_server.kernel.http import Call, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from app_server.logistics.service import Recipient

TAKERS = staff("case_officer", "case_approver", "case_window")
READERS = staff("case_officer", "case_approver", "case_head", "case_window")
# Every answer costs the carrier some calls.
ASKING = Limit("pick-up-slots", 10, 600)


@endpoint("GET", "/cases/{case_no}/originals", guard=person(1))
async def read_originals(call: Call, case_no: str) -> OriginalsReply:
    """What has to reach the office, what sending it costs, and where it is."""
    return await _told(call, case_no)


@endpoint("GET", "/cases/{case_no}/originals", guard=READERS)
async def read_originals_at_desk(call: Call, case_no: str) -> OriginalsReply:
    """What has to reach the office, and the parcel it comes in."""
    return _reply(await service.originals_at_desk(call.principal, case_no))


async def _told(call: Call, case_no: str) -> OriginalsReply:
    return _reply(await service.originals_of(call.principal, case_no))


def _reply(found: service.OriginalsView) -> OriginalsReply:
    return OriginalsReply(
        state=found.state,
        state_name=found.state_name,
        contents=[PaperLine(**line) for line in found.contents],
        digest=found.digest,
        postage=PostageView(**asdict(found.postage)) if found.postage else None,
        parcel_id=found.parcel.id if found.parcel else None,
        parcel_state=found.parcel.state if found.parcel else "",
        parcel_state_name=found.parcel.state_name if found.parcel else "",
        waybill=found.parcel.waybill if found.parcel else "",
    )


@endpoint("GET", "/cases/{case_no}/postage", guard=person(1))
async def read_postage(call: Call, case_no: str) -> PostageView:
    """What a courier costs for this case, and whom, before one is chosen."""
    return PostageView(**asdict(await service.postage_of(call.principal, case_no)))


@endpoint("POST", "/cases/{case_no}/originals/slots", guard=person(1), limit=ASKING)
async def list_slots(call: Call, case_no: str, body: SlotsWanted) -> PickupSlotList:
    """When a courier can come to an address; POST, so that no address stands in a log."""
    found = await service.pick_up_slots(call.principal, case_no, body.address)
    return PickupSlotList(items=[PickupSlotView(**asdict(one)) for one in found])


@endpoint("POST", "/cases/{case_no}/originals/pick-up", guard=person(1), status=201, limit=ASKING)
async def book_pick_up(call: Call, case_no: str, body: PickUpWanted) -> OriginalsReply:
    """Have the papers fetched, by the list that was shown."""
    sender = Recipient(**body.sender.model_dump())
    await service.book_pick_up(call.principal, case_no, sender, body.start, body.digest)
    return await _told(call, case_no)


@endpoint("POST", "/cases/{case_no}/originals", guard=TAKERS)
async def take_originals(call: Call, case_no: str, body: PapersTicked) -> None:
    """Tick off papers that were brought to the office."""
    ticked = [line.model_dump() for line in body.contents]
    await service.take_originals(call.principal, case_no, call.expected_version(), ticked)
