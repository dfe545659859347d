"""The catalogue list: made by the province, proposed by cities, flowing down (R-ITM-03…06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import orjson

from app_server.items.errors import (
    CatalogueItemExists,
    ItemUnfit,
    LockedElement,
    NoSuchCatalogueItem,
    NotInThisState,
    ProvinceOnly,
)
from app_server.items.models import CatalogueItem
from app_server.items.rules import ItemFacts
from app_server.items.rules.catalogue import CatalogueFacts, with_locked
from app_server.items.service.around import surroundings
from app_server.items.service.cancelling import cancel_rows
from app_server.items.service.drafting import open_row
from app_server.items.service.publishing import check, put_in_force
from app_server.items.service.reading import facts_of
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A catalogue item with where it stands."""

    facts: CatalogueFacts
    state: str
    org: str
    region: str
    reason: str
    implementations: int


@dataclass(frozen=True, slots=True)
class FlownDown:
    """What a change did below: versions that took it over, and drafts for owners to settle."""

    version: int
    published: list[str]
    drafts: list[str]


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """One version of a catalogue item."""

    version: int
    facts: CatalogueFacts
    at: datetime


def is_province(principal: Principal) -> bool:
    """Whether this staff member edits for the province."""
    return bool(principal.region) and regions.level_of(principal.region) == "province"


def needs_province(principal: Principal) -> None:
    """Raise `ProvinceOnly` for everybody below the province."""
    if not is_province(principal):
        raise ProvinceOnly


async def ensure_catalogue(principal: Principal, wanted: Sequence[CatalogueFacts]) -> None:
    """Put catalogue items that are not there yet in force (for seeds and imports)."""
    held = await db.rows(
        "SELECT code FROM items_catalogue WHERE code = ANY($1::text[])", [f.code for f in wanted]
    )
    known = {row["code"] for row in held}
    async with db.unit_of_work():
        for facts in {f.code: f for f in wanted if f.code not in known}.values():
            _add(principal, facts, "active")


async def create(principal: Principal, facts: CatalogueFacts) -> None:
    """Add a catalogue item; raises `ProvinceOnly`, `CatalogueItemExists`."""
    needs_province(principal)
    await _create(principal, facts, "active")


async def propose(principal: Principal, facts: CatalogueFacts) -> None:
    """Propose a catalogue item, which any editor may; raises `CatalogueItemExists`."""
    await _create(principal, facts, "proposed")


async def _create(principal: Principal, facts: CatalogueFacts, state: str) -> None:
    async with db.unit_of_work():
        await db.lock(f"items.catalogue:{facts.code}")
        held = await CatalogueItem.get_or_none(code=facts.code)
        if held is not None and held.state != "declined":
            raise CatalogueItemExists
        if held is not None:
            await held.delete()
        _add(principal, facts, state)
        audit.record(principal, f"items.catalogue_{state}", f"catalogue:{facts.code}")


def _add(principal: Principal, facts: CatalogueFacts, state: str) -> None:
    body = facts.model_dump(mode="json", exclude={"version"})
    uow = db.needed()
    uow.add(
        "items_catalogue",
        {
            "code": facts.code,
            "state": state,
            "version": 1 if state == "active" else 0,
            "facts": body,
            "org": principal.org,
            "region": principal.region,
            "reason": "",
            "changed_at": clock.now(),
            "changed_by": principal.ref,
        },
    )
    if state == "active":
        _keep(principal, facts.code, 1, body)


def _keep(principal: Principal, code: str, number: int, body: dict[str, Any]) -> None:
    db.needed().add(
        "items_catalogue_version",
        {
            "id": uuid7(),
            "code": code,
            "version": number,
            "facts": body,
            "at": clock.now(),
            "by": principal.ref,
        },
    )


async def settle(
    principal: Principal, code: str, outcome: Literal["active", "declined"], reason: str
) -> None:
    """Take a proposal over or decline it; raises `ProvinceOnly`, `NoSuchCatalogueItem`."""
    needs_province(principal)
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE items_catalogue SET state = $2, reason = $3, changed_at = $4, changed_by = $5, "
            "version = $6 WHERE code = $1 AND state = 'proposed'",
            code,
            outcome,
            reason,
            clock.now(),
            principal.ref,
            int(outcome == "active"),
        )
        if not touched:
            await entry(code)
            raise NotInThisState
        if outcome == "active":
            found = await CatalogueItem.get(code=code)
            _keep(principal, code, 1, found.facts)
        audit.record(principal, f"items.catalogue_{outcome}", f"catalogue:{code}")


