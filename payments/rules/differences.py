"""The eight kinds of difference between a channel's file and our books (§6.6)."""

from datetime import timedelta
from types import MappingProxyType

KINDS = MappingProxyType(
    {
        "LOCAL_MISSING": "长款：渠道有，我方没有",
        "CHANNEL_MISSING": "短款：我方有，渠道没有",
        "AMOUNT": "金额不一致",
        "STATE": "状态不一致",
        "DUPLICATE_LINE": "对账单重复",
        "FEE": "手续费不一致",
        "DAY_CUT": "跨日",
        "UNKNOWN_MERCHANT": "商户号不符",
    }
)
STATES = MappingProxyType({"open": "待处理", "waiting": "挂账等待", "resolved": "已处理"})
# How a person ends a difference: what the books said was wrong, or the file was, or it is
# explained and nothing moves.
RESOLUTIONS = MappingProxyType(
    {"book": "按渠道入挂账", "unbook": "冲回我方入账", "explain": "已核实，不调账"}
)
# What may be near midnight waits so long for the neighbour's file before it counts as missing.
DAY_CUT_WAIT = timedelta(days=3)
NEAR_MIDNIGHT = timedelta(minutes=30)
# The channel's charge in hundredths of a per mille of a trade; a contract may say otherwise.
FEE_PER_100K = MappingProxyType({"treasury": 0, "business": 0})


def fee_of(amount_fen: int, per_100k: int) -> int:
    """The channel's charge for a trade, rounded half up to the fen."""
    return (amount_fen * per_100k + 50_000) // 100_000
