"""Query and statistics: items by region subtree, body, type and list, on any day (R-ITM-02)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app_server.items.rules.catalogue import LOCKED, CatalogueFacts, locked_differences
from app_server.items.rules.circles import circles
from app_server.items.rules.facts import DEPTH_HANDLED
from app_server.items.rules.lists import Figures, Standing, figures, standing
from app_server.items.service.around import ASKED
from app_server.items.service.catalogue import entry, implementations
from app_server.items.service.history import STANDING
from app_server.items.service.reading import facts_of, prefix
from app_server.kernel import clock, db, regions
from app_server.kernel.ids import uuid7

_ON_A_DAY = f"""
SELECT s.code, s.version, v.facts->>'name' AS name, v.facts->>'region' AS region,
  v.facts->>'org' AS org, v.facts->>'department' AS department,
  v.facts->>'item_type' AS item_type, (v.facts->>'to_site_times')::int AS to_site_times,
  (v.facts->>'online_depth')::int AS online_depth, jsonb_array_length(v.facts->'fee') AS fees,
  coalesce(jsonb_array_length(v.facts->'intermediaries'), 0) AS services,
  ARRAY(SELECT jsonb_array_elements_text(coalesce(v.facts->'lists', '[]'))) AS tags,
  coalesce(v.facts->>'target_class', '') AS target_class,
  coalesce((v.facts->'promise_limit'->>'days')::int, 0) AS promise_days,
  coalesce((v.facts->>'appointment')::boolean, false)::int
    + (coalesce(v.facts->>'form_code', '') <> '')::int * (2
    + ((v.facts->>'online_depth')::int >= {DEPTH_HANDLED})::int) AS functions,
  n.since IS NOT NULL AS negative
FROM ({STANDING}) s JOIN items_version v ON v.code = s.code AND v.version = s.version
LEFT JOIN items_negative n ON n.catalogue_code = v.facts->>'catalogue_code'
WHERE s.kind = 'published' AND v.facts->>'region' LIKE $2 || '%'
  AND ($3 = '' OR v.facts->>'org' = $3) AND ($4 = '' OR v.facts->>'item_type' = $4)
