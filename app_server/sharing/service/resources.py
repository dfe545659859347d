"""Entries of the catalogue: drafted by the provider or the lead, published by another person."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.sharing.errors import (
    NoInterface,
    NoSuchResource,
    NotInThisState,
    NotTheProvider,
    ResourceInvalid,
    SamePerson,
)
from app_server.sharing.events import ResourceChanged
from app_server.sharing.models import DataService, Edition, Node, Resource
from app_server.sharing.rules import states
from app_server.sharing.rules.catalogue import Content, content_of, findings, resource_code
from app_server.sharing.service import tree
from app_server.sharing.service.moving import transit
from app_server.sharing.service.probing import probe

PAGE = 50


@dataclass(frozen=True, slots=True)
class Owner:
    """The responsible organisation (责任方) of an entry."""

    org: str
    org_name: str
    region: str


async def checked_editor(by: Principal, node: Node, org: str) -> None:
    """Raise unless the officer may edit an entry there.

    A base library's lead alone edits it (R-DAT-18); elsewhere the responsible organisation does,
    and in the department tree only its own branch.
    """
    if node.kind == "base":
        await tree.checked_lead(by, node)
        return
    if node.kind == "department":
        await tree.checked_lead(by, node)
    if by.org != org:
        raise NotTheProvider


async def add_resource(by: Principal, node_id: UUID, owner: Owner, content: Content) -> Resource:
    """Draft an entry.

    Raises `NoSuchNode`, `NoSuchRegion`, `NotTheLead`, `NotTheProvider`, `ResourceInvalid`.
    """
    _check(content)
    regions.region(owner.region)
    async with db.unit_of_work():
        node = await tree.a_node(node_id)
        await checked_editor(by, node, owner.org)
        serial = await db.value(
            "UPDATE sharing_node SET entries = entries + 1 WHERE id = $1 RETURNING entries", node_id
        )
        row = await Resource.create(
            code=resource_code(node.code, serial),
            node_id=node_id,
            kind=node.kind,
            org=owner.org,
            org_name=owner.org_name,
            region=owner.region,
            name=content.name,
            share_type=content.share_type,
            open=content.open,
            content=content.told(),
            edited_by=by.ref,
        )
        audit.record(by, "sharing.resource_added", f"resource:{row.code}")
    return row


def _check(content: Content) -> None:
    if errors := findings(content):
        raise ResourceInvalid(errors=errors)


async def a_resource(resource_id: UUID) -> Resource:
    """One entry; raises `NoSuchResource`."""
    found = await Resource.get_or_none(id=resource_id)
    if found is None:
        raise NoSuchResource
    return found


async def seen_by(by: Principal, resource_id: UUID) -> Resource:
    """One entry as this officer may see it: what was never published is its organisation's."""
    found = await a_resource(resource_id)
    if found.edition == 0 and by.org != found.org:
        node = await tree.a_node(found.node_id)
        if by.org != node.lead_org:
            raise NoSuchResource
    return found


async def change_resource(
    by: Principal, resource_id: UUID, version: int, content: Content
) -> Resource:
    """Change a draft, or draft what a published entry is to become.

    Raises `NoSuchResource`, `NotTheLead`, `NotTheProvider`, `ResourceInvalid`,
    `NotInThisState`, `PreconditionFailed`.
    """
    _check(content)
    async with db.unit_of_work():
        row = await _editable(by, resource_id)
        if row.state == "draft":
            changes = columns(content)
        elif row.state == "published":
            changes = {"draft": content.told()}
        else:
            raise NotInThisState(state=row.state)
        touched = await Resource.filter(id=row.id, version=version, state=row.state).update(
            **changes, edited_by=by.ref, version=version + 1, updated_at=clock.now()
        )
        if not touched:
            raise PreconditionFailed
        audit.record(by, "sharing.resource_changed", f"resource:{row.code}")
    return await a_resource(resource_id)


def columns(content: Content) -> dict[str, object]:
    """The columns that follow from the content."""
    return {
        "name": content.name,
        "share_type": content.share_type,
        "open": content.open,
        "content": content.told(),
    }


async def _editable(by: Principal, resource_id: UUID) -> Resource:
    row = await a_resource(resource_id)
    await checked_editor(by, await tree.a_node(row.node_id), row.org)
    return row


