"""The three trees of the catalogue: fixed roots, classes below them, moves (R-DAT-05, R-DAT-06)."""

from typing import Any
from uuid import UUID

from app_server.kernel import audit, db
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.sharing.errors import (
    CodeTaken,
    NodeFixed,
    NoSuchNode,
    NotTheLead,
    TreeTooDeep,
)
from app_server.sharing.models import Node
from app_server.sharing.rules.catalogue import (
    MAX_DEPTH,
    checked_place,
    fixed_roots,
    node_code,
)

LOCK = "sharing.tree"


async def ensure_roots() -> int:
    """Have the base libraries and theme domains stand as the rules say; answers how many are new.

    Their leads are configuration: a changed one is taken over, for all below as well.
    """
    new = 0
    async with db.unit_of_work():
        await db.lock(LOCK)
        for root in fixed_roots():
            facts: dict[str, Any] = {
                "name": root.name,
                "lead_org": root.lead_org,
                "lead_name": root.lead_name,
            }
            kept = await Node.get_or_none(code=root.code)
            if kept is None:
                facts |= {"kind": root.kind, "library": root.library, "fixed": True}
                await Node.create(code=root.code, **facts)
                new += 1
            elif any(getattr(kept, name) != value for name, value in facts.items()):
                await Node.filter(id=kept.id).update(**facts, version=kept.version + 1)
                del facts["name"]
                await Node.filter(id__in=await _below(kept)).update(**facts)
    return new


async def _below(node: Node) -> list[UUID]:
    parents = await _parents(node.kind)
    found, ring = [], [node.id]
    while ring:
        ring = [one for one, up in parents.items() if up in ring]
        found += ring
    return found


async def _parents(kind: str) -> dict[UUID, UUID | None]:
    rows = await Node.filter(kind=kind).values_list("id", "parent_id")
    return {UUID(str(node)): UUID(str(up)) if up else None for node, up in rows}


async def tree(kind: str) -> list[Node]:
    """All classes of a kind, by code."""
    return await Node.filter(kind=kind).order_by("code")


async def a_node(node_id: UUID) -> Node:
    """One class; raises `NoSuchNode`."""
    found = await Node.get_or_none(id=node_id)
    if found is None:
        raise NoSuchNode
    return found


async def lead_of(node: Node) -> str:
    """The organisation that leads a class: by configuration where it stands below a fixed root."""
    root, parents = node.id, await _parents(node.kind)
    while (up := parents[root]) is not None:
        root = up
    code = (await a_node(root)).code
    fixed = {one.code: one.lead_org for one in fixed_roots()}
    return fixed.get(code, node.lead_org)


async def checked_lead(by: Principal, node: Node) -> None:
    """Raise `NotTheLead` unless the officer's organisation leads this class (R-DAT-18)."""
    if by.org != await lead_of(node):
        raise NotTheLead


async def open_department_tree(by: Principal, org_name: str) -> Node:
    """The root of one's own organisation in the department tree; raises `CodeTaken`."""
    async with db.unit_of_work():
        await db.lock(LOCK)
        roots = Node.filter(kind="department", parent_id=None)
        if await roots.filter(lead_org=by.org).exists():
            raise CodeTaken
        codes = await Node.filter(kind="department").values_list("code", flat=True)
        code = node_code("department", "", [str(one) for one in codes])
        node = await Node.create(
            code=code, kind="department", name=org_name, lead_org=by.org, lead_name=org_name
        )
        audit.record(by, "sharing.node_opened", f"node:{code}")
    return node


async def add_node(by: Principal, parent_id: UUID, name: str) -> Node:
    """A class below another; raises `NoSuchNode`, `NotTheLead`, `TreeTooDeep`."""
    async with db.unit_of_work():
        await db.lock(LOCK)
        parent = await a_node(parent_id)
        await checked_lead(by, parent)
        parents = await _parents(parent.kind)
        if _depth(parents, parent.id) >= MAX_DEPTH:
            raise TreeTooDeep
        codes = await Node.filter(kind=parent.kind).values_list("code", flat=True)
        code = node_code(parent.kind, parent.code, [str(one) for one in codes])
        node = await Node.create(
            code=code,
            kind=parent.kind,
            name=name,
            parent_id=parent.id,
            lead_org=parent.lead_org,
            lead_name=parent.lead_name,
        )
        audit.record(by, "sharing.node_added", f"node:{code}")
    return node


def _depth(parents: dict[UUID, UUID | None], node: UUID) -> int:
    depth, up = 1, parents[node]
    while up is not None:
        depth, up = depth + 1, parents[up]
    return depth


async def move_node(by: Principal, node_id: UUID, version: int, parent_id: UUID) -> Node:
    """Put a class with all below it under another one of the same kind; codes stay.

    Raises `NoSuchNode`, `NodeFixed`, `NotTheLead`, `TreeCycle`, `TreeTooDeep`,
    `PreconditionFailed`.
    """
    async with db.unit_of_work():
        # One at a time: two moves that are good alone may make a cycle together.
        await db.lock(LOCK)
        node, parent = await a_node(node_id), await a_node(parent_id)
        if node.fixed or node.parent_id is None:
            raise NodeFixed
        if node.kind != parent.kind:
            raise NoSuchNode
        await checked_lead(by, node)
        await checked_lead(by, parent)
        checked_place(await _parents(node.kind), node.id, parent.id)
        changed = await Node.filter(id=node.id, version=version).update(
            parent_id=parent.id, version=version + 1
        )
        if not changed:
            raise PreconditionFailed
        audit.record(by, "sharing.node_moved", f"node:{node.code}", under=parent.code)
    return await a_node(node_id)


async def rename_node(by: Principal, node_id: UUID, version: int, name: str) -> Node:
    """Another name; raises `NoSuchNode`, `NodeFixed`, `NotTheLead`, `PreconditionFailed`."""
    async with db.unit_of_work():
        node = await a_node(node_id)
        if node.fixed:
            raise NodeFixed
        await checked_lead(by, node)
        changed = await Node.filter(id=node_id, version=version).update(
            name=name, version=version + 1
        )
        if not changed:
            raise PreconditionFailed
        audit.record(by, "sharing.node_renamed", f"node:{node.code}")
    return await a_node(node_id)
