"""The catalogue for staff: three trees, entries, editions (R-DAT-03…07)."""

from typing import Any
from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff
from app_server.sharing import service
from app_server.sharing.rules.catalogue import (
    KINDS,
    SHARE_TYPES,
    Content,
    ResourceField,
)
from app_server.sharing.rules.states import STATE_NAMES
from app_server.sharing.schemas.catalogue import (
    CatalogueTree,
    EditionList,
    EditionView,
    Kind,
    NodeAsked,
    NodeMoved,
    NodeRenamed,
    NodeView,
    ResourceAsked,
    ResourceChange,
    ResourceContent,
    ResourceLine,
    ResourceMove,
    ResourcePage,
    ResourcePlaced,
    ResourceQuery,
    ResourceView,
    TreeOpened,
)

# Whoever serves the public may look what there is, so as not to ask people for it.
READERS = staff()
EDITORS = staff("data_steward", "data_lead")
LEADS = staff("data_lead")
FULL_PAGE = 50


@endpoint("GET", "/sharing/trees/{kind}", guard=READERS)
async def read_tree(call: Call, kind: Kind) -> CatalogueTree:
    """One of the three trees: department, base or theme."""
    del call
    return CatalogueTree(
        kind=kind, name=KINDS[kind], nodes=[_node(row) for row in await service.tree(kind)]
    )


@endpoint("POST", "/sharing/trees/department/roots", guard=LEADS, status=201)
async def open_tree(call: Call, body: TreeOpened) -> NodeView:
    """Open my organisation's branch of the department tree."""
    return _node(await service.open_department_tree(call.principal, body.org_name))


@endpoint("POST", "/sharing/nodes", guard=EDITORS, status=201)
async def add_node(call: Call, body: NodeAsked) -> NodeView:
    """Add a class below another."""
    return _node(await service.add_node(call.principal, body.parent_id, body.name))


@endpoint("PUT", "/sharing/nodes/{node_id}/parent", guard=EDITORS)
async def move_node(call: Call, node_id: UUID, body: NodeMoved) -> NodeView:
    """Put a class, with all below it, under another."""
    version = call.expected_version()
    return _node(await service.move_node(call.principal, node_id, version, body.parent_id))


@endpoint("PUT", "/sharing/nodes/{node_id}/name", guard=EDITORS)
async def rename_node(call: Call, node_id: UUID, body: NodeRenamed) -> NodeView:
    """Give a class another name."""
    version = call.expected_version()
    return _node(await service.rename_node(call.principal, node_id, version, body.name))


@endpoint("GET", "/sharing/resources", guard=READERS)
async def browse(call: Call, query: ResourceQuery) -> ResourcePage:
    """Entries that were published, and my organisation's drafts."""
    wanted = service.Wanted(query.kind, query.node, query.org, query.share_type, query.words)
    found = await service.browse(call.principal, wanted, paging.after(query.cursor))
    following = paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    return ResourcePage(items=[ResourceLine(**line(row)) for row in found], next=following)


@endpoint("POST", "/sharing/resources", guard=EDITORS, status=201)
async def add_resource(call: Call, body: ResourceAsked) -> ResourceView:
    """Draft an entry."""
    owner = service.Owner(body.org, body.org_name, body.region)
    row = await service.add_resource(call.principal, body.node_id, owner, content(body.content))
    return view(row)


@endpoint("GET", "/sharing/resources/{resource_id}", guard=READERS)
async def read_resource(call: Call, resource_id: UUID) -> ResourceView:
    """One entry."""
    row = await service.seen_by(call.principal, resource_id)
    return view(row, drafts=row.org == call.principal.org)


@endpoint("PUT", "/sharing/resources/{resource_id}", guard=EDITORS)
async def change_resource(call: Call, resource_id: UUID, body: ResourceChange) -> ResourceView:
    """Change a draft, or draft what a published entry is to become."""
    version = call.expected_version()
    told = content(body.content)
    return view(await service.change_resource(call.principal, resource_id, version, told))


@endpoint("PUT", "/sharing/resources/{resource_id}/node", guard=EDITORS)
async def place_resource(call: Call, resource_id: UUID, body: ResourcePlaced) -> ResourceView:
    """Put an entry under another class."""
    version = call.expected_version()
    return view(await service.place_resource(call.principal, resource_id, version, body.node_id))


@endpoint("POST", "/sharing/resources/{resource_id}/publish", guard=LEADS)
async def publish_resource(call: Call, resource_id: UUID, body: ResourceMove) -> ResourceView:
    """Publish what another person drafted, once its interface answers."""
    version = call.expected_version()
    return view(await service.publish_resource(call.principal, resource_id, version, body.note))


@endpoint("POST", "/sharing/resources/{resource_id}/retire", guard=LEADS)
async def retire_resource(call: Call, resource_id: UUID, body: ResourceMove) -> ResourceView:
    """Take an entry out of use."""
    version = call.expected_version()
    return view(await service.retire_resource(call.principal, resource_id, version, body.note))


@endpoint("GET", "/sharing/resources/{resource_id}/editions", guard=READERS)
async def list_editions(call: Call, resource_id: UUID) -> EditionList:
    """The published versions of an entry."""
    await service.seen_by(call.principal, resource_id)
    return EditionList(
        items=[
            EditionView(
                number=row.number,
                note=row.note,
                by_name=row.by_name,
                at=row.at,
                content=ResourceContent.model_validate(row.content),
            )
            for row in await service.editions(resource_id)
        ]
    )


def content(body: ResourceContent) -> Content:
    """An entry's content as the rules know it."""
    told = body.model_dump()
    return Content(**told | {"fields": tuple(ResourceField(**one) for one in told["fields"])})


def line(row: Any) -> dict[str, Any]:
    """What every list says of an entry."""
    names = {name: getattr(row, name) for name in ResourceLine.model_fields if hasattr(row, name)}
    return names | {
        "kind_name": KINDS[row.kind],
        "share_type_name": SHARE_TYPES[row.share_type],
        "state_name": STATE_NAMES[row.state],
    }


def view(row: Any, *, drafts: bool = True) -> ResourceView:
    """One entry whole."""
    draft = row.draft if drafts else None
    return ResourceView(
        **line(row),
        content=ResourceContent.model_validate(row.content),
        draft=ResourceContent.model_validate(draft) if draft else None,
        updated_at=row.updated_at,
    )


def _node(row: Any) -> NodeView:
    return NodeView(**{name: getattr(row, name) for name in NodeView.model_fields})
