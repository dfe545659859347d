"""Publishing: checked against the catalogue's rules, then fixed for good.

Every way in (the review chain, an import, the seed) ends in `put_in_force`, so that one set of
rules holds for all.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app_server.items.errors import DirectPublishing, LockedElement
from app_server.items.events import ItemPublished
from app_server.items.models import Item
from app_server.items.rules import Finding, ItemFacts, Surroundings, check_item
from app_server.items.rules.catalogue import LOCKED, locked_differences
from app_server.items.service.around import surroundings
from app_server.items.service.reading import forget
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load

_HELD = """
SELECT i.code, i.current, i.cancelled, v.version, v.facts::text AS facts,
  (SELECT max(version) FROM items_version w WHERE w.code = i.code) AS last
FROM items_item i LEFT JOIN items_version v ON v.code = i.code AND v.version = i.current
WHERE i.code = ANY($1::text[])
"""


async def publish(principal: Principal, item: ItemFacts) -> int:
    """Put a version of an item in force; answers its number. The same again changes nothing.

    The direct way for seeds and tests; where real people are served they take the review chain.
    Raises `ItemUnfit` (R-ITM-02), `LockedElement`, `DirectPublishing`, `regions.NoSuchRegion`.
    """
    return (await publish_all(principal, [item]))[0]


async def ensure_published(principal: Principal, wanted: Sequence[ItemFacts]) -> None:
    """Publish demo items, leaving alone what people published, ended or reviewed since."""
    kept = await db.rows(
        "SELECT code FROM items_item i WHERE code = ANY($1::text[]) AND (cancelled OR EXISTS ("
        "SELECT 1 FROM items_version v WHERE v.code = i.code AND v.published_by LIKE 'staff:%'))",
        [item.code for item in wanted],
    )
    people = {row["code"] for row in kept}
    await publish_all(principal, [item for item in wanted if item.code not in people])


async def publish_all(principal: Principal, wanted: Sequence[ItemFacts]) -> list[int]:
    """`publish` for many at once, all or none."""
    if principal.id is not None and load().production:
        raise DirectPublishing
    around = await surroundings(wanted)
    for item in wanted:
        check(item, around[item.code])
    async with db.unit_of_work():
        return await put_in_force(principal, wanted, clock.today())


def check(item: ItemFacts, around: Surroundings) -> list[Finding]:
    """The warnings; raises `ItemUnfit`, `LockedElement`, `regions.NoSuchRegion`."""
    regions.region(item.region)
    for area in item.handle_areas:
        if area != "*":
            regions.region(area)
    if around.catalogue is not None and (names := locked_differences(item, around.catalogue)):
        raise LockedElement(
            errors=[{"field": n, "message": f"{LOCKED[n]}须与目录清单一致"} for n in names]
        )
    return check_item(item, around)


async def put_in_force(
    principal: Principal, wanted: Sequence[ItemFacts], effective_on: date
) -> list[int]:
    """Write versions into history and, from their day on, into force; the caller has checked them.

    Inside a unit of work. A day still to come is waited for by `take_effect`.
    """
    uow = db.needed()
    # One at a time: consumers of the change feed rely on its numbers coming in order.
    await db.lock("items.changes")
    held = {row["code"]: row for row in await db.rows(_HELD, [item.code for item in wanted])}
    today, numbers = clock.today(), []
    for item in wanted:
        row = held.get(item.code)
        if row is not None and not row["cancelled"] and _same(item, row):
            numbers.append(int(row["current"]))
            continue
        number = int(row["last"] or 0) + 1 if row else 1
        _write(principal, item, number, effective_on)
        now_current = number if effective_on <= today else int(row["current"]) if row else 0
        await _hold(item, now_current, exists=row is not None)
        audit.record(principal, "items.published", f"item:{item.code}", version=number)
        if effective_on <= today:
            tell_published(item, number)
        uow.then(lambda code=item.code: forget(code))  # type: ignore[misc]
        numbers.append(number)
    return numbers


def _write(principal: Principal, item: ItemFacts, number: int, effective_on: date) -> None:
    uow = db.needed()
    row = {"id": uuid7(), "code": item.code, "version": number}
    facts = item.model_dump(mode="json", exclude={"version"})
    uow.add(
        "items_version",
        row | {"facts": facts, "published_at": clock.now(), "published_by": principal.ref},
    )
    record_change(item.code, "published", number, effective_on)


def record_change(code: str, kind: str, version: int, effective_on: date, note: str = "") -> None:
    """Add one row to the history of the catalogue, in the current unit of work."""
    db.needed().add(
        "items_change",
        {
            "code": code,
            "kind": kind,
            "version": version,
            "effective_on": effective_on,
            "at": clock.now(),
            "note": note[:200],
        },
    )


async def _hold(item: ItemFacts, current: int, *, exists: bool) -> None:
    row: dict[str, Any] = {
        "region": item.region,
        "org": item.org,
        "catalogue_code": item.catalogue_code,
        "current": current,
        "cancelled": False,
    }
    if exists:
        await Item.filter(code=item.code).update(**row)
    else:
        db.needed().add("items_item", {"id": uuid7(), "code": item.code, "owner": item.org} | row)


def tell_published(item: ItemFacts, number: int) -> None:
    """Announce that a version is in force."""
    announce(ItemPublished(code=item.code, version=number, item_name=item.name, region=item.region))


def _same(item: ItemFacts, row: Any) -> bool:
    if row["facts"] is None:
        return False
    return bool(
        ItemFacts.model_validate_json(row["facts"]) == item.model_copy(update={"version": 0})
    )
