"""States and their edges: one frozen table each (payments-channels.md §6.3)."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

Edges = Mapping[str, frozenset[str]]


def _edges(**leads_to: str) -> Edges:
    return MappingProxyType({state: frozenset(to.split()) for state, to in leads_to.items()})


# A bill is locked while an order for it is open, so that its amount and its payer stay.
BILL_EDGES = _edges(
    unpaid="locked overdue void paid",
    overdue="locked void paid",
    locked="unpaid overdue paid",
    paid="cleared",
    cleared="in_treasury",
    in_treasury="",
    void="",
)
PAYABLE = frozenset({"unpaid", "overdue", "locked"})
SETTLED = frozenset({"paid", "cleared", "in_treasury"})

ORDER_EDGES = _edges(
    created="paying closing closed paid",
    paying="closing closed paid",
    closing="closed paid",
    # A success the gateway tells after we closed is still a success (rule 7).
    closed="paid",
    paid="part_refunded refunded",
    part_refunded="part_refunded refunded",
    refunded="",
)
OPEN_ORDERS = ("created", "paying", "closing")

# `new`: committed, nothing left the house; `sent`: one caller took it to the gateway. Money that
# came although the bill was settled is a `duplicate` and goes back. `closed_final` comes only with
# the channel's file of the day the attempt expired.
ATTEMPT_EDGES = _edges(
    new="sent waiting success duplicate closed rejected",
    sent="waiting success duplicate closed rejected",
    waiting="success duplicate closed",
    closed="success duplicate closed_final",
    rejected="success duplicate",
    success="",
    duplicate="",
    closed_final="",
)
OPEN_ATTEMPTS = ("new", "sent", "waiting")
# A channel may take an order that was under way when we asked (rule 6): an order it does not know
# is gone only this long after its time.
DELAYED_CREATE = timedelta(minutes=5)

# A manual refund waits for a second person; a duplicate's goes by itself.
REFUND_EDGES = _edges(
    asked="new turned_down",
    new="sent",
    sent="processing success abnormal closed rejected",
    processing="success abnormal closed",
    # The operator had the channel pay it out another way.
    abnormal="processing success closed",
    closed="success",
    rejected="success",
    success="",
    turned_down="",
)
REFUNDS_UNDER_WAY = ("new", "sent", "processing")
# What still takes, or took, money out of an attempt.
REFUNDS_COUNTED = ("asked", *REFUNDS_UNDER_WAY, "abnormal", "success")

BILL_STATE_NAMES = MappingProxyType(
    {
        "unpaid": "待缴",
        "overdue": "已逾期",
        "locked": "缴款中",
        "paid": "已缴",
        "cleared": "已清分",
        "in_treasury": "已入库",
        "void": "已作废",
    }
)
ORDER_STATE_NAMES = MappingProxyType(
    {
        "created": "已下单",
        "paying": "支付中",
        "closing": "关闭中",
        "closed": "已关闭",
        "paid": "已支付",
        "part_refunded": "部分退款",
        "refunded": "已全额退款",
    }
)
REFUND_STATE_NAMES = MappingProxyType(
    {
        "asked": "待复核",
        "new": "退款中",
        "sent": "退款中",
        "processing": "退款中",
        "abnormal": "退款异常",
        "closed": "退款关闭",
        "rejected": "退款被拒",
        "success": "已退款",
        "turned_down": "未同意退款",
    }
)
