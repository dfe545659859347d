"""Bills: made by the context that is owed, seen by the person who owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from payments.errors import BillInUse, BillNotPayable, NoSuchBill
from payments.events import BillCreated, BillVoided
from payments.models import Bill, Order
from payments.providers import GATEWAYS
from payments.rules import (
    BILL_EDGES,
    BILL_STATE_NAMES,
    OPEN_ORDERS,
    PAYABLE,
    BillItem,
    Way,
    pay_code,
    total_of,
    ways,
)
from payments.service.facts import lines_on, vars_of
from payments.service.fees import checked_class
from payments.service.sight import sees, within

PAGE = 50
OVERDUE_BATCH = 500


@dataclass(frozen=True, slots=True)
class BillFacts:
    """A bill as its payer sees it, as it stands today."""

    bill_no: str
    pay_code: str
    title: str
    amount_fen: int
    state: str
    state_name: str
    agency_name: str
    fee_class: str
    items: list[dict[str, Any]]
    due_on: date | None
    created_at: datetime
    paid_at: datetime | None
    channel: str
    receipt_no: str
    refunded_fen: int
    source: str
    source_ref: str
    version: int


@dataclass(frozen=True, slots=True)
class AgencyBillFacts:
    """A bill in an officer's list: without its payer."""

    id: UUID
    bill_no: str
    pay_code: str
    title: str
    amount_fen: int
    refunded_fen: int
    state: str
    state_name: str
    agency_code: str
    agency_name: str
    fee_class: str
    due_on: date | None
    channel: str
    created_at: datetime
    paid_at: datetime | None
    version: int


async def create_bill(
    *,
    person_id: UUID,
    title: str,
    items: Sequence[BillItem],
    agency_code: str,
    agency_name: str,
    region: str,
    source: str,
    source_ref: str,
    due_on: date | None = None,
) -> str:
    """Make a bill in the caller's unit of work; answers its number.

    Raises `ValueError` when an amount is not positive: nobody owes nothing; `FeeNotListed` for
    what the executing unit may not charge (R-PAY-06).
    """
    total = total_of(list(items))
    async with db.unit_of_work():
        fee_class = await checked_class(agency_code, items)
        turn = await db.value("SELECT nextval('payments_bill_turn')")
        today = clock.today()
        number = f"B{today:%Y%m%d}{turn:09d}"
        await Bill.create(
            bill_no=number,
            pay_code=pay_code(region, today.year, turn),
            person_id=person_id,
            title=title,
            items=[vars_of(item) for item in items],
            total_fen=total,
            agency_code=agency_code,
            agency_name=agency_name,
            region=region,
            source=source,
            source_ref=source_ref,
            fee_class=fee_class,
            due_on=due_on,
            created_at=clock.now(),
        )
        announce(
            BillCreated(
                bill_no=number,
                person_id=person_id,
                title=title,
                amount_fen=total,
                agency_name=agency_name,
            )
        )
    return number


async def _now(row: Bill) -> tuple[list[dict[str, Any]], int]:
    """The lines and what they ask for today: one reckoning for payers and officers."""
    if row.due_on is None or row.state not in {"unpaid", "overdue"}:
        return row.items, row.total_fen
    lines = await lines_on(row, clock.now())
    return [vars_of(line) for line in lines], sum(line.total_fen for line in lines)


async def _facts(row: Bill) -> BillFacts:
    items, total = await _now(row)
    return BillFacts(
        row.bill_no,
        row.pay_code,
        row.title,
        total,
        row.state,
        BILL_STATE_NAMES[row.state],
        row.agency_name,
        row.fee_class,
        items,
        row.due_on,
        row.created_at,
        row.paid_at,
        row.channel,
        row.receipt_no,
        row.refunded_fen,
        row.source,
        row.source_ref,
        row.version,
    )


async def bills_of(person_id: UUID) -> list[BillFacts]:
    """A person's bills, newest first."""
    rows = await Bill.filter(person_id=person_id).order_by("-id").limit(100)
    return [await _facts(row) for row in rows]