async def place_resource(by: Principal, resource_id: UUID, version: int, node_id: UUID) -> Resource:
    """Put an entry under another class of its kind; its code stays. Raises as a change does."""
    async with db.unit_of_work():
        row = await _editable(by, resource_id)
        node = await tree.a_node(node_id)
        if node.kind != row.kind:
            raise ResourceInvalid(errors=[{"field": "node_id", "message": "不属于同一类目录"}])
        await checked_editor(by, node, row.org)
        touched = await Resource.filter(id=row.id, version=version).update(
            node_id=node_id, version=version + 1
        )
        if not touched:
            raise PreconditionFailed
        audit.record(by, "sharing.resource_placed", f"resource:{row.code}", under=node.code)
        if row.state == "published":
            announce(_news(row, "moved", row.edition))
    return await a_resource(resource_id)


async def publish_resource(by: Principal, resource_id: UUID, version: int, note: str) -> Resource:
    """Publish a draft, or what was drafted for a published entry, as the next edition.

    Raises `SamePerson` for who edited it last, `NoInterface` unless a registered interface
    answers now (R-DAT-07), and as a change does. The interface is asked before the transaction.
    """
    row = await _editable(by, resource_id)
    states.checked_move(states.RESOURCE, "publish", row.state)
    if row.state == "published" and row.draft is None:
        raise NotInThisState(state=row.state)
    if row.edited_by == by.ref:
        raise SamePerson
    if not await _answers(resource_id):
        raise NoInterface
    content = row.draft if row.draft is not None else row.content
    async with db.unit_of_work():
        row = await transit(
            Resource,
            resource_id,
            version,
            states.RESOURCE,
            "publish",
            **columns(content_of(content)),
            draft=None,
            edition=row.edition + 1,
            updated_at=clock.now(),
        )
        await Edition.create(
            resource_id=row.id,
            number=row.edition,
            content=content,
            note=note,
            by_name=by.name,
            at=clock.now(),
        )
        audit.record(by, "sharing.resource_published", f"resource:{row.code}", edition=row.edition)
        announce(_news(row, "published", row.edition))
    return row


async def _answers(resource_id: UUID) -> bool:
    """Whether at least one interface of the entry answers now."""
    services = await DataService.filter(resource_id=resource_id).exclude(state="retired")
    results = [await probe(service) for service in services]
    return "up" in results


async def retire_resource(by: Principal, resource_id: UUID, version: int, note: str) -> Resource:
    """Take an entry out of use; raises as a change does."""
    async with db.unit_of_work():
        row = await _editable(by, resource_id)
        row = await transit(
            Resource, row.id, version, states.RESOURCE, "retire", updated_at=clock.now()
        )
        audit.record(by, "sharing.resource_retired", f"resource:{row.code}", purpose=note)
        announce(_news(row, "retired", row.edition))
    return row


def _news(row: Resource, deed: str, edition: int) -> ResourceChanged:
    return ResourceChanged(
        resource_id=row.id, code=row.code, org=row.org, deed=deed, edition=edition
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in the catalogue; empty means any."""

    kind: str = ""
    node_id: UUID | None = None
    org: str = ""
    share_type: str = ""
    words: str = ""


_BROWSE = """
WITH RECURSIVE below AS (
  SELECT id FROM sharing_node WHERE id = $2
  UNION ALL SELECT n.id FROM sharing_node n JOIN below b ON n.parent_id = b.id
)
SELECT r.id FROM sharing_resource r WHERE ($1 = '' OR r.kind = $1)
  AND ($2::uuid IS NULL OR r.node_id IN (SELECT id FROM below))
  AND ($3 = '' OR r.org = $3) AND ($4 = '' OR r.share_type = $4)
  AND ($5 = '' OR strpos(r.name || r.code || r.org_name, $5) > 0)
  AND (r.edition > 0 OR r.org = $6) AND ($7::uuid IS NULL OR r.id > $7)
ORDER BY r.id LIMIT $8
"""


async def browse(by: Principal, wanted: Wanted, after: UUID | None) -> list[Resource]:
    """A page of entries: what was published, and one's own drafts; a class with all below it."""
    found = await db.rows(
        _BROWSE,
        wanted.kind,
        wanted.node_id,
        wanted.org,
        wanted.share_type,
        wanted.words,
        by.org,
        after,
        PAGE,
    )
    return await Resource.filter(id__in=[row["id"] for row in found]).order_by("id")


async def editions(resource_id: UUID) -> list[Edition]:
    """The published versions of an entry, newest first."""
    return await Edition.filter(resource_id=resource_id).order_by("-number")


async def open_entries(after: UUID | None) -> list[Resource]:
    """A page of the entries that are open to everybody (R-DAT-19)."""
    found = Resource.filter(state="published", open=True)
    if after is not None:
        found = found.filter(id__gt=after)
    return await found.order_by("id").limit(PAGE)
