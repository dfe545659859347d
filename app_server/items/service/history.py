"""The catalogue through time: any past day rebuilt, what changed since, one item's versions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app_server.items.errors import NoSuchItem
from app_server.items.rules import ItemFacts
from app_server.items.rules.difference import Difference, difference
from app_server.items.service.drafting import draft_view
from app_server.items.service.reading import facts_of, published, version
from app_server.kernel import clock, db
from app_server.kernel.principal import Principal

# How every item stood on day $1: its newest version that was effective by then (an older one
# whose day came later is superseded), unless it was cancelled after that.
STANDING = """
SELECT p.code, p.version, CASE WHEN EXISTS (
    SELECT 1 FROM items_change c WHERE c.code = p.code AND c.kind = 'cancelled'
    AND c.effective_on <= $1 AND (c.effective_on, c.seq) > (p.effective_on, p.seq)
  ) THEN 'cancelled' ELSE 'published' END AS kind
FROM (SELECT DISTINCT ON (code) code, version, effective_on, seq FROM items_change
  WHERE effective_on <= $1 AND kind = 'published' ORDER BY code, version DESC) p
"""
BASE = "base"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of the change feed."""

    seq: int
    code: str
    kind: str
    version: int
    effective_on: date
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A page of the list of a day; `mark` is the last change it knows of."""

    day: date
    mark: int
    items: list[ItemFacts]
    next: str


async def mark() -> int:
    """The number of the latest change."""
    return int(await db.value("SELECT coalesce(max(seq), 0) FROM items_change"))


async def as_of(day: date, *, region: str = "", after: str = "", limit: int = 200) -> Snapshot:
    """The list as it stood on a day (R-ITM-10): items in code order, after a code."""
    latest = await mark()
    rows = await db.rows(
        f"SELECT v.facts::text AS facts, v.version FROM ({STANDING}) s "
        "JOIN items_version v ON v.code = s.code AND v.version = s.version "
        "WHERE s.kind = 'published' AND s.code > $2 AND v.facts->>'region' LIKE $3 "
        "ORDER BY s.code LIMIT $4",
        day,
        after,
        region + "%",
        limit,
    )
    found = [facts_of(row["facts"], row["version"]) for row in rows]
    return Snapshot(day, latest, found, found[-1].code if len(found) == limit else "")


async def changes(after: int, limit: int = 500) -> list[Change]:
    """The change feed after a number, in order."""
    rows = await db.rows(
        "SELECT seq, code, kind, version, effective_on, at, note FROM items_change "
        "WHERE seq > $1 ORDER BY seq LIMIT $2",
        after,
        limit,
    )
    return [Change(**row) for row in rows]


async def changelog(code: str) -> list[Change]:
    """All that happened to one item, the first first; raises `NoSuchItem` (R-ITM-12)."""
    rows = await db.rows(
        "SELECT seq, code, kind, version, effective_on, at, note FROM items_change "
        "WHERE code = $1 ORDER BY seq",
        code,
    )
    if not rows:
        raise NoSuchItem
    return [Change(**row) for row in rows]


async def set_base(item: ItemFacts, source: str) -> None:
    """Keep what an item asked before the reform, once, to measure reductions by (R-ITM-35)."""
    async with db.unit_of_work() as uow:
        uow.add(
            "items_base",
            {
                "code": item.code,
                "facts": item.model_dump(mode="json", exclude={"version"}),
                "source": source,
            },
            on_conflict="ON CONFLICT (code) DO NOTHING",
        )


async def compared(code: str, before: str, after: int) -> Difference:
    """How two versions differ; `before` is a number or `base`; raises `NoSuchItem`."""
    old = await _base(code) if before == BASE else await version(code, int(before))
    return difference(old, await version(code, after))


async def draft_compared(principal: Principal, draft_id: UUID) -> Difference:
    """How a draft differs from the version in force; raises `NoSuchDraft`, `NoSuchItem`."""
    told = await draft_view(principal, draft_id)
    return difference(await published(told.facts.code), told.facts)


async def _base(code: str) -> ItemFacts:
    text: Any = await db.value("SELECT facts::text FROM items_base WHERE code = $1", code)
    if text is None:
        raise NoSuchItem
    return facts_of(text, 0)


async def today_in_force(region: str = "") -> list[ItemFacts]:
    """Every item in force today below a region's prefix, for reports."""
    return (await as_of(clock.today(), region=region, limit=100_000)).items
