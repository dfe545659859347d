"""The third side: what the finance department says reached the treasury (R-PAY-01, §6.6).

Its list of a day is one more batch of that day. A bill on it that agrees with our books moves on
to cleared (已清分), then to the treasury (已入库), and the ledger with it; what is not on it waits
some days, because a confirmation may come after the list was made.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import structlog

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.outbox import announce
from app_server.kernel.storage import storage
from payments.errors import BadBill
from payments.events import DayDue
from payments.models import ReconBatch
from payments.providers.gateway import NoAnswer, NotReady, Refused
from payments.providers.nontax import nontax
from payments.providers.nontax_clearing import clearing_lines
from payments.rules.clearing import ClearingLine

log = structlog.get_logger(__name__)

FINANCE = "finance"
CHUNK = 5_000

_LINES = (
    "INSERT INTO payments_clearing_line (batch_id, stage, pay_code, agency_code, amount_fen) "
    "SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])"
)
_NEW = (
    "INSERT INTO payments_recon_difference (id, batch_id, kind, subject, number, ours_fen, "
    "theirs_fen, ours_state, theirs_state, state, resolution, evidence, actor, resolved_at, "
    "version) SELECT gen_random_uuid(), $1, k, 'bill', number, ours, theirs, our_state, "
    "their_state, wait, '', '', '', NULL::timestamptz, 1 FROM "
)
# The first row of each code and stage beside our bill; what a bill is worth is what stayed of it.
_BESIDE = """
CREATE TEMP TABLE clearing_beside ON COMMIT DROP AS
SELECT l.stage, l.pay_code, l.amount_fen AS theirs, l.turn, b.id AS bill, b.state,
       b.total_fen - b.refunded_fen AS ours,
       b.agency_code = l.agency_code AND b.fee_class = 'treasury' AS same_agency,
       b.state IN ('paid', 'cleared', 'in_treasury') AS settled
FROM (SELECT *, row_number() OVER (PARTITION BY stage, pay_code) AS turn
      FROM payments_clearing_line WHERE batch_id = $1) l
LEFT JOIN payments_bill b ON b.pay_code = l.pay_code
"""
_DIFFER = (
    _NEW
    + """(SELECT pay_code AS number, CASE WHEN settled THEN ours END AS ours, theirs,
  coalesce(state, '') AS our_state, stage AS their_state, 'open' AS wait, CASE
  WHEN turn > 1 THEN 'DUPLICATE_LINE'
  WHEN bill IS NULL THEN 'LOCAL_MISSING'
  WHEN NOT same_agency THEN 'UNKNOWN_MERCHANT'
  WHEN NOT settled THEN 'STATE'
  WHEN ours <> theirs THEN 'AMOUNT' END AS k
  FROM clearing_beside WHERE stage = 'cleared') d WHERE k IS NOT NULL
"""
)
# What is said to be in the treasury and was never cleared; no money of this day hangs on it.
_TREASURY = (
    _NEW
    + """(SELECT c.pay_code AS number, c.theirs AS ours, c.theirs, coalesce(b.state, '')
  AS our_state, c.stage AS their_state, 'open' AS wait, 'STATE' AS k
  FROM clearing_beside c LEFT JOIN payments_bill b ON b.id = c.bill
  WHERE c.stage = 'in_treasury' AND b.state IS DISTINCT FROM 'in_treasury') d
"""
)
_LACKING = (
    _NEW
    + """(SELECT b.pay_code AS number, b.total_fen - b.refunded_fen AS ours,
  NULL::bigint AS theirs, b.state AS our_state, '' AS their_state, 'waiting' AS wait,
  'DAY_CUT' AS k FROM payments_bill b
  WHERE b.fee_class = 'treasury' AND b.state = 'paid' AND b.paid_at >= $2 AND b.paid_at < $3
    AND b.refunded_fen < b.total_fen
    AND NOT EXISTS (SELECT 1 FROM clearing_beside c WHERE c.bill = b.id)) d
"""
)
# What waited for a later list and is on this one.
_MET = """
UPDATE payments_recon_difference d SET state = 'resolved', resolution = 'auto',
  evidence = 'on the list of ' || $2::text, resolved_at = $3
