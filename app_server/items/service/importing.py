"""Files of items taken in row by row (R-ITM-10): bad rows are kept and reported, none is lost.

A row is known by its source and code; the same again changes nothing. Rows of the standard's
field set become drafts of their owner, which then take the review chain.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from app_server.items.errors import (
    DraftOpen,
    ItemUnfit,
    LockedElement,
    NoSuchEntry,
    NoSuchItem,
    NotTheOwner,
)
from app_server.items.events import ImportArrived
from app_server.items.rules import ItemFacts
from app_server.items.rules.exchange import (
    SOURCES,
    Read,
    Source,
    exported,
    read_row,
    row_findings,
    rows_of,
)
from app_server.items.service.drafting import DraftView, open_draft
from app_server.items.service.history import as_of
from app_server.items.service.reading import version
from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Forbidden, InvalidInput
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.regions import NoSuchRegion
from app_server.kernel.storage import storage

CHUNK = 500
_KEEP = (
    "ON CONFLICT (source, key) DO UPDATE SET import_id = excluded.import_id, "
    "number = excluded.number, given = excluded.given, read = excluded.read, "
    "errors = excluded.errors, state = excluded.state, digest = excluded.digest "
    "WHERE items_imported.digest <> excluded.digest"
)


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """How far a file is."""

    id: UUID
    source: str
    file_name: str
    state: str
    rows: int
    taken: int
    bad: int
    unchanged: int


async def begin_import(
    principal: Principal, source: str, file_name: str, data: bytes
) -> ImportFacts:
    """Take a file in; a worker reads it. Raises `InvalidInput`, `FileUnreadable`."""
    if source not in SOURCES:
        raise InvalidInput(errors=[{"field": "source", "message": "不支持的数据来源"}])
    count = len(rows_of(data))
    digest = hashlib.sha256(data).hexdigest()
    key = f"items/imports/{digest}"
    await storage().put(key, data, "application/octet-stream")
    import_id = uuid7()
    async with db.unit_of_work() as uow:
        uow.add(
            "items_import",
            {
                "id": import_id,
                "source": source,
                "file_name": file_name[:120],
                "digest": digest,
                "object_key": key,
                "state": "waiting",
                "rows": count,
                "taken": 0,
                "bad": 0,
                "unchanged": 0,
                "org": principal.org,
                "by": principal.ref,
                "at": clock.now(),
            },
        )
        audit.record(principal, "items.import_begun", f"import:{import_id}", rows=count)
        announce(ImportArrived(import_id=import_id))
    return await import_facts(principal, import_id)


async def run_import(import_id: UUID) -> None:
    """Read a file that was taken in; stopped half-way, it is simply read again."""
    row = await db.row("SELECT source, object_key FROM items_import WHERE id = $1", import_id)
    if row is None:
        raise NoSuchEntry
    await _progress(import_id, "running", 0, 0, 0)
    source = SOURCES[row["source"]]
    rows = rows_of(await storage().get(row["object_key"]))
    taken = bad = same = 0
    for start in range(0, len(rows), CHUNK):
        kept = await take_rows(source, import_id, rows[start : start + CHUNK], start + 1)
        taken, bad, same = taken + kept[0], bad + kept[1], same + kept[2]
        await _progress(import_id, "running", taken, bad, same)
    await _progress(import_id, "done", taken, bad, same)


async def _progress(import_id: UUID, state: str, taken: int, bad: int, same: int) -> None:
    await db.execute(
        "UPDATE items_import SET state = $2, taken = $3, bad = $4, unchanged = $5 WHERE id = $1",
        import_id,
        state,
        taken,
        bad,
        same,
    )


async def take_rows(
    source: Source, import_id: UUID, rows: Sequence[Mapping[str, Any]], first: int
) -> tuple[int, int, int]:
    """Keep a chunk of rows; answers how many were new or changed, how many bad, how many known."""
    read = [read_row(source, row) for row in rows]
    kept = {
        (one.key or f"#{import_id}:{number}"): _row(source, import_id, number, given, one)
        for number, (given, one) in enumerate(zip(rows, read, strict=True), first)
    }
    held = await db.rows(
        "SELECT key, digest FROM items_imported WHERE source = $1 AND key = ANY($2::text[])",
        source.name,
        list(kept),
    )
    known = {row["key"]: row["digest"] for row in held}
    fresh = {key: row for key, row in kept.items() if known.get(key) != row["digest"]}
    async with db.unit_of_work() as uow:
        for key, row in fresh.items():
            uow.add("items_imported", row | {"key": key}, on_conflict=_KEEP)
    bad = sum(row["state"] == "bad" for row in fresh.values())
    return len(fresh) - bad, bad, len(rows) - len(fresh)


def _row(
    source: Source, import_id: UUID, number: int, given: Mapping[str, Any], read: Read
) -> dict[str, Any]:
    text = orjson.dumps(dict(given), option=orjson.OPT_SORT_KEYS)
    return {
        "id": uuid7(),
        "source": source.name,
        "import_id": import_id,
        "number": number,
        "given": dict(given),
        "read": read.facts,
        "errors": read.errors + row_findings(source, read),
        "state": "bad" if read.bad else "read",
        "digest": hashlib.sha256(text).hexdigest(),
    }


async def import_facts(principal: Principal, import_id: UUID) -> ImportFacts:
    """How far one of this organisation's files is; raises `NoSuchEntry`."""
    row = await db.row(
        "SELECT id, source, file_name, state, rows, taken, bad, unchanged FROM items_import "
        "WHERE id = $1 AND org = $2",
        import_id,
        principal.org,
    )
    if row is None:
        raise NoSuchEntry
    return ImportFacts(**row)


