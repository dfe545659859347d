"""What the quality rules must know beside an item: its catalogue item, library, lists, circles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app_server.forms import service as forms
from app_server.forms.errors import NoSuchForm
from app_server.items.rules import ItemFacts, Surroundings
from app_server.items.rules.catalogue import CatalogueFacts
from app_server.items.rules.checks import KnownMaterial
from app_server.items.rules.circles import circles_through
from app_server.kernel import db

# Who asks whom for a proof, by the items in force.
ASKED = """
SELECT DISTINCT v.facts->>'department' AS asks, m->>'issuer' AS issues
FROM items_item i JOIN items_version v ON v.code = i.code AND v.version = i.current
CROSS JOIN LATERAL jsonb_array_elements(v.facts->'materials') m
WHERE NOT i.cancelled AND m->>'issuer' <> '' AND v.facts->>'department' <> m->>'issuer'
  AND m->>'issuer' IN (SELECT DISTINCT w.facts->>'department' FROM items_item j
    JOIN items_version w ON w.code = j.code AND w.version = j.current)
"""


async def surroundings(wanted: Sequence[ItemFacts]) -> Mapping[str, Surroundings]:
    """What there is to know about each item, by its code, in a few queries for all."""
    basics = sorted({item.catalogue_code for item in wanted} - {""})
    above = {}
    negative: set[str] = set()
    if basics:
        rows = await db.rows(
            "SELECT c.code, c.facts::text AS facts, c.version, n.since IS NOT NULL AS negative "
            "FROM items_catalogue c LEFT JOIN items_negative n ON n.catalogue_code = c.code "
            "WHERE c.code = ANY($1::text[]) AND c.state = 'active'",
            basics,
        )
        for row in rows:
            facts = CatalogueFacts.model_validate_json(row["facts"])
            above[row["code"]] = facts.model_copy(update={"version": row["version"]})
        negative = {row["code"] for row in rows if row["negative"]}
    library = await _library({m.library for item in wanted for m in item.materials} - {""})
    services = await _services({code for item in wanted for code in item.intermediaries})
    missing = await _missing_forms({item.form_code for item in wanted} - {""})
    asked = await _asked() if any(m.issuer for i in wanted for m in i.materials) else {}
    return {
        item.code: Surroundings(
            catalogue=above.get(item.catalogue_code),
            library=library,
            intermediaries=services,
            negative=item.catalogue_code in negative,
            form_missing=item.form_code in missing,
            circles=circles_through(item.department, {m.issuer for m in item.materials}, asked),
        )
        for item in wanted
    }


async def _missing_forms(codes: Iterable[str]) -> set[str]:
    missing = set()
    for code in codes:
        try:
            await forms.form(code)
        except NoSuchForm:
            missing.add(code)
    return missing


async def _library(codes: Iterable[str]) -> dict[str, KnownMaterial]:
    if not (wanted := sorted(codes)):
        return {}
    rows = await db.rows(
        "SELECT code, name, licence_type, data_service FROM items_material "
        "WHERE code = ANY($1::text[]) AND active",
        wanted,
    )
    return {row["code"]: KnownMaterial(**row) for row in rows}


async def _services(codes: Iterable[str]) -> frozenset[str]:
    if not (wanted := sorted(codes)):
        return frozenset()
    rows = await db.rows("SELECT code FROM items_intermediary WHERE code = ANY($1::text[])", wanted)
    return frozenset(row["code"] for row in rows)


async def _asked() -> dict[str, set[str]]:
    graph: dict[str, set[str]] = defaultdict(set)
    for row in await db.rows(ASKED):
        graph[row["asks"]].add(row["issues"])
    return graph
