"""Finding: substring, alias and similarity, over one table (PostgreSQL, pg_trgm)."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from app_server.kernel import db, regions
from app_server.kernel.ids import uuid7
from app_server.search import rules

Kind = Literal["item", "mini_app"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, best first, and how much there is."""

    hits: list[Any]
    total: int


# The whole phrase in the title counts most, then in an alias; then an alias inside a longer
# phrase ("我想申请公租房"); last, what merely looks alike ("公租方").
_FIND = """
WITH scored AS (
  SELECT kind, code, title, subtitle, region, min_tier, uses,
    CASE WHEN title ILIKE $3 THEN 4 WHEN words ILIKE $3 THEN 3
         WHEN EXISTS (SELECT 1 FROM unnest(string_to_array(words, ' ')) w
                      WHERE length(w) > 1 AND position(w IN $4) > 0) THEN 2
         ELSE 0 END AS hit,
    greatest(similarity(title, $4), word_similarity($4, words), word_similarity($4, title))
      AS alike
  FROM search_document WHERE region = ANY($1::text[]) OR region LIKE $2)
SELECT *, count(*) OVER () AS total FROM scored WHERE hit > 0 OR alike >= 0.34
ORDER BY hit DESC, alike DESC, uses DESC, title LIMIT $5
"""

_POPULAR = """
SELECT kind, code, title, subtitle, region, min_tier, count(*) OVER () AS total
FROM search_document WHERE region = ANY($1::text[]) OR region LIKE $2
ORDER BY uses DESC, id LIMIT $3
"""


async def find(text: str, region: str) -> Found:
    """What fits `text` in a region, above it and below it; without text, what is popular.

    Raises `regions.NoSuchRegion`.
    """
    regions.region(region)
    where = (rules.above(region), rules.below(region))
    wanted = rules.tidy(text)
    if wanted:
        rows = await db.rows(_FIND, *where, rules.like(wanted), wanted, rules.LIMIT)
    else:
        rows = await db.rows(_POPULAR, *where, rules.LIMIT)
    return Found(list(rows), rows[0]["total"] if rows else 0)


async def put(
    kind: Kind,
    code: str,
    *,
    region: str,
    title: str,
    subtitle: str,
    words: list[str],
    min_tier: int,
) -> None:
    """Make a thing findable, or bring it up to date, in the caller's unit of work."""
    db.needed().add(
        "search_document",
        {
            "id": uuid7(),
            "kind": kind,
            "code": code,
            "region": region,
            "title": title,
            "subtitle": subtitle,
            "words": " ".join(word.replace(" ", "").lower() for word in words),
            "min_tier": min_tier,
            "uses": 0,
        },
        on_conflict=(
            "ON CONFLICT (kind, code) DO UPDATE SET region=excluded.region, "
            "title=excluded.title, subtitle=excluded.subtitle, words=excluded.words, "
            "min_tier=excluded.min_tier"
        ),
    )


async def drop(kind: Kind, code: str) -> None:
    """Let nobody find a thing any more."""
    await db.execute("DELETE FROM search_document WHERE kind=$1 AND code=$2", kind, code)


async def count_use(case_id: UUID, item_code: str) -> None:
    """Count one application for an item's popularity, once however often it is told."""
    first = await db.execute(
        "INSERT INTO search_use (case_id, code) VALUES ($1,$2) ON CONFLICT DO NOTHING",
        case_id,
        item_code,
    )
    if first:
        await db.execute(
            "UPDATE search_document SET uses = uses + 1 WHERE kind='item' AND code=$1", item_code
        )
