"""Drafts of items: opened, saved, submitted, reviewed by four people, published (R-ITM-07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app_server.items.errors import (
    DraftOpen,
    FourPeople,
    ItemUnfit,
    LockedElement,
    NoSuchDraft,
    NotTheOwner,
    NotYourReview,
)
from app_server.items.models import Draft
from app_server.items.rules import Finding, ItemFacts, findings
from app_server.items.rules.catalogue import LOCKED, locked_differences
from app_server.items.rules.lifecycle import NEEDS_REASON, PEOPLE, Edge, actions, edge
from app_server.items.service.around import surroundings
from app_server.items.service.publishing import check, put_in_force
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal

# What may not even be saved: locks, ceilings, required without a basis (R-ITM-04, 17, 28).
_NEVER_SAVED = ("C01", "C02", "C03", "C04", "C05", "Q22")
_UNBOUND = Finding("Q32", "error", "catalogue_code", "实施事项未对应目录清单")


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its people see it."""

    id: UUID
    state: str
    version: int
    base_version: int
    facts: ItemFacts
    owner: str
    origin: str
    effective_on: date | None
    findings: list[Finding]
    actions: list[str]


@dataclass(frozen=True, slots=True)
class Step:
    """One deed in a draft's history."""

    at: datetime
    actor_name: str
    org: str
    action: str
    from_state: str
    to_state: str
    note: str


async def open_row(
    principal: Principal, item: ItemFacts, *, owner: str, base: int, origin: str
) -> UUID:
    """Open a draft, inside a unit of work, unless one is open: then that one stays as it is."""
    held = await db.value(
        "SELECT id FROM items_draft WHERE code = $1 AND state NOT IN ('published', 'dropped')",
        item.code,
    )
    if held is not None:
        return UUID(str(held))
    draft = await Draft.create(
        code=item.code,
        catalogue_code=item.catalogue_code,
        region=item.region,
        org=item.org,
        owner=owner,
        name=item.name,
        state="draft",
        version=1,
        base_version=base,
        facts=item.model_dump(mode="json", exclude={"version"}),
        origin=origin,
        opened_at=clock.now(),
        changed_at=clock.now(),
    )
    _step(principal, draft.id, "open", "", "draft", "")
    return draft.id


async def open_draft(principal: Principal, item: ItemFacts, *, origin: str = "editor") -> DraftView:
    """Open a draft of a new item, or of the next version of one; the owner's alone (R-ITM-09).

    Raises `NotTheOwner`, `DraftOpen`, `LockedElement`, `ItemUnfit`, `regions.NoSuchRegion`.
    """
    regions.region(item.region)
    row = await db.row("SELECT owner, current FROM items_item WHERE code = $1", item.code)
    owner = row["owner"] if row else item.org
    if owner != principal.org or not regions.covers(principal.region, item.region):
        raise NotTheOwner
    await _savable(item)
    try:
        async with db.unit_of_work():
            held = await db.value(
                "SELECT 1 FROM items_draft WHERE code = $1 "
                "AND state NOT IN ('published', 'dropped')",
                item.code,
            )
            if held:
                raise DraftOpen
            base = row["current"] if row else 0
            draft_id = await open_row(principal, item, owner=owner, base=base, origin=origin)
            audit.record(principal, "items.draft_opened", f"item:{item.code}")
    except asyncpg.UniqueViolationError as error:
        raise DraftOpen from error
    return await draft_view(principal, draft_id)


async def save(
    principal: Principal, draft_id: UUID, expected: int, item: ItemFacts, on: date | None
) -> DraftView:
    """Change a draft; `on` is the day it is to take effect (none: when it is published).

    Raises `NoSuchDraft`, `NotTheOwner`, `PreconditionFailed`, `LockedElement`, `ItemUnfit`.
    """
    held = await _held(draft_id)
    if held.owner != principal.org:
        raise NotTheOwner
    if (item.code, item.org) != (held.code, held.org):
        raise InvalidInput(errors=[{"field": "code", "message": "草案的实施编码与主体不能更改"}])
    if on is not None and on < clock.today():
        raise InvalidInput(errors=[{"field": "effective_on", "message": "生效日期不能早于今天"}])
    await _savable(item)
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE items_draft SET facts = $3, name = $4, region = $5, catalogue_code = $6, "
            "effective_on = $7, version = version + 1, changed_at = $8 "
            "WHERE id = $1 AND version = $2 AND state = 'draft'",
            draft_id,
            expected,
            orjson.dumps(item.model_dump(mode="json", exclude={"version"})).decode(),
            item.name,
            item.region,
            item.catalogue_code,
            on,
            clock.now(),
        )
        if not touched:
            raise PreconditionFailed
        _step(principal, draft_id, "save", "draft", "draft", "")
        audit.record(principal, "items.draft_saved", f"item:{item.code}")
    return await draft_view(principal, draft_id)


async def _savable(item: ItemFacts) -> None:
    around = (await surroundings([item]))[item.code]
    if around.catalogue and (names := locked_differences(item, around.catalogue)):
        raise LockedElement(
            errors=[{"field": n, "message": f"{LOCKED[n]}须与目录清单一致"} for n in names]
        )
    _raise([f for f in findings(item, around) if f.code in _NEVER_SAVED])


def _raise(errors: list[Finding]) -> None:
    if errors:
        raise ItemUnfit(
            errors=[{"field": f.field, "message": f.message, "code": f.code} for f in errors]
        )


