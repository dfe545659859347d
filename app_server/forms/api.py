"""Drafts and their materials; a draft belongs to one person."""

from dataclasses import asdict
from uuid import UUID

from app_server.forms import service
from app_server.forms.schemas import Commitment, DraftData, FileName, OfItem
from app_server.forms.service import Draft, DraftLine, DraftList, draft_view
from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit

UPLOADS = Limit("material", 40, 60)


@endpoint("GET", "/drafts", guard=person(1))
async def my_drafts(call: Call, query: OfItem) -> DraftList:
    """My open drafts, the last touched first."""
    found = await service.drafts_of(call.principal.subject, query.item_code)
    return DraftList(items=[DraftLine(**asdict(line)) for line in found])


@endpoint("DELETE", "/drafts/{draft_id}", guard=person(1))
async def delete_draft(call: Call, draft_id: UUID) -> None:
    """Throw my draft away."""
    await service.delete_draft(call.principal.subject, draft_id)


@endpoint("GET", "/drafts/{draft_id}", guard=person(1))
async def read_draft(call: Call, draft_id: UUID) -> Draft:
    """My draft."""
    return draft_view(await service.draft(call.principal.subject, draft_id))


@endpoint("PUT", "/drafts/{draft_id}", guard=person(1))
async def save_draft(call: Call, draft_id: UUID, body: DraftData) -> Draft:
    """Save what I filled in so far."""
    who = call.principal
    return draft_view(
        await service.save(who.subject, draft_id, call.expected_version(), body.data, who.channel)
    )


@endpoint(
    "PUT",
    "/drafts/{draft_id}/materials/{code}",
    guard=person(1),
    raw=service.FILES,
    max_body=service.MAX_PICTURE,
    limit=UPLOADS,
)
async def put_material(call: Call, draft_id: UUID, code: str, query: FileName) -> Draft:
    """Give a material one file in place of what it held."""
    return draft_view(
        await service.put_material(call.principal.subject, draft_id, code, call.raw, query.name)
    )


@endpoint("DELETE", "/drafts/{draft_id}/materials/{code}", guard=person(1))
async def remove_material(call: Call, draft_id: UUID, code: str) -> Draft:
    """Take all files of a material away again."""
    return draft_view(await service.remove_material(call.principal.subject, draft_id, code))


@endpoint(
    "POST",
    "/drafts/{draft_id}/materials/{code}/files",
    guard=person(1),
    raw=service.FILES,
    max_body=service.MAX_PICTURE,
    limit=UPLOADS,
    status=201,
)
async def add_file(call: Call, draft_id: UUID, code: str, query: FileName) -> Draft:
    """Add one more file to a material."""
    return draft_view(
        await service.add_file(call.principal.subject, draft_id, code, call.raw, query.name)
    )


@endpoint("DELETE", "/drafts/{draft_id}/materials/{code}/files/{file_id}", guard=person(1))
async def remove_file(call: Call, draft_id: UUID, code: str, file_id: UUID) -> Draft:
    """Take one file away again."""
    return draft_view(await service.remove_file(call.principal.subject, draft_id, code, file_id))


@endpoint("PUT", "/drafts/{draft_id}/materials/{code}/commitment", guard=person(1))
async def agree(call: Call, draft_id: UUID, code: str, body: Commitment) -> Draft:
    """Give the written commitment in place of the paper."""
    return draft_view(await service.agree(call.principal, draft_id, code, body.sha256))
