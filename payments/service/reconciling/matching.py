"""Matching a day: every row of their file and every payment of ours, each side once.

The match key is (merchant, our own number): channels repeat their numbers. What the file proves
paid and we did not know is applied as a fact of source `bill`, by the one function that applies
facts (rule 1).
"""

from datetime import datetime, time, timedelta

import structlog

from app_server.kernel import clock, db
from payments.models import ReconBatch
from payments.providers.gateway import Fact
from payments.rules.differences import DAY_CUT_WAIT, FEE_PER_100K, NEAR_MIDNIGHT
from payments.service.facts import apply_fact

log = structlog.get_logger(__name__)

_NEW = (
    "INSERT INTO payments_recon_difference (id, batch_id, kind, subject, number, ours_fen, "
    "theirs_fen, ours_state, theirs_state, state, resolution, evidence, actor, resolved_at, "
    "version) "
)
_TAIL = "'', '', '', NULL::timestamptz, 1 "

# Rows that are nobody's of ours: another merchant's, and each row after the first of one number.
_STRANGERS = (
    _NEW + "SELECT gen_random_uuid(), $1, 'UNKNOWN_MERCHANT', kind, "
    "CASE kind WHEN 'trade' THEN out_trade_no ELSE out_refund_no END, NULL, amount_fen, '', state, "
    "'open', " + _TAIL + "FROM payments_recon_line WHERE batch_id = $1 AND merchant <> $2"
)
_DOUBLES = (
    _NEW + "SELECT gen_random_uuid(), $1, 'DUPLICATE_LINE', kind, number, NULL, amount_fen, '', "
    "state, 'open', " + _TAIL + "FROM (SELECT *, CASE kind WHEN 'trade' THEN out_trade_no ELSE "
    "out_refund_no END AS number, row_number() OVER (PARTITION BY kind, CASE kind WHEN 'trade' "
    "THEN out_trade_no ELSE out_refund_no END) AS turn FROM payments_recon_line "
    "WHERE batch_id = $1 AND merchant = $2) l WHERE turn > 1"
)
# The first row of each number beside what we know of it.
_TRADES = """
CREATE TEMP TABLE recon_trades ON COMMIT DROP AS
SELECT l.out_trade_no AS number, l.amount_fen AS theirs, l.fee_fen, l.state AS their_state,
       a.id AS attempt, a.amount_fen AS ours, a.state AS our_state, a.paid_at
FROM (SELECT DISTINCT ON (out_trade_no) * FROM payments_recon_line
      WHERE batch_id = $1 AND kind = 'trade' AND merchant = $2) l
LEFT JOIN payments_attempt a ON a.out_trade_no = l.out_trade_no AND a.channel = $3
"""
_REFUNDS = """
CREATE TEMP TABLE recon_refunds ON COMMIT DROP AS
SELECT l.out_refund_no AS number, l.amount_fen AS theirs, l.state AS their_state,
       r.id AS refund, r.amount_fen AS ours, r.state AS our_state, r.refunded_at
FROM (SELECT DISTINCT ON (out_refund_no) * FROM payments_recon_line
      WHERE batch_id = $1 AND kind = 'refund' AND merchant = $2) l
LEFT JOIN payments_refund r ON r.out_refund_no = l.out_refund_no
"""
_FROM_TRADES = (
    _NEW
    + "SELECT gen_random_uuid(), $1, k, 'trade', number, ours, theirs, coalesce(our_state,''), "
    "their_state, 'open', "
    + _TAIL
    + """
FROM (SELECT *, CASE
  WHEN attempt IS NULL THEN 'LOCAL_MISSING'
  WHEN ours <> theirs THEN 'AMOUNT'
  WHEN our_state NOT IN ('success', 'duplicate') THEN 'STATE'
  WHEN paid_at < $2 OR paid_at >= $3 THEN 'DAY_CUT'
  WHEN fee_fen <> (theirs * $4 + 50000) / 100000 THEN 'FEE' END AS k
  FROM recon_trades) d WHERE k IS NOT NULL
"""
)
_FROM_REFUNDS = (
    _NEW + "SELECT gen_random_uuid(), $1, k, 'refund', number, ours, theirs, "
    "coalesce(our_state,''), their_state, 'open', "
    + _TAIL
    + """
FROM (SELECT *, CASE
  WHEN refund IS NULL THEN 'LOCAL_MISSING'
  WHEN ours <> theirs THEN 'AMOUNT'
  WHEN our_state <> 'success' THEN 'STATE'
  WHEN refunded_at < $2 OR refunded_at >= $3 THEN 'DAY_CUT' END AS k
  FROM recon_refunds) d WHERE k IS NOT NULL
"""
)
# What is ours of that day and not in the file; near midnight it may stand in the neighbour's.
_LACKING = (
    _NEW
    + """
SELECT gen_random_uuid(), $1, CASE WHEN at < $4 + $6 OR at >= $5 - $6 THEN 'DAY_CUT'
  ELSE 'CHANNEL_MISSING' END, subject, number, ours, NULL, our_state, '',
  CASE WHEN at < $4 + $6 OR at >= $5 - $6 THEN 'waiting' ELSE 'open' END, """
    + _TAIL
    + """
FROM (
  SELECT 'trade' AS subject, a.out_trade_no AS number, a.amount_fen AS ours, a.state AS our_state,
         a.paid_at AS at FROM payments_attempt a
  WHERE a.channel = $2 AND a.merchant = $3 AND a.paid_at >= $4 AND a.paid_at < $5
    AND a.state IN ('success', 'duplicate')
    AND NOT EXISTS (SELECT 1 FROM recon_trades t WHERE t.number = a.out_trade_no)
  UNION ALL
  SELECT 'refund', r.out_refund_no, r.amount_fen, r.state, r.refunded_at FROM payments_refund r
  JOIN payments_attempt a ON a.id = r.attempt_id AND a.channel = $2 AND a.merchant = $3
  WHERE r.refunded_at >= $4 AND r.refunded_at < $5 AND r.state = 'success'
    AND NOT EXISTS (SELECT 1 FROM recon_refunds t WHERE t.number = r.out_refund_no)
) d
"""
)
# A row of this file that our books have on the day before or after ends the waiting there and here.
_MEETINGS = """
UPDATE payments_recon_difference d SET state = 'resolved', resolution = 'auto',
  evidence = 'found in the file of ' || $3::text, resolved_at = $4
FROM payments_recon_batch b
WHERE b.id = d.batch_id AND b.channel = $2 AND b.id <> $1 AND d.state <> 'resolved'
  AND d.kind IN ('DAY_CUT', 'CHANNEL_MISSING') AND d.theirs_fen IS NULL
  AND EXISTS (SELECT 1 FROM payments_recon_difference h WHERE h.batch_id = $1
    AND h.kind = 'DAY_CUT' AND h.subject = d.subject AND h.number = d.number)
"""
_OWN_CUTS = """
UPDATE payments_recon_difference SET state = 'resolved', resolution = 'auto',
  evidence = 'booked on the day beside', resolved_at = $2
WHERE batch_id = $1 AND kind = 'DAY_CUT' AND theirs_fen IS NOT NULL
"""
# What our books hold for the rows of this file: the ledger itself, not the attempts.
_BOOKED = """
SELECT coalesce((SELECT sum(e.amount_fen) FROM recon_trades t
    JOIN payments_ledger_transaction x ON x.key = 'collect:' || t.number
    JOIN payments_ledger_entry e ON e.transaction_id = x.id AND e.account = $1), 0)
  + coalesce((SELECT sum(e.amount_fen) FROM recon_refunds t
    JOIN payments_ledger_transaction x ON x.key = 'refund:' || t.number
    JOIN payments_ledger_entry e ON e.transaction_id = x.id AND e.account = $1), 0)
"""
# Nothing can come any more of what expired that day and is not in its file.
_FINAL = """
UPDATE payments_attempt a SET state = 'closed_final' FROM payments_order o
WHERE o.id = a.order_id AND a.state = 'closed' AND a.channel = $1 AND a.merchant = $2
  AND o.expires_at >= $3 AND o.expires_at < $4
"""


