"""The work list of differences, and the proof without which a day is not closed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.principal import Principal
from payments.errors import DayNotProved, IllegalMove, NoSuchDay, NoSuchDifference
from payments.models import ReconBatch, ReconDifference
from payments.rules.differences import KINDS, RESOLUTIONS, STATES
from payments.service.ledger import book, channel_account

PAGE = 50
DAYS = 7
SUSPENSE = "suspense:reconciliation"


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A day of one account; `unproved_fen` is what file and ledger differ by, signed."""

    id: UUID
    channel: str
    fee_class: str
    merchant: str
    day: date
    state: str
    rows: int
    trade_fen: int
    refund_fen: int
    fee_fen: int
    booked_fen: int
    adjusted_fen: int
    unproved_fen: int
    differences: int
    matched_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class DifferenceFacts:
    """One difference."""

    id: UUID
    batch_id: UUID
    kind: str
    kind_name: str
    subject: str
    number: str
    ours_fen: int | None
    theirs_fen: int | None
    ours_state: str
    theirs_state: str
    state: str
    state_name: str
    resolution: str
    evidence: str
    resolved_at: datetime | None
    version: int


async def batches(day: date | None = None, before: date | None = None) -> list[BatchFacts]:
    """Days of all accounts, newest first; `before` a day for the page after."""
    found = ReconBatch.all()
    if day is not None:
        found = found.filter(day=day)
    if before is not None:
        found = found.filter(day__lt=before)
    # Whole days only: what follows is asked for by its day.
    days = await found.order_by("-day").distinct().limit(DAYS).values_list("day", flat=True)
    rows = await found.filter(day__in=list(days)).order_by("-day", "channel", "merchant")
    return [await _batch(row) for row in rows]


async def _batch(row: ReconBatch) -> BatchFacts:
    adjusted = int(
        await db.value(
            "SELECT coalesce(sum(e.amount_fen), 0) FROM payments_recon_difference d "
            "JOIN payments_ledger_transaction x ON x.key = 'recon:' || d.id "
            "JOIN payments_ledger_entry e ON e.transaction_id = x.id AND e.account = $2 "
            "WHERE d.batch_id = $1 AND d.theirs_fen IS NOT NULL",
            row.id,
            channel_account(row.channel, row.merchant),
        )
    )
    net = row.trade_fen - row.refund_fen
    return BatchFacts(
        row.id,
        row.channel,
        row.fee_class,
        row.merchant,
        row.day,
        row.state,
        row.rows,
        row.trade_fen,
        row.refund_fen,
        row.fee_fen,
        row.booked_fen,
        adjusted,
        net - row.booked_fen - adjusted,
        row.differences,
        row.matched_at,
        row.version,
    )


async def differences(
    batch_id: UUID, state: str = "", after: UUID | None = None
) -> list[DifferenceFacts]:
    """Differences of a day, in the order of their ids."""
    found = ReconDifference.filter(batch_id=batch_id)
    if state:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(id__gt=after)
    return [_difference(row) for row in await found.order_by("id").limit(PAGE)]


def _difference(row: ReconDifference) -> DifferenceFacts:
    return DifferenceFacts(
        row.id,
        row.batch_id,
        row.kind,
        KINDS[row.kind],
        row.subject,
        row.number,
        row.ours_fen,
        row.theirs_fen,
        row.ours_state,
        row.theirs_state,
        row.state,
        STATES[row.state],
        row.resolution,
        row.evidence,
        row.resolved_at,
        row.version,
    )


async def resolve(
    principal: Principal, difference_id: UUID, version: int, resolution: str, evidence: str
) -> DifferenceFacts:
    """End a difference: `book` what the channel has, `unbook` what it has not, or `explain`.

    A correction is a new ledger transaction (rule 9). Raises `NoSuchDifference`,
    `PreconditionFailed`, `IllegalMove` for one that is over, or a way that does not fit.
    """
    async with db.unit_of_work():
        row = await ReconDifference.select_for_update().get_or_none(id=difference_id)
        if row is None:
            raise NoSuchDifference
        if row.version != version:
            raise PreconditionFailed
        batch = await ReconBatch.select_for_update().get(id=row.batch_id)
        if row.state == "resolved" or batch.state == "closed" or resolution not in RESOLUTIONS:
            raise IllegalMove
        if (resolution == "book" and row.theirs_fen is None) or (
            resolution == "unbook" and row.theirs_fen is not None
        ):
            raise IllegalMove
        moved = _effect(row)
        if resolution == "explain" and moved and row.theirs_fen is not None:
            # Words alone would leave the day unproved for ever.
            raise IllegalMove
        if resolution != "explain" and moved:
            account = channel_account(batch.channel, batch.merchant)
            await book(f"recon:{row.id}", [(account, moved), (SUSPENSE, -moved)])
        row.state, row.resolution, row.evidence = "resolved", resolution, evidence
        row.actor, row.resolved_at, row.version = principal.ref, clock.now(), version + 1
        await row.save()
        batch.differences -= 1
        if not batch.differences:
            batch.state, batch.version = "balanced", batch.version + 1
        await batch.save()
        audit.record(principal, f"payments.difference_{resolution}", f"difference:{row.number}")
    return _difference(row)


def _effect(row: ReconDifference) -> int:
    """What the books of the channel have to move by, in fen, so that they say what it says."""
    ours = 0 if row.kind in {"DUPLICATE_LINE", "UNKNOWN_MERCHANT"} else (row.ours_fen or 0)
    moved = (row.theirs_fen or 0) - ours
    return -moved if row.subject == "refund" else moved


async def close_day(principal: Principal, batch_id: UUID, version: int) -> BatchFacts:
    """Close a day of an account; the proof is that file, ledger and adjustments sum to nothing.

    Raises `NoSuchDay`, `PreconditionFailed`, `DayNotProved` while anything is open or unproved.
    """
    async with db.unit_of_work():
        row = await ReconBatch.select_for_update().get_or_none(id=batch_id)
        if row is None:
            raise NoSuchDay
        if row.version != version:
            raise PreconditionFailed
        facts = await _batch(row)
        if row.state != "balanced" or facts.unproved_fen:
            raise DayNotProved(unproved_fen=facts.unproved_fen, differences=row.differences)
        row.state, row.closed_by, row.version = "closed", principal.ref, version + 1
        await row.save()
        await db.execute("DELETE FROM payments_recon_line WHERE batch_id = $1", row.id)
        await db.execute("DELETE FROM payments_clearing_line WHERE batch_id = $1", row.id)
        audit.record(principal, "payments.day_closed", f"day:{row.channel}/{row.day:%Y%m%d}")
    return await _batch(row)
