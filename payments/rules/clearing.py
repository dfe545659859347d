"""The finance department's clearing list: which money reached which account."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

CLEARING_HEADER = ("stage", "pay_code", "agency_code", "amount_fen")


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """One bill's money: `cleared` to its executing unit (清分), then `in_treasury` (入库)."""

    stage: Literal["cleared", "in_treasury"]
    pay_code: str
    agency_code: str
    amount_fen: int


# What was paid and is not on the list yet waits so long before it counts as missing.
CLEARING_WAIT = timedelta(days=3)
