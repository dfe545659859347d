"""Batches of the provincial exchange: rows checked one by one, and any order ends the same.

A source's word on a record is kept with its event time; the later one wins, a deletion stays as a
tombstone, and what is said twice changes nothing (R-CAS-14).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from app_server.exchange.errors import BatchDiffers, SystemPaused
from app_server.exchange.models import Batch
from app_server.exchange.rules import RowError, Word, errors_of, newest, word
from app_server.exchange.service.systems import system_of
from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import blind_index, seal
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal

_PLACE = "exchange_record.content"
_KEEP = (
    "INSERT INTO exchange_record AS r (id, source, kind, row_guid, project_no, content, digest, "
    "event_at, rank, batch, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) "
    "ON CONFLICT (source, kind, row_guid) DO UPDATE SET project_no=EXCLUDED.project_no, "
    "content=EXCLUDED.content, digest=EXCLUDED.digest, event_at=EXCLUDED.event_at, "
    "rank=EXCLUDED.rank, batch=EXCLUDED.batch, at=EXCLUDED.at "
    'WHERE (EXCLUDED.event_at, EXCLUDED.rank, EXCLUDED.digest COLLATE "C") '
    '> (r.event_at, r.rank, r.digest COLLATE "C")'
)


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a batch's rows: `taken` changed something, `unchanged` did not."""

    batch: str
    rows: int
    taken: int
    unchanged: int
    refused: int
    errors: Sequence[Mapping[str, Any]]
    repeated: bool = False


async def take_batch(client: Principal, number: str, rows: Sequence[Any]) -> BatchReport:
    """Take a batch; good rows are kept, bad ones reported. The same batch again changes nothing.

    Raises `NoSuchSystem`, `SystemPaused`, `BatchDiffers`.
    """
    system = await system_of(client)
    if system.state != "active":
        raise SystemPaused
    digest = blind_index(json.dumps(list(rows), sort_keys=True), "exchange.batch")
    errors = [error for n, row in enumerate(rows, 1) for error in _against(n, row, system.org)]
    bad = {error.row for error in errors}
    words = [word(row) for n, row in enumerate(rows, 1) if n not in bad]
    async with db.unit_of_work() as uow:
        # One batch of a source at a time: two cannot lock each other's records crosswise.
        await db.lock(f"exchange.batches:{system.code}")
        known = await Batch.get_or_none(source=system.code, number=number)
        if known is not None:
            if known.digest != digest:
                raise BatchDiffers
            return BatchReport(**(known.report | {"repeated": True}))
        taken = 0
        for one in newest(words).values():
            taken += await _keep(system.code, number, one)
        report = BatchReport(
            batch=number,
            rows=len(rows),
            taken=taken,
            unchanged=len(words) - taken,
            refused=len(bad),
            errors=[{"batch": number, **asdict(error)} for error in errors],
        )
        uow.add(
            "exchange_batch",
            {
                "id": uuid7(),
                "source": system.code,
                "number": number,
                "digest": digest,
                "report": asdict(report),
                "at": clock.now(),
            },
        )
        audit.record(client, "exchange.batch_taken", f"batch:{system.code}/{number}", rows=taken)
    return report


def _against(number: int, row: Any, org: str) -> list[RowError]:
    found = errors_of(number, row)
    if not found and row["kind"] == "accept" and row.get("org_code", org) != org:
        said = "只能交换本部门的办件"
        found.append(RowError(number, "org_code", "not_your_organisation", said))
    return found


async def _keep(source: str, number: str, one: Word) -> int:
    return await db.execute(
        _KEEP,
        uuid7(),
        source,
        one.kind,
        one.row_guid,
        one.project_no,
        seal(one.content, _PLACE),
        one.digest,
        one.event_at,
        one.rank,
        number,
        clock.now(),
    )


async def own_batch(client: Principal, number: str) -> BatchReport | None:
    """The report of a batch of the caller's; None when it was not taken."""
    system = await system_of(client)
    row = await Batch.get_or_none(source=system.code, number=number)
    return BatchReport(**(row.report | {"repeated": True})) if row else None


async def batches(source: str) -> list[Batch]:
    """The last fifty batches of a source, newest first."""
    return await Batch.filter(source=source).order_by("-id").limit(50)
