"""What finance people look up: orders with their story, the ledger of a day."""

from dataclasses import asdict

from app_server.kernel import clock
from app_server.kernel.http import Call, endpoint, staff
from payments import service
from payments.schemas.books import (
    LedgerAccountDay,
    LedgerDay,
    LedgerEntriesQuery,
    LedgerEntryList,
    LedgerEntryView,
    LedgerQuery,
    PayOrderList,
    PayOrdersQuery,
    PayOrderStory,
    PayOrderView,
)

FINANCE = staff("finance", "treasurer")
TREASURY = staff("treasurer")


@endpoint("GET", "/pay-orders", guard=FINANCE)
async def list_pay_orders(call: Call, query: PayOrdersQuery) -> PayOrderList:
    """Orders of the bills I see, newest first."""
    found = await service.find_orders(call.principal, query.number, query.after)
    return PayOrderList(items=[PayOrderView(**asdict(one)) for one in found])


@endpoint("GET", "/pay-orders/{order_no}", guard=FINANCE)
async def show_pay_order(call: Call, order_no: str) -> PayOrderStory:
    """An order with every try at a channel and every word about it."""
    return PayOrderStory.model_validate(asdict(await service.order_story(call.principal, order_no)))


@endpoint("GET", "/ledger", guard=TREASURY)
async def show_ledger_day(call: Call, query: LedgerQuery) -> LedgerDay:
    """Every account's day, and the proof that all of them sum to nothing."""
    del call
    day = query.day or clock.today()
    lines = await service.ledger_day(day)
    return LedgerDay(
        day=day,
        sum_fen=sum(one.after_fen for one in lines),
        accounts=[LedgerAccountDay(**asdict(one)) for one in lines],
    )


@endpoint("GET", "/ledger/entries", guard=TREASURY)
async def list_ledger_entries(call: Call, query: LedgerEntriesQuery) -> LedgerEntryList:
    """One account's entries of a day, in the order they were written."""
    del call
    found = await service.ledger_rows(query.account, query.day, query.after)
    return LedgerEntryList(items=[LedgerEntryView(**asdict(one)) for one in found])
