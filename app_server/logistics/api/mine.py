"""My parcels: where they are, when the courier comes, what I hand over."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.logistics import service
from app_server.logistics.rules import CARRIER_NAMES, CHANGEABLE, LENGTH, STATE_NAMES
from app_server.logistics.schemas import (
    ContentLine,
    ListAgreed,
    ParcelList,
    ParcelView,
    SlotWanted,
    TrackView,
)

CHANGES = Limit("parcel-changes", 20, 3_600)


def _can(facts: service.ParcelFacts) -> list[str]:
    """What the owner may do now."""
    found = ["pay"] if facts.state == "postage_due" else []
    if facts.direction != "in":
        return found
    if facts.state in CHANGEABLE:
        found += ["reschedule", "cancel"]
    if facts.state in {"ordered", "picked_up"} and facts.agreed_at is None:
        found.append("agree")
    return found


def view(facts: service.ParcelFacts) -> ParcelView:
    """A parcel as its owner reads it."""
    start = facts.pick_up_from
    return ParcelView(
        id=facts.id,
        about=facts.about,
        direction=facts.direction,
        contents=[ContentLine(name=c["name"], number=c["number"]) for c in facts.contents],
        contents_digest=facts.contents_digest,
        state=facts.state,
        state_name=facts.state_name,
        waybill=facts.waybill,
        carrier_name=CARRIER_NAMES.get(facts.carrier, ""),
        intact=facts.intact,
        pick_up_from=start,
        pick_up_until=start + LENGTH if start else None,
        payer=facts.payer,
        postage_fen=facts.postage_fen,
        bill_no=facts.bill_no,
        agreed_at=facts.agreed_at,
        can=_can(facts),
        version=facts.version,
        tracks=[TrackView(at=a, state_name=STATE_NAMES[s], place=p) for a, s, p in facts.tracks],
    )


@endpoint("GET", "/parcels", guard=person(1))
async def my_parcels(call: Call) -> ParcelList:
    """My parcels and where they are."""
    found = await service.parcels_of(call.principal.subject)
    return ParcelList(items=[view(facts) for facts in found])


@endpoint("GET", "/parcels/{parcel_id}", guard=person(1))
async def my_parcel(call: Call, parcel_id: UUID) -> ParcelView:
    """One of my parcels."""
    return view(await service.parcel(call.principal.subject, parcel_id))


@endpoint("POST", "/parcels/{parcel_id}/slot", guard=person(1), limit=CHANGES)
async def reschedule(call: Call, parcel_id: UUID, body: SlotWanted) -> ParcelView:
    """Have the papers fetched at another time, until they were."""
    version = call.expected_version()
    return view(await service.reschedule(call.principal, parcel_id, version, body.start))


@endpoint("POST", "/parcels/{parcel_id}/cancellation", guard=person(1), limit=CHANGES)
async def cancel(call: Call, parcel_id: UUID) -> ParcelView:
    """Take a pick-up back, until the courier has been."""
    return view(await service.cancel(call.principal, parcel_id, call.expected_version()))


@endpoint("POST", "/parcels/{parcel_id}/custody", guard=person(1))
async def agree(call: Call, parcel_id: UUID, body: ListAgreed) -> ParcelView:
    """Agree to the list of what is handed to the courier."""
    return view(await service.agree(call.principal, parcel_id, body.digest))
