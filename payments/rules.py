"""Money, numbers, states and their edges (payments-channels.md §6)."""

import re
from datetime import timedelta
from types import MappingProxyType

ORDER_LIFE = timedelta(minutes=30)
NOTICE_SKEW = timedelta(minutes=5)
MAX_NOTICE = 64 * 1024

_YUAN = re.compile(r"[0-9]{1,11}(\.[0-9]{1,2})?", re.ASCII)

BILL_EDGES = MappingProxyType(
    {"unpaid": frozenset({"paid", "void"}), "paid": frozenset(), "void": frozenset()}
)
ORDER_EDGES = MappingProxyType(
    {
        "created": frozenset({"paying", "closed", "paid"}),
        "paying": frozenset({"paid", "closed"}),
        # A success the gateway tells after we closed is still a success (rule 7).
        "closed": frozenset({"paid"}),
        "paid": frozenset(),
    }
)
ATTEMPT_EDGES = MappingProxyType(
    {
        "new": frozenset({"waiting", "success", "closed", "rejected"}),
        "waiting": frozenset({"success", "closed"}),
        "closed": frozenset({"success"}),
        "rejected": frozenset(),
        "success": frozenset(),
    }
)

BILL_STATE_NAMES = MappingProxyType({"unpaid": "待缴", "paid": "已缴", "void": "已作废"})


def fen_from_yuan(text: str) -> int:
    """`12.5` → 1250; raises `ValueError` for anything but plain ASCII yuan with two decimals."""
    if not _YUAN.fullmatch(text):
        raise ValueError("not an amount in yuan")
    yuan, _, cents = text.partition(".")
    return int(yuan) * 100 + int(cents.ljust(2, "0"))


def yuan_from_fen(fen: int) -> str:
    """1250 → `12.50`."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def pay_code(region: str, year: int, turn: int) -> str:
    """A 20-digit pay code (缴款识别码): region, year, running number, check digit (mod 10)."""
    body = f"{region[:6]}{year:04d}{turn:09d}"
    digits = [int(d) for d in body]
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits))
    return body + str(-total % 10)
