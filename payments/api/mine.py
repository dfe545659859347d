"""My bills, and paying one."""

from dataclasses import asdict

from app_server.kernel.http import Call, RawReply, endpoint, person
from app_server.kernel.ratelimit import Limit
from payments import service
from payments.schemas import (
    BillLine,
    BillList,
    BillView,
    OrderGo,
    OrderStart,
    OrderView,
    PayWay,
    PayWayList,
    WaysQuery,
)


def _bill(facts: service.BillFacts) -> BillView:
    told = asdict(facts)
    told.pop("version")
    return BillView(**told | {"items": [BillLine(**line) for line in facts.items]})


def _order(facts: service.OrderFacts) -> OrderView:
    go = OrderGo(**facts.go) if facts.go else None
    return OrderView(**asdict(facts) | {"go": go})


@endpoint("GET", "/bills", guard=person(1))
async def bills(call: Call) -> BillList:
    """My bills, newest first."""
    return BillList(items=[_bill(b) for b in await service.bills_of(call.principal.subject)])


@endpoint("GET", "/bills/{bill_no}", guard=person(1))
async def bill(call: Call, bill_no: str) -> BillView:
    """One of my bills."""
    return _bill(await service.bill(call.principal.subject, bill_no))


@endpoint("GET", "/bills/{bill_no}/ways", guard=person(1))
async def bill_ways(call: Call, bill_no: str, query: WaysQuery) -> PayWayList:
    """How I can pay a bill on this client."""
    found = await service.bill_ways(call.principal.subject, bill_no, query.client)
    return PayWayList(
        items=[PayWay(channel=w.channel, product=w.product, name=w.name) for w in found]
    )


@endpoint("GET", "/bills/{bill_no}/receipt", guard=person(1), reply_type="application/pdf")
async def bill_receipt(call: Call, bill_no: str) -> RawReply:
    """The electronic receipt of my bill."""
    file = await service.receipt_file(call.principal.subject, bill_no)
    shown = {"content-disposition": f'attachment; filename="{bill_no}.pdf"'}
    return RawReply(file, "application/pdf", headers=shown)


# Paying online for oneself is an act of the middle tier (R-ID-13, R-PAY-10).
@endpoint(
    "POST",
    "/bills/{bill_no}/orders",
    guard=person(2),
    status=201,
    idempotent=True,
    limit=Limit("pay", 20, 60, fail_closed=True),
)
async def start_order(call: Call, bill_no: str, body: OrderStart) -> OrderView:
    """Begin to pay a bill; an open order goes on, on another channel if wished."""
    wish = await service.wish(call.principal, body.channel, body.product, call.ip)
    return _order(await service.start_order(call.principal, bill_no, wish))


@endpoint("GET", "/orders/{order_no}", guard=person(1))
async def order(call: Call, order_no: str) -> OrderView:
    """How my payment stands; the gateway is asked while it is open."""
    return _order(await service.order_now(call.principal, order_no))
