"""A channel's bill: one row of it, read strictly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class BillLine:
    """One row of a channel's daily file; amounts in fen, a refund's too are positive.

    What names a row is (merchant, out_trade_no) or (merchant, out_refund_no): channels repeat
    their own numbers.
    """

    kind: Literal["trade", "refund"]
    merchant: str
    out_trade_no: str
    out_refund_no: str
    channel_no: str
    amount_fen: int
    fee_fen: int
    at: datetime
    state: str
