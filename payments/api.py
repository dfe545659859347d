"""My bills, paying one, and the notices of gateways."""

from dataclasses import asdict

from app_server.kernel.http import Call, RawReply, anyone, endpoint, person
from app_server.kernel.ratelimit import Limit
from payments import service
from payments.rules import MAX_NOTICE
from payments.schemas import BillLine, BillList, BillView, OrderStart, OrderView


def _view(facts: service.BillFacts) -> BillView:
    fields = asdict(facts)
    fields["items"] = [BillLine(**line) for line in fields["items"]]
    return BillView(**fields)


@endpoint("GET", "/bills", guard=person(1))
async def bills(call: Call) -> BillList:
    """My bills, newest first."""
    return BillList(items=[_view(b) for b in await service.bills_of(call.principal.subject)])


@endpoint("GET", "/bills/{bill_no}", guard=person(1))
async def bill(call: Call, bill_no: str) -> BillView:
    """One of my bills."""
    return _view(await service.bill(call.principal.subject, bill_no))


# Paying online for oneself is an act of the middle tier (R-ID-13).
@endpoint(
    "POST",
    "/bills/{bill_no}/orders",
    guard=person(2),
    status=201,
    idempotent=True,
    limit=Limit("pay", 20, 60, fail_closed=True),
)
async def start_order(call: Call, bill_no: str, body: OrderStart) -> OrderView:
    """Begin to pay a bill; the person goes on at the cashier's address."""
    return OrderView(**asdict(await service.start_order(call.principal, bill_no, body.channel)))


@endpoint("GET", "/orders/{order_no}", guard=person(1))
async def order(call: Call, order_no: str) -> OrderView:
    """How my payment stands; the gateway is asked while it is open."""
    return OrderView(**asdict(await service.order_now(call.principal, order_no)))


@endpoint(
    "POST",
    "/callbacks/nontax",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
    bare=True,
    reply_type="text/plain",
)
async def nontax_notice(call: Call) -> RawReply:
    """Take a signed payment notice of the non-tax system."""
    headers = {name: value for name, value in call.headers.items() if name.startswith("x-nontax")}
    await service.take_notice("nontax", headers, call.raw)
    return RawReply(b"success", "text/plain")
