"""Fetching a channel's file, keeping it as it is, and laying its rows beside our books."""

import asyncio
import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.outbox import announce
from app_server.kernel.storage import storage
from payments.errors import BadBill
from payments.events import DayDue
from payments.models import ReconBatch
from payments.providers import GATEWAYS, Gateway, gateway
from payments.providers.gateway import NoAnswer, NotReady, Refused
from payments.rules import BillLine
from payments.service.reconciling.matching import match

log = structlog.get_logger(__name__)

COLUMNS = (
    "batch_id", "kind", "merchant", "out_trade_no", "out_refund_no", "amount_fen", "fee_fen", "at",
    "state",
)  # fmt: skip
# How channels say that nothing happened that day.
EMPTY_DAYS = frozenset({"NO_STATEMENT_EXIST", "isp.bill_not_exist", "NO_FILE"})
CHUNK = 20_000
COPY_S = 120
CLASSES = ("treasury", "business")


async def ask_for_days(day: date | None = None) -> int:
    """Have the files of a day (yesterday's, by default) fetched for every account, once each."""
    wanted = day or clock.today() - timedelta(days=1)
    count = 0
    async with db.unit_of_work():
        for channel in GATEWAYS:
            for fee_class in CLASSES:
                merchant = gateway(channel, fee_class).merchant
                made = await db.execute(
                    "INSERT INTO payments_recon_batch (id, channel, fee_class, merchant, day, "
                    "state, sha256, file_key, rows, trade_fen, refund_fen, fee_fen, booked_fen, "
                    "differences, closed_by, version) VALUES (gen_random_uuid(),$1,$2,$3,$4,"
                    "'waiting','','',0,0,0,0,0,0,'',1) ON CONFLICT (channel, merchant, day) "
                    "DO NOTHING",
                    channel,
                    fee_class,
                    merchant,
                    wanted,
                )
                if made:
                    announce(DayDue(channel=channel, fee_class=fee_class, day=wanted.isoformat()))
                    count += made
    return count


async def pursue_day(channel: str, fee_class: str, day: date) -> Outcome:
    """Fetch, keep and match the file of one day; `Unknown` until the channel has it."""
    door = gateway(channel, fee_class)
    batch = await ReconBatch.get(channel=channel, merchant=door.merchant, day=day)
    if batch.state != "waiting":
        return Ok(batch.state)
    folder = Path(tempfile.mkdtemp(prefix="payments-bill-"))
    try:
        got = await door.bill(day, folder)
        if isinstance(got, NotReady):
            return Unknown("not ready")
        if isinstance(got, NoAnswer):
            return Unknown(got.reason)
        if isinstance(got, Refused):
            if got.reason not in EMPTY_DAYS:
                return Rejected(got.reason)
            await match(batch)
        else:
            await _keep(batch, got)
            await load(batch, door, got)
    except BadBill as error:
        # A file that does not add up is not used at all; somebody has to look, and it is replayed.
        log.exception("bill_unreadable", channel=channel, day=day.isoformat())
        return Rejected(str(error))
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return Ok("matched")


async def _keep(batch: ReconBatch, file: Path) -> None:
    """The file as it came, packed, under its digest."""
    packed, digest = await asyncio.to_thread(_packed, file)
    key = f"payments/bills/{batch.channel}/{batch.merchant}/{batch.day:%Y%m%d}-{digest[:16]}.gz"
    await storage().put(key, packed, "application/gzip")
    batch.sha256, batch.file_key = digest, key


def _packed(file: Path) -> tuple[bytes, str]:
    digest, target = hashlib.sha256(), file.with_suffix(".gz")
    with file.open("rb") as source, gzip.open(target, "wb", compresslevel=1) as packed:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
            packed.write(chunk)
    return target.read_bytes(), digest.hexdigest()


async def load(batch: ReconBatch, door: Gateway, file: Path) -> None:
    """Lay the rows beside our books and match; all of it or nothing.

    Raises `BadBill` for rows that cannot be read or do not add up.
    """
    await db.execute("DELETE FROM payments_recon_line WHERE batch_id = $1", batch.id)
    sums = Sums()
    connection = await db.dedicated_connection()
    try:
        rows = sums.counted(batch.id, door.lines(file))
        while chunk := await asyncio.to_thread(list, islice(rows, CHUNK)):
            await connection.copy_records_to_table(
                "payments_recon_line", records=chunk, columns=list(COLUMNS), timeout=COPY_S
            )
    except BaseException:
        await db.execute("DELETE FROM payments_recon_line WHERE batch_id = $1", batch.id)
        raise
    finally:
        await connection.close()
    batch.rows, batch.fee_fen = sums.rows, sums.fee_fen
    batch.trade_fen, batch.refund_fen = sums.trade_fen, sums.refund_fen
    await match(batch)


class Sums:
    """What a file adds up to, reckoned while its rows pass."""

    def __init__(self) -> None:
        self.rows = self.trade_fen = self.refund_fen = self.fee_fen = 0

    def counted(self, batch: UUID, lines: Iterable[BillLine]) -> Iterator[tuple[Any, ...]]:
        """The rows as the table takes them."""
        for line in lines:
            self.rows += 1
            self.fee_fen += line.fee_fen
            if line.kind == "trade":
                self.trade_fen += line.amount_fen
            else:
                self.refund_fen += line.amount_fen
            yield (
                batch,
                line.kind,
                line.merchant,
                line.out_trade_no,
                line.out_refund_no,
                line.amount_fen,
                line.fee_fen,
                line.at,
                line.state,
            )
