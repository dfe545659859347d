"""The finance people's side: fee items, bills, refunds."""

from dataclasses import asdict

from app_server.kernel.http import Call, RawReply, endpoint, staff
from app_server.kernel.ratelimit import Limit
from payments import service
from payments.schemas import (
    AgencyBill,
    AgencyBillList,
    BillsQuery,
    FeeAgencies,
    FeeItemList,
    FeeItemView,
    FeeItemWanted,
    FeesQuery,
    RecordsQuery,
    RefundAsked,
    RefundDecided,
    RefundList,
    RefundsQuery,
    RefundView,
    VoidWanted,
)

FINANCE = staff("finance", "treasurer")
TREASURY = staff("treasurer")
EXPORTS = Limit("payment-records", 20, 3_600)


@endpoint("GET", "/fee-items", guard=FINANCE)
async def list_fee_items(call: Call, query: FeesQuery) -> FeeItemList:
    """What an executing unit may charge; without a code, my own."""
    found = await service.fees(query.agency_code or call.principal.org)
    return FeeItemList(items=[FeeItemView(**asdict(one)) for one in found])


@endpoint("GET", "/fee-agencies", guard=TREASURY)
async def list_fee_agencies(call: Call) -> FeeAgencies:
    """The executing units of my region that have a list."""
    return FeeAgencies(codes=await service.agencies(call.principal.region))


# The finance department lists; executing units only look (R-PAY-06).
@endpoint("PUT", "/fee-items/{agency_code}/{code}", guard=TREASURY)
async def put_fee_item(call: Call, agency_code: str, code: str, body: FeeItemWanted) -> FeeItemView:
    """List a fee item, or change it (then `If-Match` names its version)."""
    wanted = service.FeeWanted(agency_code=agency_code, code=code, **body.model_dump())
    version = call.expected_version() if call.headers.get("if-match") else None
    return FeeItemView(**asdict(await service.list_fee(call.principal, wanted, version)))


@endpoint("GET", "/bills", guard=FINANCE)
async def list_agency_bills(call: Call, query: BillsQuery) -> AgencyBillList:
    """Bills of my agency (of my region for the treasury), newest first."""
    found = await service.agency_bills(call.principal, query.state, query.after)
    return AgencyBillList(items=[AgencyBill(**asdict(one)) for one in found])


@endpoint("GET", "/payment-records", guard=FINANCE, limit=EXPORTS, reply_type="text/csv")
async def export_payment_records(call: Call, query: RecordsQuery) -> RawReply:
    """The standard payment record of some days, with its seven fields; every payer sees it."""
    file = await service.payment_records(call.principal, query.first, query.last, query.purpose)
    return RawReply(
        file,
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="payment-records.csv"'},
    )


@endpoint("POST", "/bills/{bill_no}/void", guard=FINANCE)
async def void_bill(call: Call, bill_no: str, body: VoidWanted) -> None:
    """Take a bill back before it is paid."""
    await service.void_bill(call.principal, bill_no, call.expected_version(), body.reason)


@endpoint("GET", "/refunds", guard=FINANCE)
async def list_refunds(call: Call, query: RefundsQuery) -> RefundList:
    """Refunds of the bills I see, newest first."""
    found = await service.refunds(call.principal, query.state, query.after)
    return RefundList(items=[RefundView(**asdict(one)) for one in found])


@endpoint("POST", "/refunds", guard=FINANCE, status=201, idempotent=True)
async def ask_refund(call: Call, body: RefundAsked) -> RefundView:
    """Ask that money goes back; another person has to agree."""
    made = await service.ask_refund(call.principal, body.bill_no, body.amount_fen, body.reason)
    return RefundView(**asdict(made))


@endpoint("POST", "/refunds/{out_refund_no}/decision", guard=FINANCE)
async def decide_refund(call: Call, out_refund_no: str, body: RefundDecided) -> RefundView:
    """Agree to a refund another person asked for, or turn it down."""
    version = call.expected_version()
    made = await service.decide_refund(call.principal, out_refund_no, version, agreed=body.agreed)
    return RefundView(**asdict(made))