FROM payments_recon_batch b, clearing_beside c
WHERE b.id = d.batch_id AND b.channel = 'finance' AND b.id <> $1 AND d.state <> 'resolved'
  AND d.theirs_fen IS NULL AND d.number = c.pay_code
"""
_FITS = (
    "SELECT b.bill_no, b.agency_code, c.ours FROM clearing_beside c JOIN payments_bill b "
    "ON b.id = c.bill AND b.state = $1 WHERE c.stage = $2 AND c.turn = 1 AND c.same_agency "
    "AND c.ours = c.theirs ORDER BY b.id FOR UPDATE OF b"
)
_MOVE = (
    "UPDATE payments_bill SET state = $2, version = version + 1 "
    "WHERE state = $3 AND bill_no = ANY($1)"
)
_BOOK = """
WITH made AS (
  INSERT INTO payments_ledger_transaction (id, key, at)
  SELECT gen_random_uuid(), $4 || ':' || n, $5 FROM unnest($1::text[]) n
  ON CONFLICT (key) DO NOTHING RETURNING id, key
), told AS (
  SELECT m.id, t.agency, t.fen FROM unnest($1::text[], $2::text[], $3::bigint[])
    AS t(bill_no, agency, fen) JOIN made m ON m.key = $4 || ':' || t.bill_no
)
INSERT INTO payments_ledger_entry (id, transaction_id, account, amount_fen)
SELECT gen_random_uuid(), id, $6 || agency, fen FROM told
UNION ALL SELECT gen_random_uuid(), id, $7 || agency, -fen FROM told
"""
# Paid through whichever channel, a bill's money leaves the agency's claim for the clearing
# account, and that one for the treasury.
_STEPS = (
    ("cleared", "paid", "clear", "agency:treasury/", "clearing:"),
    ("in_treasury", "cleared", "treasury", "clearing:", "treasury:"),
)


async def ask_for_clearing(day: date | None = None) -> bool:
    """Have the finance department's list of a day (yesterday's) fetched; whether it was new."""
    wanted = day or clock.today() - timedelta(days=1)
    async with db.unit_of_work():
        made = await db.execute(
            "INSERT INTO payments_recon_batch (id, channel, fee_class, merchant, day, state, "
            "sha256, file_key, rows, trade_fen, refund_fen, fee_fen, booked_fen, differences, "
            "closed_by, version) VALUES (gen_random_uuid(),$1,'treasury',$2,$3,'waiting','','',"
            "0,0,0,0,0,0,'',1) ON CONFLICT (channel, merchant, day) DO NOTHING",
            FINANCE,
            nontax().merchant,
            wanted,
        )
        if made:
            announce(DayDue(channel=FINANCE, fee_class="treasury", day=wanted.isoformat()))
    return bool(made)


async def pursue_clearing(day: date) -> Outcome:
    """Fetch, keep and match the list of one day; `Unknown` until it is made."""
    batch = await ReconBatch.get(channel=FINANCE, merchant=nontax().merchant, day=day)
    if batch.state != "waiting":
        return Ok(batch.state)
    if await ReconBatch.exists(channel=FINANCE, state="waiting", day__lt=day):
        # What one list clears, the next one has in the treasury.
        return Unknown("an earlier day waits")
    told = await nontax().clearing(day)
    if isinstance(told, NotReady | NoAnswer):
        return Unknown("not ready" if isinstance(told, NotReady) else told.reason)
    if isinstance(told, Refused):
        return Rejected(told.reason)
    return await _take(batch, told)


async def _take(batch: ReconBatch, text: str) -> Outcome:
    try:
        lines = list(clearing_lines(text))
    except BadBill as error:
        log.exception("clearing_unreadable", day=batch.day.isoformat())
        return Rejected(str(error))
    raw = text.encode()
    batch.sha256 = hashlib.sha256(raw).hexdigest()
    named = f"{batch.day:%Y%m%d}-{batch.sha256[:16]}.csv"
    batch.file_key = f"payments/clearing/{batch.merchant}/{named}"
    await storage().put(batch.file_key, raw, "text/csv")
    await _match(batch, lines)
    return Ok("matched")


async def _match(batch: ReconBatch, lines: list[ClearingLine]) -> None:
    begins = datetime.combine(batch.day, time(0), clock.SHANGHAI)
    async with db.unit_of_work():
        await db.execute("DELETE FROM payments_clearing_line WHERE batch_id = $1", batch.id)
        await db.execute("DELETE FROM payments_recon_difference WHERE batch_id = $1", batch.id)
        await _load(batch.id, lines)
        await db.execute(_BESIDE, batch.id)
        await db.execute(_DIFFER, batch.id)
        await db.execute(_LACKING, batch.id, begins, begins + timedelta(days=1))
        await db.execute(_MET, batch.id, batch.day.isoformat(), clock.now())
        for step in _STEPS:
            await _move(*step)
        await db.execute(_TREASURY, batch.id)
        cleared = [one for one in lines if one.stage == "cleared"]
        batch.rows, batch.trade_fen = len(cleared), sum(one.amount_fen for one in cleared)
        # What our books hold for the codes of the list, and nothing for what is not in them.
        batch.booked_fen = int(
            await db.value(
                "SELECT coalesce(sum(ours), 0) FROM clearing_beside WHERE stage = 'cleared' "
                "AND turn = 1 AND same_agency AND settled"
            )
        )
        left = await db.value(
            "SELECT count(*) FROM payments_recon_difference WHERE batch_id = $1 "
            "AND state <> 'resolved'",
            batch.id,
        )
        batch.differences = int(left)
        batch.state = "differs" if left else "balanced"
        batch.matched_at, batch.version = clock.now(), batch.version + 1
        await batch.save()


async def _load(batch_id: UUID, lines: Sequence[ClearingLine]) -> None:
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        await db.execute(
            _LINES,
            batch_id,
            [one.stage for one in chunk],
            [one.pay_code for one in chunk],
            [one.agency_code for one in chunk],
            [one.amount_fen for one in chunk],
        )


async def _move(stage: str, was: str, key: str, debit: str, credit: str) -> None:
    rows = await db.rows(_FITS, was, stage)
    if not rows:
        return
    numbers = [row["bill_no"] for row in rows]
    agencies, amounts = [row["agency_code"] for row in rows], [row["ours"] for row in rows]
    await db.execute(_MOVE, numbers, stage, was)
    await db.execute(_BOOK, numbers, agencies, amounts, key, clock.now(), debit, credit)


@dataclass(frozen=True, slots=True)
class AgencyDay:
    """What three sides say of one executing unit's day, in fen."""

    agency_code: str
    agency_name: str
    ours_fen: int
    channel_fen: int
    finance_fen: int