async def match(batch: ReconBatch) -> None:
    """Find what differs, apply what the file proves, and say what the day adds up to."""
    begins = datetime.combine(batch.day, time(0), clock.SHANGHAI)
    ends = begins + timedelta(days=1)
    await _find(batch, begins, ends)
    await _apply_proven(batch)
    async with db.unit_of_work():
        left = await db.value(
            "SELECT count(*) FROM payments_recon_difference WHERE batch_id=$1 "
            "AND state <> 'resolved'",
            batch.id,
        )
        batch.differences = int(left)
        batch.state = "differs" if left else "balanced"
        batch.matched_at, batch.version = clock.now(), batch.version + 1
        await batch.save()
        await db.execute(_FINAL, batch.channel, batch.merchant, begins, ends)


async def _find(batch: ReconBatch, begins: datetime, ends: datetime) -> None:
    where = (batch.id, batch.merchant)
    fee = FEE_PER_100K[batch.fee_class]
    async with db.unit_of_work():
        await db.execute("DELETE FROM payments_recon_difference WHERE batch_id = $1", batch.id)
        await db.execute("SET LOCAL work_mem = '64MB'")
        await db.execute(_TRADES, *where, batch.channel)
        await db.execute(_REFUNDS, *where)
        await db.execute("ANALYZE recon_trades")
        await db.execute(_STRANGERS, *where)
        await db.execute(_DOUBLES, *where)
        await db.execute(_FROM_TRADES, batch.id, begins, ends, fee)
        await db.execute(_FROM_REFUNDS, batch.id, begins, ends)
        await db.execute(
            _LACKING, batch.id, batch.channel, batch.merchant, begins, ends, NEAR_MIDNIGHT
        )
        now = clock.now()
        await db.execute(_MEETINGS, batch.id, batch.channel, batch.day.isoformat(), now)
        await db.execute(_OWN_CUTS, batch.id, now)
        account = f"channel:{batch.channel}/{batch.merchant}"
        batch.booked_fen = int(await db.value(_BOOKED, account))


