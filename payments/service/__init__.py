"""What other contexts may ask of payments."""

from auth.grants import service as grants
from payments.providers import form_targets
from payments.providers.wechat_nontax_account import lend
from payments.rules import BillItem, Way
from payments.service.attempts import ask_gateway, sweep
from payments.service.behind import behind
from payments.service.bills import (
    AgencyBillFacts,
    BillFacts,
    agency_bills,
    bill,
    bill_summary,
    bill_ways,
    bills_of,
    create_bill,
    mark_overdue,
    void_bill,
    withdraw_bill,
)
from payments.service.books import (
    LedgerLine,
    LedgerRow,
    OrderRow,
    OrderStory,
    find_orders,
    ledger_day,
    ledger_rows,
    order_story,
)
from payments.service.counter import CounterBill, bill_at_counter, pay_at_counter
from payments.service.facts import apply_fact, take_notice
from payments.service.fees import (
    FeeFacts,
    FeeWanted,
    agencies,
    ensure_fees,
    fees,
    list_fee,
    unlisted,
)
from payments.service.keys import announce_keys, refresh_keys
from payments.service.orders import OrderFacts, Wish, order_now, start_order, wish
from payments.service.receipts import issue_receipt, receipt_file, reverse_receipt
from payments.service.records import payment_records
from payments.service.refund_facts import apply_refund_fact
from payments.service.refunds import (
    RefundFacts,
    ask_refund,
    decide_refund,
    pursue_refund,
    refunds,
)
from payments.service.systems import (
    Charge,
    PaymentSystemFacts,
    SystemWanted,
    admit_system,
    charge,
    charged,
    discharge,
    end_system,
    payment_systems,
)

# One channel asks for the bill behind an attempt, which its room cannot look up by itself.
lend(behind, grants.wechat_token)

__all__ = [
    "AgencyBillFacts",
    "BillFacts",
    "BillItem",
    "Charge",
    "CounterBill",
    "FeeFacts",
    "FeeWanted",
    "LedgerLine",
    "LedgerRow",
    "OrderFacts",
    "OrderRow",
    "OrderStory",
    "PaymentSystemFacts",
    "RefundFacts",
    "SystemWanted",
    "Way",
    "Wish",
    "admit_system",
    "agencies",
    "agency_bills",
    "announce_keys",
    "apply_fact",
    "apply_refund_fact",
    "ask_gateway",
    "ask_refund",
    "bill",
    "bill_at_counter",
    "bill_summary",
    "bill_ways",
    "bills_of",
    "charge",
    "charged",
    "create_bill",
    "decide_refund",
    "discharge",
    "end_system",
    "ensure_fees",
    "fees",
    "find_orders",
    "form_targets",
    "issue_receipt",
    "ledger_day",
    "ledger_rows",
    "list_fee",
    "mark_overdue",
    "order_now",
    "order_story",
    "pay_at_counter",
    "payment_records",
    "payment_systems",
    "pursue_refund",
    "receipt_file",
    "refresh_keys",
    "refunds",
    "reverse_receipt",
    "start_order",
    "sweep",
    "take_notice",
    "unlisted",
    "void_bill",
    "wish",
    "withdraw_bill",
]
