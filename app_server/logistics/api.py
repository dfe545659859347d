"""My parcels, and the courier's notices."""

from app_server.kernel.http import Call, anyone, endpoint, person
from app_server.logistics import service
from app_server.logistics.rules import MAX_NOTICE, STATE_NAMES
from app_server.logistics.schemas import ContentLine, ParcelList, ParcelView, TrackView


def _view(facts: service.ParcelFacts) -> ParcelView:
    return ParcelView(
        id=facts.id,
        about=facts.about,
        direction=facts.direction,
        contents=[ContentLine(name=c["name"], number=c["number"]) for c in facts.contents],
        contents_digest=facts.contents_digest,
        state=facts.state,
        state_name=STATE_NAMES[facts.state],
        waybill=facts.waybill,
        intact=facts.intact,
        tracks=[TrackView(at=a, state_name=STATE_NAMES[s], place=p) for a, s, p in facts.tracks],
    )


@endpoint("GET", "/parcels", guard=person(1))
async def my_parcels(call: Call) -> ParcelList:
    """My parcels and where they are."""
    found = await service.parcels_of(call.principal.subject)
    return ParcelList(items=[_view(facts) for facts in found])


@endpoint(
    "POST",
    "/callbacks/courier",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
)
async def notice(call: Call) -> None:
    """Take a signed notice of the courier."""
    await service.take_notice(call.headers, call.raw)