_THREE = """
SELECT b.agency_code, max(b.agency_name) AS agency_name, sum(a.amount_fen) AS ours,
  coalesce(sum(a.amount_fen) FILTER (WHERE a.channel = 'counter' OR EXISTS (
    SELECT 1 FROM payments_recon_batch r WHERE r.channel = a.channel AND r.merchant = a.merchant
      AND r.day = $3 AND r.matched_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM payments_recon_difference d WHERE d.batch_id = r.id
        AND d.number = a.out_trade_no AND d.state <> 'resolved'))), 0) AS channel,
  coalesce(sum(a.amount_fen) FILTER (WHERE b.state IN ('cleared', 'in_treasury')), 0) AS finance
FROM payments_attempt a JOIN payments_order o ON o.id = a.order_id
JOIN payments_bill b ON b.id = o.bill_id
WHERE a.state = 'success' AND b.fee_class = 'treasury' AND a.paid_at >= $1 AND a.paid_at < $2
GROUP BY b.agency_code ORDER BY b.agency_code
"""


async def agencies_of_day(day: date) -> list[AgencyDay]:
    """Ours, the channels' and the finance department's word about each executing unit's day."""
    begins = datetime.combine(day, time(0), clock.SHANGHAI)
    return [
        AgencyDay(
            row["agency_code"],
            row["agency_name"],
            int(row["ours"]),
            int(row["channel"]),
            int(row["finance"]),
        )
        for row in await db.rows(_THREE, begins, begins + timedelta(days=1), day)
    ]
