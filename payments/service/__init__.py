"""Commands and queries of payments."""

from payments.service.bills import (
    BillFacts,
    BillItem,
    bill,
    bill_summary,
    bills_of,
    create_bill,
)
from payments.service.facts import apply_fact, take_notice
from payments.service.orders import OrderFacts, ask_gateway, order_now, start_order

__all__ = [
    "BillFacts",
    "BillItem",
    "OrderFacts",
    "apply_fact",
    "ask_gateway",
    "bill",
    "bill_summary",
    "bills_of",
    "create_bill",
    "order_now",
    "start_order",
    "take_notice",
]
