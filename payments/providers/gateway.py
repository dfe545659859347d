"""What every gateway can do, and the facts it tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

TradeState = Literal["waiting", "success", "closed", "missing"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a gateway says about one attempt; `external_id` makes the same word count once."""

    channel: str
    source: Literal["create", "query", "notify", "close"]
    external_id: str
    out_trade_no: str
    merchant: str
    state: TradeState
    amount_fen: int
    channel_trade_no: str
    paid_at: datetime | None
    raw: str


@dataclass(frozen=True, slots=True)
class Created:
    """The gateway took the order: here the person pays."""

    cashier_url: str
    channel_trade_no: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The gateway will not take the order."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody knows; ask later."""

    reason: str


class Gateway(Protocol):
    """A payment gateway (rule 3: every answer is one of three)."""

    channel: str
    merchant: str

    async def create(
        self,
        *,
        out_trade_no: str,
        amount_fen: int,
        title: str,
        pay_code: str,
        expires_at: datetime,
        return_url: str,
    ) -> Created | Refused | NoAnswer:
        """Place an order."""

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order."""

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """Close an order; a paid one answers success."""

    def read_notice(self, headers: dict[str, str], raw: bytes, now: datetime) -> Fact:
        """A notice as a fact; raises `BadNotice` for form, clock or signature."""
