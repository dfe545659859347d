"""Drafts and their materials; a draft belongs to one person."""

from uuid import UUID

from app_server.forms import service
from app_server.forms.schemas import DraftData, FileName
from app_server.forms.service import Draft, draft_view
from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit

UPLOADS = Limit("material", 40, 60)


@endpoint("GET", "/drafts/{draft_id}", guard=person(1))
async def read_draft(call: Call, draft_id: UUID) -> Draft:
    """My draft."""
    return draft_view(await service.draft(call.principal.subject, draft_id))


@endpoint("PUT", "/drafts/{draft_id}", guard=person(1))
async def save_draft(call: Call, draft_id: UUID, body: DraftData) -> Draft:
    """Save what I filled in so far."""
    return draft_view(
        await service.save(call.principal.subject, draft_id, call.expected_version(), body.data)
    )


@endpoint(
    "PUT",
    "/drafts/{draft_id}/materials/{code}",
    guard=person(1),
    raw=service.PICTURES,
    max_body=service.MAX_PICTURE,
    limit=UPLOADS,
)
async def put_material(call: Call, draft_id: UUID, code: str, query: FileName) -> Draft:
    """Add a picture of a material."""
    return draft_view(
        await service.put_material(call.principal.subject, draft_id, code, call.raw, query.name)
    )


@endpoint("DELETE", "/drafts/{draft_id}/materials/{code}", guard=person(1))
async def remove_material(call: Call, draft_id: UUID, code: str) -> Draft:
    """Take a picture away again."""
    return draft_view(await service.remove_material(call.principal.subject, draft_id, code))
