"""Taking a city's legacy users: in parts, each once, with a report of every row (R-ID-25)."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.federation.errors import (
    NoSuchImport,
    NoSuchPlatform,
    PartInvalid,
    PartRefused,
    ProvinceOnly,
)
from auth.federation.events import ImportPartArrived
from auth.federation.models import Import, ImportPart, Platform
from auth.federation.rules import rows_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row, by its line in the file."""

    id: UUID
    line: int
    outcome: str
    reason: str


async def _city(by: Principal) -> Platform:
    """The active city platform whose client calls; raises `ProvinceOnly`, `NoSuchPlatform`."""
    if load().platform_tier != "province":
        raise ProvinceOnly
    found = await Platform.get_or_none(client_id=by.org, level="city", state="active")
    if found is None:
        raise NoSuchPlatform
    return found


async def open_import(by: Principal, digest: str, parts: int) -> Import:
    """Open an import of a file in so many parts; an unfinished one of the same file goes on.

    Raises `NoSuchPlatform`, `ProvinceOnly`.
    """
    city = await _city(by)
    async with db.unit_of_work():
        await db.lock(f"federation.import:{city.code}")
        held = await Import.get_or_none(platform=city.code, digest=digest, state="receiving")
        if held is not None and held.parts == parts:
            return held
        row = await Import.create(
            platform=city.code, digest=digest, parts=parts, counts={}, created_at=clock.now()
        )
        audit.record(by, "federation.import_opened", f"import:{row.id}")
    return row


async def add_part(
    by: Principal, import_id: UUID, number: int, content_type: str, body: bytes
) -> Import:
    """Take the next part, or again one that was taken; merging happens after the commit.

    Raises `NoSuchImport`, `PartRefused`, `PartInvalid`.
    """
    city = await _city(by)
    try:
        # A BOM is what spreadsheet programs put before a CSV.
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PartInvalid("分片须为 UTF-8 文本") from error
    if "\x00" in text:
        raise PartInvalid("分片含有无法保存的字符")
    count, digest = len(rows_of(text, content_type)), sha256_hex(body)
    async with db.unit_of_work():
        held = await Import.select_for_update().get_or_none(id=import_id, platform=city.code)
        if held is None:
            raise NoSuchImport
        before = await ImportPart.get_or_none(import_id=import_id, number=number)
        if before is not None and before.digest == digest:
            return held
        if before is not None or number != held.received + 1 or number > held.parts:
            raise PartRefused(next=held.received + 1)
        await ImportPart.create(
            import_id=import_id,
            number=number,
            digest=digest,
            content_type=content_type,
            body=text,
            first_line=await _lines(import_id) + 1,
            rows=count,
        )
        held.received = number
        await held.save(update_fields=["received"])
        announce(ImportPartArrived(import_id=import_id, number=number))
    return held


async def _lines(import_id: UUID) -> int:
    """How many rows the parts before had; rows are counted, not lines of the file's headers."""
    found = await db.value(
        "SELECT coalesce(sum(rows), 0) FROM federation_import_part WHERE import_id=$1", import_id
    )
    return int(found)


async def own_import(by: Principal, import_id: UUID) -> Import:
    """An import of the calling city; raises `NoSuchImport`."""
    city = await _city(by)
    return await an_import(import_id, city.code)


async def an_import(import_id: UUID, platform: str = "") -> Import:
    """An import (of one platform); raises `NoSuchImport`."""
    found = await Import.get_or_none(id=import_id)
    if found is None or (platform and found.platform != platform):
        raise NoSuchImport
    return found


async def imports(after: UUID | None) -> list[Import]:
    """One page of all imports, newest first."""
    query = Import.filter(id__lt=after) if after else Import.all()
    return await query.order_by("-id").limit(PAGE)


async def conflicts(import_id: UUID, after_line: int) -> list[RowReport]:
    """One page of the rows that were not taken, by line, each with its reason."""
    rows = await db.rows(
        "SELECT id, line, outcome, reason FROM federation_import_row WHERE import_id=$1 "
        "AND outcome='conflict' AND line > $2 ORDER BY line LIMIT $3",
        import_id,
        after_line,
        PAGE,
    )
    return [RowReport(**dict(row)) for row in rows]