async def bill(person_id: UUID, bill_no: str) -> BillFacts:
    """One bill of a person; raises `NoSuchBill` for somebody else's."""
    row = await Bill.get_or_none(bill_no=bill_no, person_id=person_id)
    if row is None:
        raise NoSuchBill
    return await _facts(row)


async def bill_ways(person_id: UUID, bill_no: str, client: str) -> list[Way]:
    """How a person can pay a bill on this client; raises `NoSuchBill`, `BillNotPayable`."""
    row = await Bill.get_or_none(bill_no=bill_no, person_id=person_id)
    if row is None:
        raise NoSuchBill
    if row.state not in PAYABLE:
        raise BillNotPayable
    return [one for one in ways(client, row.fee_class) if one.channel in GATEWAYS]


async def bill_summary(bill_no: str) -> BillFacts:
    """A bill for the context that made it; raises `NoSuchBill`."""
    row = await Bill.get_or_none(bill_no=bill_no)
    if row is None:
        raise NoSuchBill
    return await _facts(row)


async def agency_bills(
    principal: Principal, state: str = "", after: UUID | None = None
) -> list[AgencyBillFacts]:
    """Bills an officer sees, newest first."""
    found = Bill.filter(**within(principal))
    if state:
        found = found.filter(state=state)
    if after is not None:
        found = found.filter(id__lt=after)
    rows = await found.order_by("-id").limit(PAGE)
    return [
        AgencyBillFacts(
            row.id,
            row.bill_no,
            row.pay_code,
            row.title,
            (await _now(row))[1],
            row.refunded_fen,
            row.state,
            BILL_STATE_NAMES[row.state],
            row.agency_code,
            row.agency_name,
            row.fee_class,
            row.due_on,
            row.channel,
            row.created_at,
            row.paid_at,
            row.version,
        )
        for row in rows
    ]


async def void_bill(principal: Principal, bill_no: str, version: int, reason: str) -> BillFacts:
    """Take a bill back before it is paid.

    Raises `NoSuchBill`, `BillInUse` while somebody is paying it, `BillNotPayable` afterwards.
    """
    async with db.unit_of_work():
        row = await Bill.select_for_update().get_or_none(bill_no=bill_no)
        if row is None or not sees(principal, row):
            raise NoSuchBill
        if row.version != version:
            raise BillNotPayable
        return await take_back(principal, row, reason)


async def withdraw_bill(principal: Principal, bill_no: str, reason: str) -> None:
    """Take a bill back for the context that made it, in its unit of work.

    Raises `NoSuchBill`, `BillInUse` while somebody is paying it, `BillNotPayable` afterwards.
    """
    row = await Bill.select_for_update().get_or_none(bill_no=bill_no)
    if row is None:
        raise NoSuchBill
    await take_back(principal, row, reason)


async def take_back(principal: Principal, row: Bill, reason: str) -> BillFacts:
    """Void a locked bill in the caller's unit of work; raises `BillInUse`, `BillNotPayable`."""
    if await Order.exists(bill_id=row.id, state__in=OPEN_ORDERS):
        raise BillInUse
    if "void" not in BILL_EDGES[row.state]:
        raise BillNotPayable
    row.state, row.version = "void", row.version + 1
    await row.save()
    audit.record(principal, "payments.bill_voided", f"bill:{row.bill_no}", purpose=reason)
    announce(
        BillVoided(
            bill_no=row.bill_no,
            person_id=row.person_id,
            title=row.title,
            source=row.source,
            source_ref=row.source_ref,
        )
    )
    return await _facts(row)


async def mark_overdue() -> int:
    """Mark bills whose day has passed; what they ask for is reckoned whenever somebody looks."""
    return int(
        await db.execute(
            "UPDATE payments_bill SET state='overdue', version=version+1 WHERE id IN ("
            "SELECT id FROM payments_bill WHERE state='unpaid' AND due_on < $1 "
            "ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)",
            clock.today(),
            OVERDUE_BATCH,
        )
    )
