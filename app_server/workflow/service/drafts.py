"""Diagrams and tables on the drawing board; what is published is another thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.principal import Principal
from app_server.workflow.errors import FlowUnfit, NoSuchDraft, TableUnfit
from app_server.workflow.models import Draft
from app_server.workflow.rules.xml import read

Kind = Literal["flow", "table"]


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft in plain values; `text` is BPMN or DMN, `updated_ref` who drew last."""

    kind: Kind
    code: str
    title: str
    text: str
    updated_by: str
    updated_ref: str
    updated_at: datetime
    version: int


async def draft(kind: Kind, code: str) -> DraftFacts:
    """A draft; raises `NoSuchDraft`."""
    row = await Draft.get_or_none(kind=kind, code=code)
    if row is None:
        raise NoSuchDraft
    return _facts(row)


async def drafts(kind: Kind) -> list[DraftFacts]:
    """Every draft of a kind, the newest first."""
    return [_facts(row) for row in await Draft.filter(kind=kind).order_by("-updated_at")]


async def save_draft(
    editor: Principal, kind: Kind, code: str, title: str, text: str, version: int
) -> DraftFacts:
    """Save a drawing as it is, fit or not; version 0 begins one.

    Raises `FlowUnfit` or `TableUnfit` only for what is no plain XML, `PreconditionFailed` and
    `Conflict` where somebody else saved in between.
    """
    read(text, FlowUnfit if kind == "flow" else TableUnfit)
    now = clock.now()
    async with db.unit_of_work():
        held = await Draft.get_or_none(kind=kind, code=code)
        if (held.version if held else 0) != version:
            raise PreconditionFailed
        values: dict[str, Any] = {"title": title, "text": text, "updated_at": now}
        values |= {"updated_by": editor.name, "updated_ref": editor.ref}
        if held is None:
            await Draft.create(kind=kind, code=code, **values)
        elif not await Draft.filter(id=held.id, version=version).update(
            **values, version=version + 1
        ):
            raise Conflict
        audit.record(editor, "workflow.drawn", f"{kind}:{code}")
    return await draft(kind, code)


def _facts(row: Draft) -> DraftFacts:
    return DraftFacts(
        "flow" if row.kind == "flow" else "table",
        row.code,
        row.title,
        row.text,
        row.updated_by,
        row.updated_ref,
        row.updated_at,
        row.version,
    )
