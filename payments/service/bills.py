"""Bills: made by the context that is owed, seen by the person who owes."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.outbox import announce
from payments.errors import NoSuchBill
from payments.events import BillCreated
from payments.models import Bill
from payments.rules import BILL_STATE_NAMES, pay_code


@dataclass(frozen=True, slots=True)
class BillItem:
    """One line of a bill, in fen."""

    name: str
    code: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class BillFacts:
    """A bill as its payer sees it."""

    bill_no: str
    pay_code: str
    title: str
    amount_fen: int
    state: str
    state_name: str
    agency_name: str
    items: list[dict[str, Any]]
    created_at: datetime
    paid_at: datetime | None
    receipt_no: str
    source: str
    source_ref: str


async def create_bill(
    *,
    person_id: UUID,
    title: str,
    items: list[BillItem],
    agency_code: str,
    agency_name: str,
    region: str,
    source: str,
    source_ref: str,
) -> str:
    """Make a bill in the caller's unit of work; answers its number.

    Raises `ValueError` when an amount is not positive: nobody owes nothing.
    """
    if not items or any(item.amount_fen <= 0 for item in items):
        raise ValueError("a bill has lines, and each is more than nothing")
    total = sum(item.amount_fen for item in items)
    async with db.unit_of_work():
        turn = await db.value("SELECT nextval('payments_bill_turn')")
        today = clock.today()
        number = f"B{today:%Y%m%d}{turn:09d}"
        await Bill.create(
            bill_no=number,
            pay_code=pay_code(region, today.year, turn),
            person_id=person_id,
            title=title,
            items=[asdict(item) for item in items],
            total_fen=total,
            agency_code=agency_code,
            agency_name=agency_name,
            region=region,
            source=source,
            source_ref=source_ref,
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


def _facts(row: Bill) -> BillFacts:
    return BillFacts(
        row.bill_no,
        row.pay_code,
        row.title,
        row.total_fen,
        row.state,
        BILL_STATE_NAMES[row.state],
        row.agency_name,
        row.items,
        row.created_at,
        row.paid_at,
        row.receipt_no,
        row.source,
        row.source_ref,
    )


async def bills_of(person_id: UUID) -> list[BillFacts]:
    """A person's bills, newest first."""
    return [_facts(r) for r in await Bill.filter(person_id=person_id).order_by("-id").limit(100)]


async def bill(person_id: UUID, bill_no: str) -> BillFacts:
    """One bill of a person; raises `NoSuchBill` for somebody else's."""
    row = await Bill.get_or_none(bill_no=bill_no, person_id=person_id)
    if row is None:
        raise NoSuchBill
    return _facts(row)


async def bill_summary(bill_no: str) -> BillFacts:
    """A bill for the context that made it; raises `NoSuchBill`."""
    row = await Bill.get_or_none(bill_no=bill_no)
    if row is None:
        raise NoSuchBill
    return _facts(row)
