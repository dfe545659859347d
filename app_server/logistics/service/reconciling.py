"""Daily reconciliation: payment × parcel × carrier bill, a work list, figures that add up."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import sha256_hex
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.logistics.errors import BadBill, NoSuchDifference, NotNow
from app_server.logistics.events import BillDue
from app_server.logistics.models import Contract, Difference, ReconDay
from app_server.logistics.providers.carriers import carriers
from app_server.logistics.rules import GRACE_DAYS, KINDS, Found, OurParcel, compared
from app_server.logistics.service.contracts import account_name, account_of
from payments import service as payments

PAGE = 100
# What the accounts agreed for a parcel that was picked up that day, whatever became of it.
_SHIPPED = """
SELECT p.id, o.waybill, o.order_no, o.postage_fen, p.payer, p.bill_no FROM logistics_parcel p
JOIN logistics_order o ON o.parcel_id = p.id AND o.state = 'placed'
WHERE o.carrier || '/' || o.customer_code = $1 AND p.picked_up_at >= $2 AND p.picked_up_at < $3
ORDER BY p.id
"""
_RETURNED = "account=$1 AND payer='resident' AND returned_at >= $2 AND returned_at < $3"
_WAITING = (
    "account=$1 AND payer='resident' AND paid_at >= $2 AND paid_at < $3 AND picked_up_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A day of one account; `proved` when its differences explain the whole gap."""

    id: UUID
    day: date
    carrier: str
    customer_code: str
    parcels: int
    lines: int
    expected_fen: int
    billed_fen: int
    paid_fen: int
    explained_fen: int
    proved: bool
    open: int
    compared_at: datetime


@dataclass(frozen=True, slots=True)
class DifferenceFacts:
    """One difference, until somebody resolves it with evidence."""

    id: UUID
    recon_day_id: UUID
    day: date
    kind: str
    kind_name: str
    subject: str
    ours_fen: int
    theirs_fen: int
    effect_fen: int
    state: str
    resolution: str
    evidence: str
    resolved_at: datetime | None
    version: int


async def ask_for_bills(day: date | None = None) -> int:
    """Have yesterday's bill of every account fetched; answers how many were asked for."""
    wanted = day or clock.today() - timedelta(days=1)
    accounts = {(row.carrier, row.customer_code) for row in await Contract.all()}
    done = {(r.carrier, r.customer_code) for r in await ReconDay.filter(day=wanted)}
    left = sorted(accounts - done)
    async with db.unit_of_work():
        for carrier, code in left:
            announce(BillDue(carrier=carrier, customer_code=code, day=wanted.isoformat()))
    return len(left)


async def fetch_bill(carrier: str, customer_code: str, day: date) -> Outcome:
    """Fetch a day's file and compare it; a file that is none is refused whole."""
    contract = await Contract.filter(carrier=carrier, customer_code=customer_code).first()
    if contract is None:
        return Rejected("no such account")
    port = carriers()[carrier]
    file = await port.bill(account_of(contract), day)
    if file is None:
        return Unknown("not there yet")
    try:
        lines = port.lines(file)
    except BadBill as error:
        return Unknown(str(error))
    ours = await _ours(account_name(carrier, customer_code), day)
    found, figures = compared(ours, lines)
    async with db.unit_of_work() as uow:
        # One comparison a day and account: later calls find it there.
        if await ReconDay.exists(day=day, carrier=carrier, customer_code=customer_code):
            return Ok("compared before")
        row = await ReconDay.create(
            day=day,
            carrier=carrier,
            customer_code=customer_code,
            file_sha256=sha256_hex(file),
            compared_at=clock.now(),
            **asdict(figures),
        )
        for one in found:
            uow.add("logistics_difference", _row(row, one))
    return Ok(f"{len(found)} differences")


def _row(day: ReconDay, one: Found) -> dict[str, object]:
    told = {"id": uuid7(), "recon_day_id": day.id, "day": day.day.isoformat(), "version": 1}
    blank = {"resolution": "", "evidence": "", "actor": "", "state": "open"}
    return told | asdict(one) | blank


async def _ours(account: str, day: date) -> list[OurParcel]:
    """Our side: picked up that day, or come back, or paid and waiting, since the grace ended."""
    found = []
    for row in await db.rows(_SHIPPED, account, *_bounds(day)):
        paid = await _paid(row["bill_no"])
        fen = row["postage_fen"]
        found.append(OurParcel(row["waybill"], row["order_no"], fen, row["payer"], paid))
    earlier = _bounds(day - timedelta(days=GRACE_DAYS))
    for condition, name in ((_RETURNED, "returned"), (_WAITING, "waiting")):
        sql = f"SELECT id, waybill, bill_no FROM logistics_parcel WHERE {condition} ORDER BY id"
        for row in await db.rows(sql, account, *earlier):
            found.append(  # noqa: PERF401 - each asks for its bill
                OurParcel(
                    row["waybill"],
                    f"P{row['id'].hex}",
                    0,
                    "resident",
                    await _paid(row["bill_no"]),
                    shipped=False,
                    returned=name == "returned",
                    waiting=name == "waiting",
                )
            )
    return found


