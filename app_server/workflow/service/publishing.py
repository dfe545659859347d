"""Publishing: checked whole, replayed against what already happened, then fixed for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.workflow.errors import (
    FlowUnfit,
    HistoriesDiffer,
    NoSuchFlow,
    NoSuchTable,
    TableUnfit,
)
from app_server.workflow.rules import checks, tables
from app_server.workflow.rules.checks import Terms
from app_server.workflow.rules.diagrams import Diagram
from app_server.workflow.rules.expressions import spoken_of
from app_server.workflow.rules.xml import Finding, finding
from app_server.workflow.service import engine
from app_server.workflow.service.replaying import replay

Kind = Literal["flow", "table"]


@dataclass(frozen=True, slots=True)
class PublishedFacts:
    """One published version of a flow or table; `facts` are the names it asks for, dotted."""

    kind: Kind
    code: str
    version: int
    title: str
    text: str
    sha256: str
    tables: dict[str, int]
    facts: list[str]
    published_by: str
    published_at: datetime


_known: dict[tuple[str, str, int], PublishedFacts] = {}


async def flow(code: str, version: int | None = None) -> PublishedFacts:
    """A flow, its newest version unless one is named; raises `NoSuchFlow`."""
    found = await _one("flow", code, version)
    if found is None:
        raise NoSuchFlow
    return found


async def table(code: str, version: int | None = None) -> PublishedFacts:
    """A decision table, its newest version unless one is named; raises `NoSuchTable`."""
    found = await _one("table", code, version)
    if found is None:
        raise NoSuchTable
    return found


async def published(kind: Kind, code: str = "") -> list[PublishedFacts]:
    """The newest version of each, or with a code every version of that one, newest first."""
    rows = await db.rows(
        "SELECT * FROM workflow_published WHERE kind=$1 AND code=$2 ORDER BY version DESC"
        if code
        else "SELECT DISTINCT ON (code) * FROM workflow_published WHERE kind=$1 AND $2='' "
        "ORDER BY code, version DESC",
        kind,
        code,
    )
    return [_facts(row) for row in rows]


async def decide(code: str, facts: dict[str, Any], version: int | None = None) -> tables.Decision:
    """What a table says of these facts, and why; raises `NoSuchTable`."""
    return tables.decide(tables.table((await table(code, version)).text), facts)


async def check_flow(text: str, terms: Terms) -> list[Finding]:
    """Everything that keeps a drawing from being published; empty when nothing does."""
    try:
        drawn, found = checks.check(text, terms)
        if not found:
            engine.loads(text)
    except FlowUnfit as error:
        return list(error.facts["errors"])
    for element in drawn.elements.values():
        if element.kind == "table" and element.table:
            try:
                await table(element.table)
            except NoSuchTable:
                said = f"决策表“{element.table}”尚未发布"
                found.append(finding(element.id, "table", said))
    return found


async def check_table(text: str, terms: Terms) -> list[Finding]:
    """Everything that keeps a table from being published; empty when nothing does."""
    return tables.check_table(text, {*terms.facts, "tasks."})


async def publish_flow(
    publisher: Principal, code: str, title: str, text: str, terms: Terms, reason: str = ""
) -> int:
    """Publish a flow; answers its version. The same drawing again changes nothing.

    Raises `FlowUnfit`, and `HistoriesDiffer` where instances of earlier versions would have gone
    another way, unless a `reason` accepts that (they themselves stay with their version).
    """
    if found := await check_flow(text, terms):
        raise FlowUnfit(errors=found)
    drawn = engine.drawn(text)
    pinned = await _pinned(drawn)
    asked = {
        name
        for line in drawn.lines.values()
        if line.condition
        for name in spoken_of(line.condition)
    }
    for name, version in pinned.items():
        asked.update((await table(name, version)).facts)
    asked = {name for name in asked if not name.startswith("tasks.")}
    return await _publish(publisher, "flow", code, title, text, pinned, sorted(asked), reason)


async def publish_table(
    publisher: Principal, code: str, title: str, text: str, terms: Terms
) -> int:
    """Publish a decision table; answers its version. Raises `TableUnfit`.

    Flows keep the version they were published with until they are published again.
    """
    if found := await check_table(text, terms):
        raise TableUnfit(errors=found)
    asked = {name for column in tables.table(text).inputs for name in spoken_of(column)}
    return await _publish(publisher, "table", code, title, text, {}, sorted(asked), "")


async def _pinned(drawn: Diagram) -> dict[str, int]:
    codes = {element.table for element in drawn.elements.values() if element.kind == "table"}
    return {code: (await table(code)).version for code in sorted(codes)}


async def _publish(
    publisher: Principal,
    kind: Kind,
    code: str,
    title: str,
    text: str,
    pinned: dict[str, int],
    facts: list[str],
    reason: str,
) -> int:
    digest = hashlib.sha256(text.encode()).hexdigest()
    async with db.unit_of_work() as uow:
        await db.lock(f"workflow.publish:{kind}:{code}")
        held = await _one(kind, code, None)
        if held and (held.title, held.sha256, held.tables, held.facts) == (
            title,
            digest,
            pinned,
            facts,
        ):
            return held.version
        if kind == "flow" and held and not reason:
            decided = {name: tables.table((await table(name)).text) for name in pinned}
            if differences := await replay(code, text, decided):
                raise HistoriesDiffer(differences=[d.shown for d in differences])
        version = held.version + 1 if held else 1
        row = {"id": uuid7(), "kind": kind, "code": code, "version": version, "title": title}
        content = {"text": text, "sha256": digest, "tables": pinned, "facts": facts}
        who = {"published_by": publisher.name or publisher.ref, "published_at": clock.now()}
        uow.add("workflow_published", row | content | who | {"reason": reason})
        audit.record(publisher, "workflow.published", f"{kind}:{code}", version=version)
    return version


async def _one(kind: Kind, code: str, version: int | None) -> PublishedFacts | None:
    if version is not None and (known := _known.get((kind, code, version))):
        return known
    row = await db.row(
        "SELECT * FROM workflow_published WHERE kind=$1 AND code=$2 "
        "AND ($3::int IS NULL OR version=$3) ORDER BY version DESC LIMIT 1",
        kind,
        code,
        version,
    )
    if row is None:
        return None
    found = _facts(row)
    return _known.setdefault((kind, code, found.version), found)


def _facts(row: Any) -> PublishedFacts:
    return PublishedFacts(
        kind=row["kind"],
        code=row["code"],
        version=row["version"],
        title=row["title"],
        text=row["text"],
        sha256=row["sha256"],
        tables=orjson.loads(row["tables"]),
        facts=orjson.loads(row["facts"]),
        published_by=row["published_by"],
        published_at=row["published_at"],
    )
