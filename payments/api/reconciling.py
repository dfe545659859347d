"""The treasury's side of reconciliation: days, differences, closing."""

from dataclasses import asdict
from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from payments.schemas.reconciling import (
    AgenciesQuery,
    AgencyDayList,
    AgencyDayView,
    DaysQuery,
    DifferencesQuery,
    ReconDayList,
    ReconDayView,
    ReconDifferenceList,
    ReconDifferenceView,
    ResolutionWanted,
)
from payments.service import reconciling

TREASURY = staff("treasurer")


@endpoint("GET", "/reconciliations", guard=TREASURY)
async def list_batches(call: Call, query: DaysQuery) -> ReconDayList:
    """Days of all accounts, seven whole days a page, newest first."""
    del call
    found = await reconciling.batches(query.day, query.before)
    return ReconDayList(items=[ReconDayView(**asdict(one)) for one in found])


@endpoint("GET", "/reconciliation-agencies", guard=TREASURY)
async def list_agencies_of_day(call: Call, query: AgenciesQuery) -> AgencyDayList:
    """A day as we, the channels and the finance department have it, by executing unit."""
    del call
    found = await reconciling.agencies_of_day(query.day)
    return AgencyDayList(
        items=[
            AgencyDayView(**asdict(one), proved=one.ours_fen == one.channel_fen == one.finance_fen)
            for one in found
        ]
    )


@endpoint("GET", "/reconciliations/{batch_id}/differences", guard=TREASURY)
async def list_differences(
    call: Call, batch_id: UUID, query: DifferencesQuery
) -> ReconDifferenceList:
    """What differs on a day."""
    del call
    found = await reconciling.differences(batch_id, query.state, query.after)
    return ReconDifferenceList(items=[ReconDifferenceView(**asdict(one)) for one in found])


@endpoint("POST", "/reconciliation-differences/{difference_id}/resolution", guard=TREASURY)
async def resolve_difference(
    call: Call, difference_id: UUID, body: ResolutionWanted
) -> ReconDifferenceView:
    """End a difference, with the evidence for it."""
    done = await reconciling.resolve(
        call.principal, difference_id, call.expected_version(), body.resolution, body.evidence
    )
    return ReconDifferenceView(**asdict(done))


@endpoint("POST", "/reconciliations/{batch_id}/close", guard=TREASURY)
async def close_day(call: Call, batch_id: UUID) -> ReconDayView:
    """Close a day whose sums prove to zero."""
    done = await reconciling.close_day(call.principal, batch_id, call.expected_version())
    return ReconDayView(**asdict(done))