async def imported_rows(
    principal: Principal, import_id: UUID, *, faulty: bool, after: int, limit: int = 100
) -> list[Mapping[str, Any]]:
    """The rows of a file with their errors, after a row number; raises `NoSuchEntry`."""
    await import_facts(principal, import_id)
    return await db.rows(
        "SELECT number, key, state, errors::text AS errors, given::text AS given "
        "FROM items_imported WHERE import_id = $1 AND number > $2 "
        "AND (NOT $3 OR errors <> '[]'::jsonb) ORDER BY number LIMIT $4",
        import_id,
        after,
        faulty,
        limit,
    )


async def draft_rows(principal: Principal, import_id: UUID) -> list[dict[str, str]]:
    """Open a draft for each good row of the standard's field set; answers what each became.

    One that cannot become a draft says why and stands in nobody's way. Raises `NoSuchEntry`,
    `Forbidden` for a source that is another province's.
    """
    facts = await import_facts(principal, import_id)
    if facts.source != "gbt39046":
        raise Forbidden("外省数据仅供比对，不能转为草案")
    rows = await db.rows(
        "SELECT key, read::text AS read FROM items_imported WHERE import_id = $1 "
        "AND state = 'read' ORDER BY number",
        import_id,
    )
    return [await _draft(principal, row["key"], row["read"]) for row in rows]


async def _draft(principal: Principal, key: str, text: str) -> dict[str, str]:
    item = ItemFacts.model_validate_json(text)
    if await _in_force_already(item):
        return {"code": key, "outcome": "unchanged", "message": "与现行版本一致"}
    try:
        view: DraftView = await open_draft(principal, item, origin="import")
    except DraftOpen:
        return {"code": key, "outcome": "open", "message": DraftOpen.title}
    except (ItemUnfit, LockedElement, NotTheOwner, NoSuchRegion) as error:
        found = error.facts.get("errors", [])
        sentence = "；".join(one["message"] for one in found) or error.title
        return {"code": key, "outcome": "refused", "message": sentence}
    async with db.unit_of_work():
        await db.execute(
            "UPDATE items_imported SET state = 'drafted' WHERE source = 'gbt39046' AND key = $1",
            key,
        )
    return {"code": key, "outcome": "drafted", "message": str(view.id)}


async def _in_force_already(item: ItemFacts) -> bool:
    number = await db.value(
        "SELECT current FROM items_item WHERE code = $1 AND NOT cancelled", item.code
    )
    if not number:
        return False
    try:
        return await version(item.code, number) == item.model_copy(update={"version": number})
    except NoSuchItem:
        return False


async def export_rows(region: str, day: date, limit: int = 5000) -> list[dict[str, str]]:
    """The list of a day as rows of the GB/T 39046 field set."""
    return [exported(item) for item in (await as_of(day, region=region, limit=limit)).items]
