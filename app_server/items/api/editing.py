"""The editors' desk: drafts on their way, items that end or change hands."""

from uuid import UUID

from app_server.items import service
from app_server.items.api.guides import difference_view
from app_server.items.rules.lifecycle import STATE_NAMES
from app_server.items.schemas.editing import (
    Deed,
    DraftLine,
    DraftList,
    DraftOpening,
    DraftQuery,
    DraftSaving,
    DraftShown,
    Ending,
    Handover,
    QualityFinding,
    ReviewStep,
    Steps,
    Uses,
    UseView,
)
from app_server.items.schemas.open import DifferenceView
from app_server.items.schemas.registries import Moderation, WaitingPost, WaitingPosts
from app_server.kernel.http import Call, endpoint, staff

EDITOR = staff("item_editor")
MAX_DRAFT = 512 * 1024


def shown(view: service.DraftView) -> DraftShown:
    """A draft as its people see it."""
    return DraftShown(
        id=view.id,
        state=view.state,
        state_name=STATE_NAMES[view.state],
        version=view.version,
        base_version=view.base_version,
        item=view.facts,
        owner=view.owner,
        origin=view.origin,
        effective_on=view.effective_on,
        findings=[
            QualityFinding(code=f.code, severity=f.severity, field=f.field, message=f.message)
            for f in view.findings
        ],
        actions=view.actions,
    )


@endpoint("POST", "/item-drafts", guard=EDITOR, status=201, max_body=MAX_DRAFT)
async def open_draft(call: Call, body: DraftOpening) -> DraftShown:
    """Open a draft of a new item, or of the next version of one."""
    item = body.item or (await service.published(body.code)).model_copy(update={"version": 0})
    return shown(await service.open_draft(call.principal, item))


@endpoint("GET", "/item-drafts", guard=EDITOR)
async def list_drafts(call: Call, query: DraftQuery) -> DraftList:
    """Drafts of my organisation, and those that wait for its review."""
    rows = await service.drafts(call.principal, query.state)
    return DraftList(
        drafts=[
            DraftLine(
                **{k: v for k, v in row.items() if k != "version"},
                draft_version=row["version"],
                state_name=STATE_NAMES[row["state"]],
            )
            for row in rows
        ]
    )


@endpoint("GET", "/item-drafts/{draft_id}", guard=EDITOR)
async def read_draft(call: Call, draft_id: UUID) -> DraftShown:
    """A draft with its findings."""
    return shown(await service.draft_view(call.principal, draft_id))


@endpoint("GET", "/item-drafts/{draft_id}/difference", guard=EDITOR)
async def read_draft_difference(call: Call, draft_id: UUID) -> DifferenceView:
    """How a draft differs from the version in force; 404 where there is none."""
    return difference_view(await service.draft_compared(call.principal, draft_id))


@endpoint("GET", "/item-drafts/{draft_id}/steps", guard=EDITOR)
async def read_steps(call: Call, draft_id: UUID) -> Steps:
    """What was done with a draft."""
    found = await service.draft_steps(call.principal, draft_id)
    names = ReviewStep.model_fields
    return Steps(steps=[ReviewStep(**{n: getattr(one, n) for n in names}) for one in found])


@endpoint("PUT", "/item-drafts/{draft_id}", guard=EDITOR, max_body=MAX_DRAFT)
async def save_draft(call: Call, draft_id: UUID, body: DraftSaving) -> DraftShown:
    """Change a draft (If-Match)."""
    return shown(
        await service.save(
            call.principal, draft_id, call.expected_version(), body.item, body.effective_on
        )
    )


@endpoint("POST", "/item-drafts/{draft_id}/actions", guard=EDITOR, status=200)
async def act(call: Call, draft_id: UUID, body: Deed) -> DraftShown:
    """Submit, pass, return or drop a draft (If-Match)."""
    return shown(
        await service.act(call.principal, draft_id, call.expected_version(), body.action, body.note)
    )


@endpoint("POST", "/items/{code}/cancellation", guard=EDITOR)
async def cancel(call: Call, code: str, body: Ending) -> None:
    """End an item from a day on."""
    await service.cancel(call.principal, code, body.on, body.reason)


@endpoint("POST", "/items/{code}/transfer", guard=EDITOR)
async def transfer(call: Call, code: str, body: Handover) -> None:
    """Hand an item over to another organisation to maintain."""
    await service.transfer(call.principal, code, body.to, body.reason)


@endpoint("GET", "/items/{code}/uses", guard=EDITOR)
async def read_uses(call: Call, code: str) -> Uses:
    """How often each version was viewed, filed and finished, and whose the item is."""
    del call
    return Uses(
        owner=await service.owner_of(code),
        uses=[
            UseView(
                item_version=row["version"],
                viewed=row["viewed"],
                filed=row["filed"],
                finished=row["finished"],
            )
            for row in await service.uses(code)
        ],
        transfers=[one.note for one in await service.transfers(code)],
    )


@endpoint("GET", "/item-experiences", guard=EDITOR)
async def list_waiting_posts(call: Call) -> WaitingPosts:
    """Experience posts that wait for my moderation."""
    found = await service.waiting(call.principal)
    return WaitingPosts(posts=[WaitingPost(**row) for row in found])


@endpoint("POST", "/item-experiences/{post_id}/moderation", guard=EDITOR)
async def moderate(call: Call, post_id: UUID, body: Moderation) -> None:
    """Show a post or refuse it."""
    await service.moderate(call.principal, post_id, body.outcome, body.reason)