async def change(principal: Principal, expected: int, facts: CatalogueFacts) -> FlownDown:
    """Change a catalogue item; every implementation follows with a new version (R-ITM-04).

    One that the change no longer fits (a lowered ceiling) is left in force and its owner gets a
    draft. Raises `ProvinceOnly`, `NoSuchCatalogueItem`, `PreconditionFailed`.
    """
    needs_province(principal)
    body = facts.model_dump(mode="json", exclude={"version"})
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE items_catalogue SET facts = $3, version = version + 1, changed_at = $4, "
            "changed_by = $5 WHERE code = $1 AND version = $2 AND state = 'active'",
            facts.code,
            expected,
            orjson.dumps(body).decode(),
            clock.now(),
            principal.ref,
        )
        if not touched:
            await entry(facts.code)
            raise PreconditionFailed
        _keep(principal, facts.code, expected + 1, body)
        audit.record(
            principal, "items.catalogue_changed", f"catalogue:{facts.code}", version=expected + 1
        )
        return await _flow_down(principal, facts, expected + 1)


async def _flow_down(principal: Principal, facts: CatalogueFacts, version: int) -> FlownDown:
    fitting: list[ItemFacts] = []
    drafts: list[str] = []
    for held, owner in await implementations(facts.code):
        item = with_locked(held, facts)
        try:
            check(item, (await surroundings([item]))[item.code])
        except (ItemUnfit, LockedElement):
            await open_row(principal, item, owner=owner, base=held.version, origin="catalogue")
            drafts.append(item.code)
        else:
            if item != held:
                fitting.append(item)
    await put_in_force(principal, fitting, clock.today())
    return FlownDown(version, [item.code for item in fitting], drafts)


async def close(principal: Principal, code: str, on: date, reason: str) -> list[str]:
    """Cancel a catalogue item and from a day on all its implementations; answers their codes.

    Raises `ProvinceOnly`, `NoSuchCatalogueItem`, `NotInThisState`.
    """
    needs_province(principal)
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE items_catalogue SET state = 'cancelled', reason = $2, changed_at = $3, "
            "changed_by = $4 WHERE code = $1 AND state = 'active'",
            code,
            reason,
            clock.now(),
            principal.ref,
        )
        if not touched:
            await entry(code)
            raise NotInThisState
        codes = [item.code for item, _ in await implementations(code)]
        await cancel_rows(principal, codes, on, reason)
        audit.record(principal, "items.catalogue_cancelled", f"catalogue:{code}")
        return codes


async def implementations(code: str) -> list[tuple[ItemFacts, str]]:
    """The items in force below a catalogue item, each with its owner."""
    rows = await db.rows(
        "SELECT v.facts::text AS facts, v.version, i.owner FROM items_item i "
        "JOIN items_version v ON v.code = i.code AND v.version = i.current "
        "WHERE i.catalogue_code = $1 AND NOT i.cancelled ORDER BY i.code",
        code,
    )
    return [(facts_of(row["facts"], row["version"]), row["owner"]) for row in rows]


_LIST = """
SELECT c.code, c.facts::text AS facts, c.version, c.state, c.org, c.region, c.reason,
  (SELECT count(*) FROM items_item i
   WHERE i.catalogue_code = c.code AND NOT i.cancelled AND i.current > 0) AS implementations
FROM items_catalogue c
"""


async def entry(code: str) -> CatalogueEntry:
    """One catalogue item; raises `NoSuchCatalogueItem`."""
    row = await db.row(_LIST + "WHERE c.code = $1", code)
    if row is None:
        raise NoSuchCatalogueItem
    return _entry(row)


async def catalogue_list(
    *, state: str = "active", item_type: str = "", after: str = "", limit: int = 50
) -> list[CatalogueEntry]:
    """Catalogue items in code order, after a code."""
    rows = await db.rows(
        _LIST + "WHERE c.state = $1 AND c.code > $2 AND ($3 = '' OR c.facts->>'item_type' = $3) "
        "ORDER BY c.code LIMIT $4",
        state,
        after,
        item_type,
        limit,
    )
    return [_entry(row) for row in rows]


async def catalogue_history(code: str) -> list[CatalogueChange]:
    """Every version of a catalogue item, the first first; raises `NoSuchCatalogueItem`."""
    await entry(code)
    rows = await db.rows(
        "SELECT version, facts::text AS facts, at FROM items_catalogue_version "
        "WHERE code = $1 ORDER BY version",
        code,
    )
    return [CatalogueChange(r["version"], _facts(r["facts"], r["version"]), r["at"]) for r in rows]


def _entry(row: Any) -> CatalogueEntry:
    return CatalogueEntry(
        _facts(row["facts"], row["version"]),
        row["state"],
        row["org"],
        row["region"],
        row["reason"],
        row["implementations"],
    )


def _facts(text: str, version: int) -> CatalogueFacts:
    return CatalogueFacts.model_validate_json(text).model_copy(update={"version": version})
