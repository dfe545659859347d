"""One access for departments' business systems, and the treasury that admits them."""

from dataclasses import asdict

from app_server.kernel.errors import BadRequest
from app_server.kernel.http import Call, client, endpoint, staff
from app_server.kernel.ratelimit import Limit
from payments import service
from payments.schemas.systems import (
    ChargeList,
    ChargesQuery,
    ChargeView,
    ChargeWanted,
    DischargeWanted,
    PaymentSystemAdmitted,
    PaymentSystemList,
    PaymentSystemView,
    PaymentSystemWanted,
)

TREASURY = staff("treasurer")
SYSTEM = client("payments.bills")
CHARGES = Limit("payment-charges", 6_000, 60)
MOST_REFERENCES = 100


@endpoint("GET", "/payment-systems", guard=TREASURY)
async def list_payment_systems(call: Call) -> PaymentSystemList:
    """Business systems that raise bills."""
    del call
    found = await service.payment_systems()
    return PaymentSystemList(items=[PaymentSystemView.model_validate(asdict(o)) for o in found])


@endpoint("POST", "/payment-systems", guard=TREASURY, status=201)
async def admit_payment_system(call: Call, body: PaymentSystemWanted) -> PaymentSystemAdmitted:
    """Admit a system; its secret is told this once."""
    wanted = service.SystemWanted(**body.model_dump())
    made, secret = await service.admit_system(call.principal, wanted)
    return PaymentSystemAdmitted.model_validate(asdict(made) | {"secret": secret})


@endpoint("POST", "/payment-systems/{code}/end", guard=TREASURY)
async def end_payment_system(call: Call, code: str) -> PaymentSystemView:
    """End a system's access at once."""
    done = await service.end_system(call.principal, code, call.expected_version())
    return PaymentSystemView.model_validate(asdict(done))


@endpoint("POST", "/payments/bills", guard=SYSTEM, status=201, limit=CHARGES)
async def raise_bill(call: Call, body: ChargeWanted) -> ChargeView:
    """Have somebody pay; the same reference again is the same bill, whatever became of it."""
    made = await service.charge(
        call.principal,
        service.Charge(
            body.reference,
            body.payer.name,
            body.payer.id_number,
            body.title,
            [service.BillItem(one.name, one.code, one.amount_fen) for one in body.items],
            body.due_on,
        ),
    )
    return _view(made)


@endpoint("GET", "/payments/bills", guard=SYSTEM, limit=CHARGES)
async def read_raised_bills(call: Call, query: ChargesQuery) -> ChargeList:
    """What became of my bills, by my references."""
    asked = query.references.split(",")
    if len(asked) > MOST_REFERENCES:
        raise BadRequest
    return ChargeList(items=[_view(one) for one in await service.charged(call.principal, asked)])


@endpoint("POST", "/payments/bills/void", guard=SYSTEM, limit=CHARGES)
async def void_raised_bill(call: Call, body: DischargeWanted) -> ChargeView:
    """Take one of my bills back before it is paid."""
    return _view(await service.discharge(call.principal, body.reference, body.reason))


def _view(bill: service.BillFacts) -> ChargeView:
    return ChargeView(
        reference=bill.source_ref,
        bill_no=bill.bill_no,
        pay_code=bill.pay_code,
        amount_fen=bill.amount_fen,
        refunded_fen=bill.refunded_fen,
        state=bill.state,
        state_name=bill.state_name,
        channel=bill.channel,
        paid_at=bill.paid_at,
        receipt_no=bill.receipt_no,
    )
