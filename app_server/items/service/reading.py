"""Items as others may know them: the one in force, one version, those of a region."""

import time
from collections.abc import Sequence
from typing import Any

from app_server.items.errors import NoSuchItem
from app_server.items.rules import ItemFacts
from app_server.kernel import db, regions

KEEP = 3.0
_published: dict[str, tuple[float, ItemFacts]] = {}
_versions: dict[tuple[str, int], ItemFacts] = {}


async def published(code: str) -> ItemFacts:
    """The item in force under a code, at most three seconds old; raises `NoSuchItem`."""
    known = _published.get(code)
    if known is None or time.monotonic() - known[0] > KEEP:
        row = await db.row(
            "SELECT v.facts, v.version FROM items_item i JOIN items_version v "
            "ON v.code = i.code AND v.version = i.current WHERE i.code = $1 AND NOT i.cancelled",
            code,
        )
        if row is None:
            raise NoSuchItem
        known = (time.monotonic(), facts_of(row["facts"], row["version"]))
        _published[code] = known
    return known[1]


async def version(code: str, number: int) -> ItemFacts:
    """One published version, which never changes; raises `NoSuchItem`."""
    known = _versions.get((code, number))
    if known is None:
        facts = await db.value(
            "SELECT facts FROM items_version WHERE code=$1 AND version=$2", code, number
        )
        if facts is None:
            raise NoSuchItem
        known = _versions[(code, number)] = facts_of(facts, number)
    return known


_FOUND = """
SELECT i.code, v.facts->>'name' AS name, i.current AS version, i.region, i.org,
  v.facts->>'department' AS department, v.facts->>'item_type' AS item_type
FROM items_item i JOIN items_version v ON v.code = i.code AND v.version = i.current
WHERE NOT i.cancelled AND i.region LIKE $1 || '%' AND ($2 = '' OR v.facts->>'name' LIKE $2)
  AND ($3 = '' OR i.org = $3) AND i.code > $4 ORDER BY i.code LIMIT $5
"""


async def find_items(
    region: str, words: str, org: str, after: str, limit: int
) -> list[dict[str, Any]]:
    """Items in force of a region and all below it, in code order; raises `NoSuchRegion`."""
    regions.region(region)
    escaped = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    like = f"%{escaped}%" if escaped else ""
    return [dict(row) for row in await db.rows(_FOUND, prefix(region), like, org, after, limit)]


async def in_region(region: str, limit: int = 200) -> Sequence[ItemFacts]:
    """Items in force for people of a region: of the region itself, above it and below it."""
    above = [region]
    while (parent := regions.parent_of(above[-1])) is not None:
        above.append(parent)
    rows = await db.rows(
        "SELECT v.facts, v.version FROM items_item i JOIN items_version v "
        "ON v.code = i.code AND v.version = i.current "
        "WHERE NOT i.cancelled AND (i.region = ANY($1::text[]) OR i.region LIKE $2) "
        # Nearest first; a town's own only for those of the town.
        "ORDER BY length(i.region) > 6 AND i.region <> $4, length(rtrim(i.region, '0')) DESC, "
        "v.published_at, i.code LIMIT $3",
        above,
        prefix(region) + "%",
        limit,
        region,
    )
    return [facts_of(row["facts"], row["version"]) for row in rows]


def prefix(region: str) -> str:
    """What the codes of a division and all below it begin with."""
    level = regions.level_of(region)
    return {"province": region[:2], "city": region[:4]}.get(level, region)


def forget(code: str) -> None:
    """Read an item again at the next question (this process just published it)."""
    _published.pop(code, None)


def facts_of(text: str, number: int) -> ItemFacts:
    """A stored version as facts."""
    return ItemFacts.model_validate_json(text).model_copy(update={"version": number})