async def _apply_proven(batch: ReconBatch) -> None:
    """What the file proves paid and we thought open or closed: their word is applied."""
    rows = await db.rows(
        "SELECT d.id, d.number, d.theirs_fen, d.theirs_state, a.app_id FROM "
        "payments_recon_difference d JOIN payments_attempt a ON a.out_trade_no = d.number "
        "WHERE d.batch_id=$1 AND d.kind='STATE' AND d.subject='trade' AND d.state='open'",
        batch.id,
    )
    for row in rows:
        at = await db.value(
            "SELECT at FROM payments_recon_line WHERE batch_id=$1 AND kind='trade' "
            "AND out_trade_no=$2 LIMIT 1",
            batch.id,
            row["number"],
        )
        fact = Fact(
            channel=batch.channel,
            source="bill",
            external_id=f"{batch.day:%Y%m%d}:{row['number']}",
            out_trade_no=row["number"],
            merchant=batch.merchant,
            app_id=row["app_id"],
            state="success",
            amount_fen=row["theirs_fen"],
            channel_trade_no="",
            paid_at=at,
            raw=f"{batch.file_key} {row['theirs_state']}",
        )
        if await apply_fact(fact) in {"applied", "stale"}:
            await db.execute(
                "UPDATE payments_recon_difference SET state='resolved', resolution='auto', "
                "evidence='applied from the file', resolved_at=$2 WHERE id=$1",
                row["id"],
                clock.now(),
            )
            batch.booked_fen += row["theirs_fen"]


async def mature() -> int:
    """What waited for a neighbour's file too long is missing there; answers how many."""
    return int(
        await db.execute(
            "UPDATE payments_recon_difference d SET kind='CHANNEL_MISSING', state='open', "
            "version=d.version+1 FROM payments_recon_batch b WHERE b.id = d.batch_id "
            "AND d.state='waiting' AND b.day <= $1",
            clock.today() - DAY_CUT_WAIT,
        )
    )
