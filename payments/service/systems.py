"""Business systems of departments: one access, and every channel is theirs (R-PAY-02).

A system stands for one executing unit: its bills are that unit's, and it sees no others. Which
channel is paid through is the payer's choice at the time of paying.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app_server.kernel import audit, db
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.people import service as people
from payments.errors import (
    IllegalMove,
    NoSuchBill,
    NoSuchPayer,
    NoSuchPaymentSystem,
    PaymentSystemTaken,
    ReferenceDiffers,
)
from payments.models import Bill, PaymentSystem
from payments.rules import BillItem, item_of
from payments.service.bills import BillFacts, bill_summary, create_bill, take_back

SCOPE = "payments.bills"


@dataclass(frozen=True, slots=True)
class SystemWanted:
    """What the treasury says about a system."""

    code: str
    name: str
    agency_code: str
    agency_name: str
    region: str


@dataclass(frozen=True, slots=True)
class PaymentSystemFacts:
    """A system as the treasury sees it."""

    code: str
    client_id: str
    name: str
    agency_code: str
    agency_name: str
    region: str
    state: str
    version: int


@dataclass(frozen=True, slots=True)
class Charge:
    """What a system has somebody pay; `reference` is the system's own number of it."""

    reference: str
    payer_name: str
    payer_id_number: str
    title: str
    items: Sequence[BillItem]
    due_on: date | None = None


def _facts(row: PaymentSystem) -> PaymentSystemFacts:
    return PaymentSystemFacts(
        row.code,
        row.client_id,
        row.name,
        row.agency_code,
        row.agency_name,
        row.region,
        row.state,
        row.version,
    )


async def payment_systems() -> list[PaymentSystemFacts]:
    """All systems by code."""
    return [_facts(row) for row in await PaymentSystem.all().order_by("code")]


async def admit_system(by: Principal, wanted: SystemWanted) -> tuple[PaymentSystemFacts, str]:
    """Admit a system; answers its secret too, which is not kept. `PaymentSystemTaken`."""
    client_id = f"payments-{wanted.code}"
    async with db.unit_of_work():
        await db.lock("payments.systems")
        if await grants.registered(client_id) or await PaymentSystem.exists(code=wanted.code):
            raise PaymentSystemTaken
        secret = await grants.add_client(
            client_id=client_id, name=wanted.name, scopes=[SCOPE], region=wanted.region
        )
        row = await PaymentSystem.create(
            code=wanted.code,
            client_id=client_id,
            name=wanted.name,
            agency_code=wanted.agency_code,
            agency_name=wanted.agency_name,
            region=wanted.region,
        )
        audit.record(by, "payments.system_admitted", f"payment-system:{wanted.code}")
    return _facts(row), secret


async def end_system(by: Principal, code: str, version: int) -> PaymentSystemFacts:
    """End an access at once; its bills stay. `NoSuchPaymentSystem`, `PreconditionFailed`."""
    async with db.unit_of_work():
        row = await PaymentSystem.select_for_update().get_or_none(code=code)
        if row is None:
            raise NoSuchPaymentSystem
        if row.version != version:
            raise PreconditionFailed
        if row.state != "active":
            raise IllegalMove
        row.state, row.version = "ended", version + 1
        await row.save()
        await grants.disable_client(by, row.client_id)
    return _facts(row)


async def _own(principal: Principal) -> PaymentSystem:
    row = await PaymentSystem.get_or_none(client_id=principal.org, state="active")
    if row is None:
        raise NoSuchPaymentSystem
    return row


async def charge(principal: Principal, wanted: Charge) -> BillFacts:
    """Raise a bill for a registered payer; the same reference again is the same bill.

    Raises `NoSuchPayer`, `ReferenceDiffers`, and what `create_bill` raises.
    """
    own = await _own(principal)
    source = f"sys:{own.code}"
    payer = await people.find_by_id_number(wanted.payer_id_number)
    if payer is None or (await people.person(payer)).name != wanted.payer_name:
        raise NoSuchPayer
    async with db.unit_of_work():
        await db.lock(f"payments.charge:{source}:{wanted.reference}")
        known = await Bill.get_or_none(source=source, source_ref=wanted.reference)
        if known is None:
            number = await create_bill(
                person_id=payer,
                title=wanted.title,
                items=wanted.items,
                agency_code=own.agency_code,
                agency_name=own.agency_name,
                region=own.region,
                source=source,
                source_ref=wanted.reference,
                due_on=wanted.due_on,
            )
            audit.record(principal, "payments.bill_raised", f"bill:{number}", owner=payer)
        elif not _is(known, wanted, payer):
            raise ReferenceDiffers
        else:
            number = known.bill_no
    return await bill_summary(number)


def _is(known: Bill, wanted: Charge, payer: object) -> bool:
    asked = [(one.name, one.code, one.amount_fen) for one in wanted.items]
    kept = [(one.name, one.code, one.amount_fen) for one in map(item_of, known.items)]
    return (known.person_id, known.title, known.due_on, kept) == (
        payer,
        wanted.title,
        wanted.due_on,
        asked,
    )


async def charged(principal: Principal, references: Sequence[str]) -> list[BillFacts]:
    """What became of some of a system's own bills; unknown references are left out."""
    own = await _own(principal)
    rows = await Bill.filter(source=f"sys:{own.code}", source_ref__in=list(references))
    return [await bill_summary(row.bill_no) for row in rows]


async def discharge(principal: Principal, reference: str, reason: str) -> BillFacts:
    """Take an own bill back before it is paid.

    Raises `NoSuchBill`, `BillInUse` while somebody is paying it, `BillNotPayable` afterwards.
    """
    own = await _own(principal)
    async with db.unit_of_work():
        row = await Bill.select_for_update().get_or_none(
            source=f"sys:{own.code}", source_ref=reference
        )
        if row is None:
            raise NoSuchBill
        return await take_back(principal, row, reason)
