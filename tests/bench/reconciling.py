"""How fast a day is reconciled: `python -m tests.bench.reconciling` (ROWS=… a million by default).

A million payments of ours beside their file, which differs in fifty places of each kind that a file
can differ in; all must be found and nothing else. Prints seconds, memory of this process, and what
was found.
"""

import asyncio
import csv
import os
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app_server.kernel import db
from payments.models import ReconBatch
from payments.providers import gateway
from payments.providers.nontax_bill import HEADER
from payments.service.reconciling import loading

ROWS = int(os.environ.get("ROWS", "1000000"))
EACH = 50
DAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
MERCHANT = "SIM-340000"
FILL = (
    (
        "INSERT INTO payments_bill (id, bill_no, pay_code, person_id, title, items, total_fen, "
        "agency_code, agency_name, region, source, source_ref, state, created_at, receipt_no, version) "
        "SELECT md5('b'||g)::uuid, 'B'||g, lpad(g::text,20,'0'), md5('p')::uuid, 't', '[]', 100+g%900, "
        "'A', 'a', '341602', 'bench', g::text, 'paid', $2, '', 1 FROM generate_series(1,$1) g"
    ),
    (
        "INSERT INTO payments_order (id, order_no, bill_id, person_id, amount_fen, state, created_at, "
        "expires_at, version) SELECT md5('o'||g)::uuid, 'O'||g, md5('b'||g)::uuid, md5('p')::uuid, "
        "100+g%900, 'paid', $2::timestamptz, $2::timestamptz, 1 FROM generate_series(1,$1) g"
    ),
    (
        "INSERT INTO payments_attempt (id, order_id, out_trade_no, channel, merchant, amount_fen, "
        "state, channel_trade_no, created_at, paid_at) SELECT md5('a'||g)::uuid, md5('o'||g)::uuid, "
        f"'T'||g, 'nontax', '{MERCHANT}', 100+g%900, 'success', '', $2, "
        "$2::timestamptz + g%3600 * interval '1 second' FROM generate_series(1,$1) g"
    ),
    (
        "INSERT INTO payments_ledger_transaction (id, key, at) SELECT md5('x'||g)::uuid, "
        "'collect:T'||g, $2 FROM generate_series(1,$1) g"
    ),
)
ENTRIES = (
    "INSERT INTO payments_ledger_entry (id, transaction_id, account, amount_fen) "
    f"SELECT gen_random_uuid(), md5('x'||g)::uuid, CASE s WHEN 1 THEN 'channel:nontax/{MERCHANT}' "
    "ELSE 'agency:treasury/A' END, s*(100+g%900) FROM generate_series($1::int,$2::int) g, "
    "(VALUES (1),(-1)) v(s)"
)


def rows_of_the_file() -> Iterator[list[str]]:
    """Our million as the channel tells them, wrong in fifty places a kind."""
    at = int(NOON.timestamp())
    for g in range(1, ROWS + 1):
        kind, amount, fee, merchant, number = g // EACH, 100 + g % 900, "0", MERCHANT, f"T{g}"
        if kind == 0:
            continue  # CHANNEL_MISSING
        if kind == 1:
            amount += 1  # AMOUNT
        if kind == 2:
            fee = "3"  # FEE
        if kind == 3:
            number = f"X{g}"  # LOCAL_MISSING, and one of ours is missing there
        if kind == 4:
            merchant = "OTHER"  # UNKNOWN_MERCHANT, and one of ours is missing there
        row = ["PAY", merchant, number, "", f"C{g}", str(amount), fee, str(at + g % 3600), "PAID"]
        yield row
        if kind == 5:
            yield row  # DUPLICATE_LINE


def write_file(path: Path) -> None:
    """The file with its totals."""
    count = total = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for row in rows_of_the_file():
            writer.writerow(row)
            count, total = count + 1, total + int(row[5])
        writer.writerow(["TOTAL", str(count), str(total), *[""] * 6])


async def fill() -> None:
    """Our side: bills, orders, attempts and a balanced ledger; two attempts are still open."""
    for statement in FILL[:3]:
        await db.execute(statement, ROWS, NOON)
    # What our books think open was never booked.
    await db.execute(FILL[3], ROWS - EACH, NOON)
    for first in range(1, ROWS - EACH + 1, 100_000):
        await db.execute(ENTRIES, first, min(ROWS - EACH, first + 99_999))
    last = [f"T{g}" for g in range(ROWS - EACH + 1, ROWS + 1)]
    before = [f"T{g}" for g in range(ROWS - 2 * EACH + 1, ROWS - EACH + 1)]
    # STATE: ours are closed by our books; DAY_CUT: ours were paid on the day before.
    await db.execute(
        "UPDATE payments_attempt SET state='closed', paid_at=NULL WHERE out_trade_no = ANY($1)",
        last,
    )
    await db.execute(
        "UPDATE payments_bill SET state='unpaid' WHERE source_ref = ANY($1)",
        [number.removeprefix("T") for number in last],
    )
    await db.execute(
        "UPDATE payments_attempt SET paid_at=paid_at - $2::interval WHERE out_trade_no = ANY($1)",
        before,
        timedelta(days=1),
    )
    await db.execute("ANALYZE")


async def test_bench(connected: None) -> None:
    """Fill, write, reconcile, and look at what was found."""
    await fill()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bill.csv"
        await asyncio.to_thread(write_file, file)
        batch = await ReconBatch.create(
            channel="nontax", fee_class="treasury", merchant=MERCHANT, day=DAY
        )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        began = time.perf_counter()
        await loading.load(batch, gateway("nontax", "treasury"), file)
        took = time.perf_counter() - began
    rows = await db.rows("SELECT kind, state FROM payments_recon_difference")
    found = Counter(row["kind"] for row in rows)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"\n{batch.rows:,} rows in {took:.1f} s (goal 60), {memory} MiB at most, "
        f"{before} of them before it began (goal 300)"
    )
    print("found", dict(sorted(found.items())))
    assert found == {
        "AMOUNT": EACH, "FEE": EACH, "LOCAL_MISSING": EACH, "UNKNOWN_MERCHANT": EACH,
        "DUPLICATE_LINE": EACH, "STATE": EACH, "DAY_CUT": EACH, "CHANNEL_MISSING": 3 * EACH - 1,
    }, found  # fmt: skip


if __name__ == "__main__":
    pytest.main(["-qs", "-p", "no:cacheprovider", "-o", "timeout=900", __file__])
