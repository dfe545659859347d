"""Ending and handing over items, and days to come that take effect (R-ITM-09, R-ITM-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app_server.items.errors import NoSuchItem, NotTheOwner
from app_server.items.events import ItemCancelled
from app_server.items.rules.codes import is_uscc
from app_server.items.service.history import STANDING
from app_server.items.service.publishing import record_change, tell_published
from app_server.items.service.reading import forget, version
from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Transfer:
    """One change of ownership."""

    at: datetime
    note: str


async def owner_of(code: str) -> str:
    """The organisation that maintains an item; raises `NoSuchItem`."""
    owner = await db.value("SELECT owner FROM items_item WHERE code = $1", code)
    if owner is None:
        raise NoSuchItem
    return str(owner)


async def needs_owner(principal: Principal, code: str) -> str:
    """The owner, who must be the caller's organisation; raises `NotTheOwner`, `NoSuchItem`."""
    owner = await owner_of(code)
    if owner != principal.org:
        raise NotTheOwner
    return owner


async def cancel(principal: Principal, code: str, on: date, reason: str) -> None:
    """End an item from a day on (拟取消日期); its versions stay readable.

    Raises `NotTheOwner`, `NoSuchItem`, `InvalidInput` for a day that is over.
    """
    await needs_owner(principal, code)
    if on < clock.today():
        raise InvalidInput(errors=[{"field": "on", "message": "取消日期不能早于今天"}])
    async with db.unit_of_work():
        await cancel_rows(principal, [code], on, reason)


async def cancel_rows(principal: Principal, codes: Sequence[str], on: date, reason: str) -> None:
    """`cancel` for many, inside a unit of work; the caller has asked whose they are."""
    await db.lock("items.changes")
    for code in codes:
        record_change(code, "cancelled", 0, on, reason)
        audit.record(principal, "items.cancelled", f"item:{code}", on=on.isoformat())
        if on <= clock.today():
            await _end(code)


async def _end(code: str) -> None:
    ended = await db.execute(
        "UPDATE items_item SET cancelled = true WHERE code = $1 AND NOT cancelled", code
    )
    if ended:
        announce(ItemCancelled(code=code))
        db.needed().then(lambda: forget(code))


async def transfer(principal: Principal, code: str, to: str, reason: str) -> None:
    """Hand an item over to another organisation to maintain; who had it before stays on record.

    Raises `NotTheOwner`, `NoSuchItem`, `InvalidInput`.
    """
    owner = await needs_owner(principal, code)
    if not is_uscc(to) or to == owner:
        raise InvalidInput(errors=[{"field": "to", "message": "统一社会信用代码不正确"}])
    async with db.unit_of_work():
        touched = await db.execute(
            "UPDATE items_item SET owner = $3 WHERE code = $1 AND owner = $2", code, owner, to
        )
        if not touched:
            raise NotTheOwner
        await db.execute(
            "UPDATE items_draft SET owner = $2 WHERE code = $1 "
            "AND state NOT IN ('published', 'dropped')",
            code,
            to,
        )
        await db.lock("items.changes")
        note = f"{owner}→{to}：{reason}"
        record_change(code, "transferred", 0, clock.today(), note)
        audit.record(principal, "items.transferred", f"item:{code}", before=owner, after=to)


async def transfers(code: str) -> list[Transfer]:
    """Who handed it to whom, the first first."""
    rows = await db.rows(
        "SELECT at, note FROM items_change WHERE code = $1 AND kind = 'transferred' ORDER BY seq",
        code,
    )
    return [Transfer(**row) for row in rows]


async def take_effect() -> int:
    """Put in force what was planned for a day that has come; answers how many items changed."""
    changed = 0
    async with db.unit_of_work():
        await db.lock("items.changes")
        rows = await db.rows(
            f"SELECT s.code, s.kind, s.version FROM ({STANDING}) s JOIN items_item i "
            "ON i.code = s.code WHERE (s.kind = 'cancelled') <> i.cancelled "
            "OR (s.kind = 'published' AND s.version <> i.current)",
            clock.today(),
        )
        for row in rows:
            changed += 1
            if row["kind"] == "cancelled":
                await _end(row["code"])
                continue
            item = await version(row["code"], row["version"])
            await db.execute(
                "UPDATE items_item SET current = $2, cancelled = false, region = $3, org = $4, "
                "catalogue_code = $5 WHERE code = $1",
                item.code,
                item.version,
                item.region,
                item.org,
                item.catalogue_code,
            )
            tell_published(item, item.version)
            db.needed().then(lambda code=item.code: forget(code))  # type: ignore[misc]
    return changed


async def drop_drafts_of(code: str) -> None:
    """Drop the open drafts of an item that ended."""
    async with db.unit_of_work():
        await db.execute(
            "UPDATE items_draft SET state = 'dropped', version = version + 1, changed_at = $2 "
            "WHERE code = $1 AND state NOT IN ('published', 'dropped')",
            code,
            clock.now(),
        )