ORDER BY s.code
"""
_THEMES = """
SELECT theme, count(*) AS items FROM items_item i
JOIN items_version v ON v.code = i.code AND v.version = i.current,
LATERAL jsonb_array_elements_text(v.facts->'themes') theme
WHERE NOT i.cancelled AND i.region LIKE $1 || '%' GROUP BY theme ORDER BY items DESC, theme
"""
_DEPARTMENTS = """
SELECT v.facts->>'department' AS department, i.org, count(*) AS items FROM items_item i
JOIN items_version v ON v.code = i.code AND v.version = i.current
WHERE NOT i.cancelled AND i.region LIKE $1 || '%' GROUP BY 1, 2 ORDER BY items DESC, 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: of a region and all below it, of a body, of a type, on a list, on a day."""

    region: str
    org: str = ""
    item_type: str = ""
    listed: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """How long a list was on a day."""

    day: date
    items: int
    total: int


@dataclass(frozen=True, slots=True)
class Deviation:
    """One place's implementation beside the others'; `code` is empty where there is none."""

    region: str
    name: str
    code: str
    promise_days: int
    fee_fen: int
    steps: int
    materials: int
    extra_materials: list[str]
    missing_materials: list[str]


async def found(wanted: Wanted) -> list[Standing]:
    """The items asked for, in code order; raises `regions.NoSuchRegion`."""
    regions.region(wanted.region)
    day = wanted.day or clock.today()
    rows = await db.rows(_ON_A_DAY, day, prefix(wanted.region), wanted.org, wanted.item_type)
    standings = [standing(row) for row in rows]
    return [s for s in standings if not wanted.listed or wanted.listed in s.lists]


async def statistics(wanted: Wanted) -> Figures:
    """The figures of the items asked for; raises `regions.NoSuchRegion`."""
    return figures(await found(wanted), wanted.day or clock.today())


async def growth(wanted: Wanted, days: Sequence[date]) -> list[Growth]:
    """How long a list was on each of some days (R-ITM-29)."""
    points = []
    for day in days:
        everything = await found(Wanted(wanted.region, wanted.org, wanted.item_type, "", day))
        on_it = sum(wanted.listed in s.lists for s in everything)
        points.append(Growth(day, on_it, len(everything)))
    return points


async def by_theme(region: str) -> dict[str, int]:
    """How many items in force each theme has, in a region and below it, the most first."""
    regions.region(region)
    return {row["theme"]: row["items"] for row in await db.rows(_THEMES, prefix(region))}


async def by_department(region: str) -> list[Mapping[str, Any]]:
    """Departments of a region and below it with how many items they have, the most first."""
    regions.region(region)
    return await db.rows(_DEPARTMENTS, prefix(region))


async def deviations(code: str) -> list[Deviation]:
    """One catalogue item over all cities (R-ITM-08); raises `NoSuchCatalogueItem`.

    The standard is the province's list of materials; without one, what most places ask.
    """
    above = (await entry(code)).facts
    items = [item for item, _ in await implementations(code)]
    standard = set(above.ceilings.materials or _most(items))
    rows, seen = [], set()
    for item in items:
        names = {m.name for m in item.materials}
        seen.add(regions.city_of(item.region))
        rows.append(
            Deviation(
                item.region,
                regions.full_name(item.region),
                item.code,
                item.promise_limit.days if item.promise_limit else 0,
                item.fee_fen,
                len(item.steps),
                len(names),
                sorted(names - standard),
                sorted(standard - names),
            )
        )
    province = f"{items[0].region[:2]}0000" if items else "340000"
    rows += [
        Deviation(city.code, regions.full_name(city.code), "", 0, 0, 0, 0, [], [])
        for city in regions.children(province)
        if city.code not in seen
    ]
    return sorted(rows, key=lambda row: (row.region, row.code))


def _most(items: Sequence[Any]) -> set[str]:
    counts = Counter(m.name for item in items for m in item.materials)
    return {name for name, times in counts.items() if times * 2 > len(items)}


async def inconsistencies() -> list[dict[str, Any]]:
    """Where an implementation in force differs from its catalogue item (三级四同, R-ITM-05)."""
    rows = await db.rows(
        "SELECT v.facts::text AS facts, v.version, c.facts::text AS above, c.state "
        "FROM items_item i JOIN items_version v ON v.code = i.code AND v.version = i.current "
        "LEFT JOIN items_catalogue c ON c.code = i.catalogue_code "
        "WHERE NOT i.cancelled AND i.catalogue_code <> '' ORDER BY i.code"
    )
    report = []
    for row in rows:
        item = facts_of(row["facts"], row["version"])
        gone = row["above"] is None or row["state"] != "active"
        names = ["catalogue_code"] if gone else locked_differences(item, _above(row["above"]))
        if names:
            words = [LOCKED.get(name, "目录清单") for name in names]
            report.append(
                {"code": item.code, "region": item.region, "fields": names, "names": words}
            )
    return report


def _above(text: str) -> Any:
    return CatalogueFacts.model_validate_json(text)


async def keep_report() -> int:
    """Write tonight's 三级四同 report; answers how many differences it holds."""
    report = await inconsistencies()
    async with db.unit_of_work() as uow:
        uow.add(
            "items_report",
            {
                "id": uuid7(),
                "name": "consistency",
                "day": clock.today(),
                "found": report,
                "at": clock.now(),
            },
            on_conflict="ON CONFLICT (name, day) DO UPDATE SET found = excluded.found, "
            "at = excluded.at",
        )
    return len(report)


async def reports(limit: int = 30) -> list[Mapping[str, Any]]:
    """The nightly reports, the latest first."""
    return await db.rows(
        "SELECT day, at, found::text AS found FROM items_report WHERE name = 'consistency' "
        "ORDER BY day DESC LIMIT $1",
        limit,
    )


async def circular_proofs() -> list[tuple[str, ...]]:
    """Circles of departments that ask each other for proofs, over all items (R-CAS-28)."""
    graph: dict[str, set[str]] = defaultdict(set)
    for row in await db.rows(ASKED):
        graph[row["asks"]].add(row["issues"])
    return circles(graph)
