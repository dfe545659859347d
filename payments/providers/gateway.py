"""What every gateway can do, and the facts it tells.

Every answer is one of three (rule 3 of payments-channels.md §6.4): what was asked for, `Refused`
(it did not happen and will not), or `NoAnswer` (nobody knows: ask before trying again). A gateway
never raises for what the other side does; it raises only for our own programming errors.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from payments.rules.bills import BillLine

Product = Literal["mini", "h5", "native", "app", "page"]
TradeState = Literal["waiting", "success", "closed", "missing"]
RefundState = Literal["processing", "success", "closed", "abnormal", "missing"]
Source = Literal["create", "query", "notify", "close", "refund", "bill"]


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays, as far as a channel must know: mini-program users by their openid."""

    app_id: str = ""
    openid: str = ""
    ip: str = ""


@dataclass(frozen=True, slots=True)
class PayRequest:
    """One attempt to be placed; the number is committed before this leaves (rule 2)."""

    out_trade_no: str
    amount_fen: int
    title: str
    pay_code: str
    expires_at: datetime
    product: Product
    return_url: str
    payer: Payer = field(default_factory=Payer)


@dataclass(frozen=True, slots=True)
class Created:
    """The gateway took the order: how the person goes on.

    `kind` says what `told` holds: `redirect` {url}, `form` {url and the fields posted there},
    `qr` {code}, or `params` (what the channel's own pay call takes, as strings).
    """

    kind: Literal["redirect", "form", "qr", "params"]
    told: Mapping[str, str]
    channel_trade_no: str = ""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """A refund of an attempt that was paid; a retry bears the same number."""

    out_refund_no: str
    out_trade_no: str
    amount_fen: int
    total_fen: int
    reason: str


@dataclass(frozen=True, slots=True)
class Fact:
    """What a gateway says about one attempt; `external_id` makes the same word count once."""

    channel: str
    source: Source
    external_id: str
    out_trade_no: str
    merchant: str
    app_id: str
    state: TradeState
    amount_fen: int
    channel_trade_no: str
    paid_at: datetime | None
    raw: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class RefundFact:
    """What a gateway says about one refund; `amount_fen` is the refund's own."""

    channel: str
    source: Source
    external_id: str
    out_refund_no: str
    out_trade_no: str
    merchant: str
    state: RefundState
    amount_fen: int
    channel_refund_no: str
    refunded_at: datetime | None
    raw: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not happen and will not; `reason` is the channel's code."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nobody knows; ask later."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotReady:
    """The file of that day is not made yet."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A notice as it came: header names in lower case, the raw body."""

    headers: Mapping[str, str]
    raw: bytes
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ack:
    """What the channel is answered."""

    status: int
    body: bytes
    content_type: str


class Gateway(Protocol):
    """A payment gateway for one settlement account of one channel."""

    channel: str
    merchant: str
    products: frozenset[Product]

    def app_id(self, product: Product) -> str:
        """Our app at the channel for this product; facts must name it."""

    async def create(self, request: PayRequest) -> Created | Refused | NoAnswer:
        """Place an order; the same number again gives the same order."""

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order; `missing` where the channel never heard of it."""

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """Close an order; a paid one answers `success`, an unheard one `missing`."""

    async def refund(self, request: RefundRequest) -> RefundFact | Refused | NoAnswer:
        """Give money back; the same number again gives the same refund."""

    async def query_refund(self, request: RefundRequest) -> RefundFact | NoAnswer:
        """Ask about a refund."""

    async def bill(self, day: date, into: Path) -> Path | NotReady | Refused | NoAnswer:
        """Fetch the trade file of a day as it is, into a folder; checked where a digest is told."""

    def lines(self, file: Path) -> Iterator[BillLine]:
        """The rows of such a file, streamed; raises `BadBill` when rows and totals disagree."""

    def read_notice(self, notice: Incoming, now: datetime) -> Fact | RefundFact:
        """A notice as a fact; raises `BadNotice` for form, clock, signature or a probe."""

    async def refresh_keys(self) -> bool:
        """Fetch the channel's newer keys; whether it worked. Those we have stay good."""

    def ack(self, *, ok: bool) -> Ack:
        """The answer to a notice: taken, or come again."""
