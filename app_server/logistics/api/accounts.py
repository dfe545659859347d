"""Payment × parcel × carrier bill, for the people who answer for the money (R-PAY-09)."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, RawReply, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.logistics import service
from app_server.logistics.schemas import (
    DaysQuery,
    DifferencesQuery,
    PostageDayList,
    PostageDayView,
    PostageDifferenceList,
    PostageDifferenceView,
    PostageResolutionWanted,
)

TREASURY = staff("treasurer")
EXPORTS = Limit("logistics-differences", 20, 3_600)


@endpoint("GET", "/logistics-reconciliations", guard=TREASURY)
async def list_days(call: Call, query: DaysQuery) -> PostageDayList:
    """Days of all carrier accounts, newest first."""
    del call
    return PostageDayList(
        items=[PostageDayView(**asdict(one)) for one in await service.days(query.before)]
    )


@endpoint("GET", "/logistics-reconciliations/{day_id}/differences", guard=TREASURY)
async def list_differences(
    call: Call, day_id: UUID, query: DifferencesQuery
) -> PostageDifferenceList:
    """What differs on a day."""
    del call
    found = await service.differences(day_id, query.state, query.after)
    return PostageDifferenceList(items=[PostageDifferenceView(**asdict(one)) for one in found])


@endpoint(
    "GET",
    "/logistics-reconciliations/{day_id}/file",
    guard=TREASURY,
    limit=EXPORTS,
    reply_type="text/csv",
)
async def export_differences(call: Call, day_id: UUID) -> RawReply:
    """A day's differences for a spreadsheet."""
    return RawReply(
        await service.differences_file(call.principal, day_id),
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="logistics-differences.csv"'},
    )


@endpoint("POST", "/logistics-differences/{difference_id}/resolution", guard=TREASURY)
async def resolve_difference(
    call: Call, difference_id: UUID, body: PostageResolutionWanted
) -> PostageDifferenceView:
    """End a difference, with the evidence for it."""
    done = await service.resolve(
        call.principal, difference_id, call.expected_version(), body.resolution, body.evidence
    )
    return PostageDifferenceView(**asdict(done))
