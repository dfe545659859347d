"""The claim board and its experts."""

from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff
from app_server.themes import service
from app_server.themes.schemas.board import (
    Built,
    ClaimPage,
    ClaimQuery,
    ClaimView,
    ClaimWanted,
    ExpertList,
    ExpertOpinion,
    ExpertView,
    ExpertWanted,
    ReleaseWanted,
    Replication,
    claim_line,
    claim_view,
)

EDITOR = staff("item_editor")
ANY = staff()
FULL_PAGE = 50


@endpoint("GET", "/theme-claims", guard=ANY)
async def list_claims(call: Call, query: ClaimQuery) -> ClaimPage:
    """The board."""
    del call
    found = await service.claims(query.state, query.region, paging.after(query.cursor))
    return ClaimPage(
        items=[claim_line(row) for row in found],
        next=paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None,
    )


@endpoint("GET", "/theme-claims/{basic}", guard=ANY)
async def read_claim(call: Call, basic: str) -> ClaimView:
    """One entry."""
    del call
    return claim_view(await service.the_claim(basic))


@endpoint("POST", "/theme-claims", guard=EDITOR, status=201)
async def open_claim(call: Call, body: ClaimWanted) -> ClaimView:
    """The province puts an item on the board."""
    return claim_view(await service.open_claim(call.principal, body.basic, body.name, body.theme))


@endpoint("POST", "/theme-claims/{basic}/claim", guard=EDITOR, status=200)
async def claim(call: Call, basic: str) -> ClaimView:
    """My city takes it."""
    return claim_view(await service.claim(call.principal, basic))


@endpoint("POST", "/theme-claims/{basic}/release", guard=EDITOR, status=200)
async def release(call: Call, basic: str, body: ReleaseWanted) -> ClaimView:
    """My city gives it back."""
    return claim_view(await service.release(call.principal, basic, body.reason))


@endpoint("POST", "/theme-claims/{basic}/build", guard=EDITOR, status=200)
async def build(call: Call, basic: str, body: Built) -> ClaimView:
    """It is published and runs; experts may look."""
    return claim_view(await service.build(call.principal, basic, body.item_code))


@endpoint("POST", "/theme-claims/{basic}/reviews", guard=ANY, status=200)
async def review(call: Call, basic: str, body: ExpertOpinion) -> ClaimView:
    """What I say as an expert of another city."""
    found = await service.review(call.principal, basic, passed=body.passed, opinion=body.opinion)
    return claim_view(found)


@endpoint("POST", "/theme-claims/{basic}/replication", guard=EDITOR, status=200)
async def replicate(call: Call, basic: str, body: Replication) -> ClaimView:
    """Give it to all other cities."""
    places = [service.Place(**place.model_dump()) for place in body.places]
    return claim_view(await service.replicate(call.principal, basic, places))


@endpoint("GET", "/theme-experts", guard=ANY)
async def list_experts(call: Call) -> ExpertList:
    """Everybody who may review."""
    del call
    found = await service.experts()
    return ExpertList(items=[ExpertView(staff_id=i, name=n, named_at=a) for i, n, a in found])


@endpoint("PUT", "/theme-experts/{staff_id}", guard=EDITOR)
async def keep_expert(call: Call, staff_id: UUID, body: ExpertWanted) -> None:
    """Name an expert."""
    await service.keep_expert(call.principal, staff_id, body.name)


@endpoint("DELETE", "/theme-experts/{staff_id}", guard=EDITOR)
async def drop_expert(call: Call, staff_id: UUID) -> None:
    """Let an expert go."""
    await service.drop_expert(call.principal, staff_id)