async def act(
    principal: Principal, draft_id: UUID, expected: int, action: str, note: str
) -> DraftView:
    """Move a draft along its way: submit, pass, return (with a reason), drop (with a reason).

    Raises `NoSuchDraft`, `NotInThisState`, `NotTheOwner`, `NotYourReview`, `FourPeople`,
    `PreconditionFailed`, and what publishing raises.
    """
    held = await _held(draft_id)
    move = edge(held.state, action)
    if action in NEEDS_REASON and not note.strip():
        raise InvalidInput(errors=[{"field": "note", "message": "请写明理由"}])
    await _may(principal, held, move, action)
    item = ItemFacts.model_validate(held.facts)
    if action in {"submit", "pass"}:
        await _publishable(item)
    async with db.unit_of_work():
        await _move(principal, held, move, expected)
        _step(principal, held.id, action, held.state, move.to, note)
        audit.record(principal, f"items.draft_{action}", f"item:{held.code}", to=move.to)
        if move.to == "published":
            on = max(held.effective_on or clock.today(), clock.today())
            await put_in_force(principal, [item], on)
    return await draft_view(principal, draft_id)


async def _publishable(item: ItemFacts) -> None:
    around = (await surroundings([item]))[item.code]
    if item.owner_kind == "department" and not item.catalogue_code:
        _raise([_UNBOUND])
    check(item, around)


async def _may(principal: Principal, held: Draft, move: Edge, action: str) -> None:
    if move.by == "owner":
        if held.owner != principal.org:
            raise NotTheOwner
    elif await office_of(held.region, move.by) != principal.org:
        raise NotYourReview
    if action == "pass" and (
        principal.id in {getattr(held, who) for who in PEOPLE} or await _wrote(principal, held.id)
    ):
        raise FourPeople


async def _wrote(principal: Principal, draft_id: UUID) -> bool:
    found: bool = await db.value(
        "SELECT EXISTS (SELECT 1 FROM items_draft_step WHERE draft_id = $1 AND actor = $2 "
        "AND action IN ('open', 'save', 'submit'))",
        draft_id,
        principal.id,
    )
    return found


async def _move(principal: Principal, held: Draft, move: Edge, expected: int) -> None:
    people: dict[str, UUID | None] = {}
    if move.to == "draft":
        people = dict.fromkeys(PEOPLE[1:])
    elif move.remembers:
        people = {move.remembers: principal.id}
    touched = await Draft.filter(id=held.id, version=expected, state=held.state).update(
        state=move.to, version=expected + 1, changed_at=clock.now(), **people
    )
    if not touched:
        raise PreconditionFailed


def _step(
    principal: Principal, draft_id: UUID, action: str, before: str, after: str, note: str
) -> None:
    db.needed().add(
        "items_draft_step",
        {
            "id": uuid7(),
            "draft_id": draft_id,
            "at": clock.now(),
            "actor": principal.id,
            "actor_name": principal.name,
            "org": principal.org,
            "action": action,
            "from_state": before,
            "to_state": after,
            "note": note[:500],
        },
    )


async def office_of(region: str, kind: str) -> str:
    """The organisation that reviews for a region: its own, or the nearest above; or nobody's."""
    at: str | None = region
    while at is not None:
        org = await db.value(
            "SELECT org FROM items_review_office WHERE region = $1 AND kind = $2", at, kind
        )
        if org is not None:
            return str(org)
        at = regions.parent_of(at)
    return ""


async def _held(draft_id: UUID) -> Draft:
    found = await Draft.get_or_none(id=draft_id)
    if found is None:
        raise NoSuchDraft
    return found


async def draft_view(principal: Principal, draft_id: UUID) -> DraftView:
    """A draft for its owner, its reviewers and the province; raises `NoSuchDraft`."""
    held = await _held(draft_id)
    if not await _sees(principal, held):
        raise NoSuchDraft
    item = ItemFacts.model_validate(held.facts)
    found = findings(item, (await surroundings([item]))[item.code])
    return DraftView(
        held.id,
        held.state,
        held.version,
        held.base_version,
        item,
        held.owner,
        held.origin,
        held.effective_on,
        found,
        await _own_actions(principal, held),
    )


async def _sees(principal: Principal, held: Draft) -> bool:
    if held.owner == principal.org or regions.level_of(principal.region) == "province":
        return True
    offices = [await office_of(held.region, kind) for kind in ("establishment", "legal")]
    return principal.org in offices


async def _own_actions(principal: Principal, held: Draft) -> list[str]:
    own = []
    for action in actions(held.state):
        try:
            await _may(principal, held, edge(held.state, action), action)
        except (NotTheOwner, NotYourReview, FourPeople):
            continue
        own.append(action)
    return own


async def drafts(principal: Principal, state: str = "", limit: int = 50) -> list[Mapping[str, Any]]:
    """Drafts that are the caller's to work on: their organisation's, and theirs to review."""
    return await db.rows(
        "SELECT id, code, name, region, owner, state, version, origin, changed_at "
        "FROM items_draft d WHERE state NOT IN ('published', 'dropped') "
        "AND ($2 = '' OR state = $2) "
        "AND (owner = $1 OR EXISTS (SELECT 1 FROM items_review_office o WHERE o.org = $1 "
        "AND d.state = o.kind || '_review' AND d.region LIKE "
        "(CASE WHEN o.region LIKE '%0000' THEN left(o.region, 2) "
        "WHEN o.region LIKE '%00' THEN left(o.region, 4) ELSE o.region END) || '%')) "
        "ORDER BY changed_at DESC LIMIT $3",
        principal.org,
        state,
        limit,
    )


async def draft_steps(principal: Principal, draft_id: UUID) -> list[Step]:
    """What was done with a draft; raises `NoSuchDraft`."""
    if not await _sees(principal, await _held(draft_id)):
        raise NoSuchDraft
    rows = await db.rows(
        "SELECT at, actor_name, org, action, from_state, to_state, note "
        "FROM items_draft_step WHERE draft_id = $1 ORDER BY id",
        draft_id,
    )
    return [Step(**row) for row in rows]
