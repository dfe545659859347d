"""What the quality rules must know beside an item: its catalogue item, library, lists, circles."""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from app_server.forms import service as forms
from app_server.forms.errors import NoSuchForm
from app_server.items.rules import ItemFacts, Surroundings
from app_server.items.rules.catalogue import CatalogueFacts
from app_server.items.rules.checks import KnownMaterial
from app_server.items.rules.circles import circles_through
from app_server.kernel import db
from app_server.workflow import service as workflow
from app_server.workflow.errors import NoSuchFlow
from payments import service as payments

# What a rule may ask of a paper: whether it is there, and whether a machine found it good.
PAPER_FACTS = ("present", "checked")

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
    known = await _forms({item.form_code for item in wanted} - {""})
    undrawn = await _missing_flows({item.flow_code for item in wanted} - {""})
    unlisted = {item.code: await _unlisted(item) for item in wanted if item.fee}
    asked = await _asked() if any(m.issuer for i in wanted for m in i.materials) else {}
    return {
        item.code: Surroundings(
            catalogue=above.get(item.catalogue_code),
            library=library,
            intermediaries=services,
            negative=item.catalogue_code in negative,
            form_missing=bool(item.form_code) and item.form_code not in known,
            flow_missing=item.flow_code in undrawn,
            bad_rules=tuple(_bad_rules(item, known.get(item.form_code, ()))),
            unlisted_fees=unlisted.get(item.code, ()),
            circles=circles_through(item.department, {m.issuer for m in item.materials}, asked),
        )
        for item in wanted
    }


async def _forms(codes: Iterable[str]) -> dict[str, frozenset[str]]:
    """The fields of each form that exists."""
    found = {}
    for code in codes:
        with contextlib.suppress(NoSuchForm):
            found[code] = frozenset((await forms.form(code)).schema["properties"])
    return found


async def _unlisted(item: ItemFacts) -> tuple[str, ...]:
    lines = [payments.BillItem(one.name, one.code, one.amount_fen) for one in item.fee if one.code]
    return tuple(await payments.unlisted(item.org, lines))


async def _missing_flows(codes: Iterable[str]) -> set[str]:
    missing = set()
    for code in codes:
        try:
            await workflow.flow(code)
        except NoSuchFlow:
            missing.add(code)
    return missing


def _bad_rules(item: ItemFacts, fields: Iterable[str]) -> Iterable[str]:
    """What is wrong with the rules a machine shall answer, with the review point's name."""
    papers = {f"material.{m.code}.{fact}" for m in item.materials for fact in PAPER_FACTS}
    asked = {f"{of}.{name}" for name in fields for of in ("form", "source")}
    for point in item.review_points:
        for fault in workflow.check_expression(point.rule, papers | asked) if point.rule else ():
            yield f"{point.name}（{fault}）"


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