async def _paid(bill_no: str) -> int:
    """What a resident paid and was not given back."""
    if not bill_no:
        return 0
    bill = await payments.bill_summary(bill_no)
    return bill.amount_fen - bill.refunded_fen if bill.paid_at is not None else 0


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time(), clock.SHANGHAI).astimezone(UTC)
    return start, start + timedelta(days=1)


async def days(before: date | None = None) -> list[DayFacts]:
    """Days of all accounts, newest first."""
    query = ReconDay.all() if before is None else ReconDay.filter(day__lt=before)
    rows = await query.order_by("-day", "carrier", "customer_code").limit(PAGE)
    counted = await db.rows(
        "SELECT recon_day_id, count(*) AS n FROM logistics_difference WHERE state='open' "
        "AND recon_day_id = ANY($1::uuid[]) GROUP BY 1",
        [row.id for row in rows],
    )
    left = {row["recon_day_id"]: row["n"] for row in counted}
    return [_day(row, left.get(row.id, 0)) for row in rows]


def _day(row: ReconDay, left: int) -> DayFacts:
    return DayFacts(
        id=row.id,
        day=row.day,
        carrier=row.carrier,
        customer_code=row.customer_code,
        parcels=row.parcels,
        lines=row.lines,
        expected_fen=row.expected_fen,
        billed_fen=row.billed_fen,
        paid_fen=row.paid_fen,
        explained_fen=row.explained_fen,
        proved=row.billed_fen - row.expected_fen == row.explained_fen,
        open=left,
        compared_at=row.compared_at,
    )


async def differences(
    day_id: UUID, state: str = "", after: UUID | None = None
) -> list[DifferenceFacts]:
    """The differences of a day, a page at a time."""
    query = Difference.filter(recon_day_id=day_id).order_by("id").limit(PAGE)
    if state:
        query = query.filter(state=state)
    if after is not None:
        query = query.filter(id__gt=after)
    return [_difference(row) for row in await query]


async def resolve(
    by: Principal, difference_id: UUID, version: int, resolution: str, evidence: str
) -> DifferenceFacts:
    """End a difference with the evidence for it; once.

    Raises `NoSuchDifference`, `PreconditionFailed`, `NotNow` when it was ended before.
    """
    async with db.unit_of_work():
        row = await Difference.select_for_update().get_or_none(id=difference_id)
        if row is None:
            raise NoSuchDifference
        if row.state != "open":
            raise NotNow
        if row.version != version:
            raise PreconditionFailed
        row.state, row.resolution, row.evidence = "resolved", resolution, evidence
        row.actor, row.resolved_at, row.version = by.ref, clock.now(), version + 1
        await row.save()
        audit.record(
            by, "logistics.difference_resolved", f"difference:{row.id}", purpose=resolution
        )
    return _difference(row)


def _difference(row: Difference) -> DifferenceFacts:
    return DifferenceFacts(
        id=row.id,
        recon_day_id=row.recon_day_id,
        day=row.day,
        kind=row.kind,
        kind_name=KINDS[row.kind],
        subject=row.subject,
        ours_fen=row.ours_fen,
        theirs_fen=row.theirs_fen,
        effect_fen=row.effect_fen,
        state=row.state,
        resolution=row.resolution,
        evidence=row.evidence,
        resolved_at=row.resolved_at,
        version=row.version,
    )


_HEADER = ("日期", "类型", "运单或包裹", "本方（分）", "快递（分）", "影响（分）", "状态", "处理")


async def differences_file(by: Principal, day_id: UUID) -> bytes:
    """A day's differences as CSV for a spreadsheet; who takes it is on record."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(_HEADER)
    rows.writerows(_cells(await Difference.filter(recon_day_id=day_id).order_by("kind", "subject")))
    async with db.unit_of_work():
        audit.record(by, "logistics.differences_exported", f"recon_day:{day_id}")
    return text.getvalue().encode("utf-8-sig")


def _cells(found: Sequence[Difference]) -> list[tuple[str, ...]]:
    return [
        (
            row.day.isoformat(),
            KINDS[row.kind],
            # A subject comes out of a carrier's file: no spreadsheet may run it.
            f"'{row.subject}" if row.subject[:1] in "=+-@\t\r" else row.subject,
            str(row.ours_fen),
            str(row.theirs_fen),
            str(row.effect_fen),
            "已处理" if row.state == "resolved" else "待处理",
            row.resolution,
        )
        for row in found
    ]
