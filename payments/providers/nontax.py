"""The finance department's non-tax system (非税收入收缴), as a neutral signed envelope.

The full national message set is not public (payments-channels.md §3), so no conformity is
claimed: a province's own format is a mapping of this file. Every message carries key id, time
stamp, nonce and HMAC-SM3 over them and the raw body; answers and notices are signed likewise.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.crypto import hmac_sm3, same
from app_server.kernel.settings import VendorSettings, load
from payments.errors import BadNotice
from payments.providers.channel_client import ChannelClient, Unanswered
from payments.providers.gateway import (
    Ack,
    Created,
    Fact,
    Incoming,
    NoAnswer,
    NotReady,
    PayRequest,
    Product,
    RefundFact,
    RefundRequest,
    RefundState,
    Refused,
    Source,
    TradeState,
)
from payments.providers.nontax_bill import nontax_lines
from payments.rules import MAX_NOTICE, NOTICE_SKEW, BillLine, FeeClass

# What we tell them and what they sign: the address as it stands behind our own origin.
NOTICES = "/callbacks/nontax"
MAX_FILE = 64 * 1024 * 1024

# What may have happened all the same, or happened before: ask (rule 3).
ASK = frozenset({"SYSTEM_ERROR", "ORDER_PAID", "ORDER_CLOSED", "ORDER_DIFFERS", "None"})

_STATES: dict[str, TradeState] = {
    "WAIT": "waiting",
    "PAID": "success",
    "CLOSED": "closed",
    "NOT_EXIST": "missing",
}
_REFUND_STATES: dict[str, RefundState] = {
    "PROCESSING": "processing",
    "REFUNDED": "success",
    "FAILED": "abnormal",
    "NOT_EXIST": "missing",
}


class NonTaxSettings(VendorSettings):
    """The account at the non-tax system (`NONTAX_ENDPOINT`, `NONTAX_KEY_ID` …)."""

    model_config = SettingsConfigDict(env_prefix="NONTAX_", extra="ignore", frozen=True)
    simulator = 5

    merchant: str = "SIM-340000"


def mark(secret: str, path: str, stamp: str, nonce: str, body: bytes) -> str:
    """The signature of one message (hex)."""
    head = f"{path}\n{stamp}\n{nonce}\n".encode()
    return hmac_sm3(secret.encode(), head + body).hex()


def envelope(account: NonTaxSettings, path: str, body: bytes) -> dict[str, str]:
    """The headers that sign a message."""
    stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(12)
    return {
        "content-type": "application/json",
        "x-nontax-key": account.key_id,
        "x-nontax-time": stamp,
        "x-nontax-nonce": nonce,
        "x-nontax-mark": mark(account.secret, path, stamp, nonce, body),
    }


def opened(
    account: NonTaxSettings,
    path: str,
    headers: Mapping[str, str],
    raw: bytes,
    now: datetime,
    most: int = MAX_NOTICE,
) -> dict[str, Any]:
    """The body of a signed message; raises `BadNotice` for form, clock or signature."""
    stamp, nonce = headers.get("x-nontax-time", ""), headers.get("x-nontax-nonce", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13) or not nonce:
        raise BadNotice
    if abs(now.timestamp() - int(stamp)) > NOTICE_SKEW.total_seconds() or len(raw) > most:
        raise BadNotice
    expected = mark(account.secret, path, stamp, nonce, raw)
    if headers.get("x-nontax-key") != account.key_id or not same(
        headers.get("x-nontax-mark", ""), expected
    ):
        raise BadNotice
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadNotice from error
    if not isinstance(body, dict):
        raise BadNotice
    return body


class NonTaxGateway:
    """The gateway over one shared client."""

    channel = "nontax"
    products: frozenset[Product] = frozenset({"h5", "page"})

    def __init__(
        self, account: NonTaxSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.account = account
        self.merchant = account.merchant
        self._client = ChannelClient(account.url, transport)

    def app_id(self, product: Product) -> str:
        """The account's own name: this system knows no apps."""
        del product
        return self.account.key_id

    async def create(self, request: PayRequest) -> Created | Refused | NoAnswer:
        """Place an order; the same number again gives the same order."""
        answer = await self._call(
            "/orders",
            {
                "merchant": self.merchant,
                "out_trade_no": request.out_trade_no,
                "pay_code": request.pay_code,
                "amount_fen": request.amount_fen,
                "title": request.title,
                "expires_at": int(request.expires_at.timestamp()),
                "return_url": request.return_url,
                "notify_url": load().origin("partner") + NOTICES,
            },
        )
        if answer is None:
            return NoAnswer("no signed answer")
        if answer.get("code") != "OK":
            return _no(answer)
        told = {"url": str(answer["cashier_url"])}
        return Created("redirect", told, str(answer["trade_no"]))

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order."""
        return await self._fact("/query", "query", out_trade_no)

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """Close an order; a paid one stays paid and says so."""
        return await self._fact("/close", "close", out_trade_no)

    async def refund(self, request: RefundRequest) -> RefundFact | Refused | NoAnswer:
        """Have the finance department give back; a partial refund bears its own number."""
        answer = await self._call(
            "/refunds",
            {
                "merchant": self.merchant,
                "out_trade_no": request.out_trade_no,
                "out_refund_no": request.out_refund_no,
                "amount_fen": request.amount_fen,
                "reason": request.reason,
            },
        )
        if answer is None:
            return NoAnswer("no signed answer")
        if answer.get("code") != "OK":
            return _no(answer)
        return self._refund_fact("refund", answer)

    async def query_refund(self, request: RefundRequest) -> RefundFact | NoAnswer:
        """Ask about a refund."""
        asked = {"merchant": self.merchant, "out_refund_no": request.out_refund_no}
        answer = await self._call("/refund-query", asked)
        return (
            NoAnswer("no signed answer") if answer is None else self._refund_fact("query", answer)
        )

    async def bill(self, day: date, into: Path) -> Path | NotReady | Refused | NoAnswer:
        """The day's list, signed as a whole."""
        answer = await self._call("/bill", {"merchant": self.merchant, "day": day.isoformat()})
        if answer is None:
            return NoAnswer("no signed answer")
        if answer.get("code") == "NOT_READY":
            return NotReady()
        if answer.get("code") != "OK":
            return _no(answer)
        file = into.joinpath(f"nontax-{self.merchant}-{day:%Y%m%d}.csv")
        file.write_text(str(answer["file"]), encoding="utf-8")
        return file

    def lines(self, file: Path) -> Iterator[BillLine]:
        """The rows of the list; raises `BadBill` when they do not add up to its last row."""
        return nontax_lines(file)

    async def clearing(self, day: date) -> str | NotReady | Refused | NoAnswer:
        """The day's clearing list as it is: what reached executing units, and the treasury."""
        answer = await self._call("/clearing", {"merchant": self.merchant, "day": day.isoformat()})
        if answer is None:
            return NoAnswer("no signed answer")
        if answer.get("code") == "NOT_READY":
            return NotReady()
        if answer.get("code") != "OK":
            return Refused(str(answer.get("code")))
        return str(answer["file"])

    async def issue_receipt(
        self, pay_code: str, agency_code: str, amount_fen: int, title: str
    ) -> tuple[str, str, str, date] | Refused | NoAnswer:
        """Confirm a bill paid by whichever channel, and have it receipted; again gives the same.

        Answers code, number, check code and day of the receipt.
        """
        asked = {"merchant": self.merchant, "pay_code": pay_code, "amount_fen": amount_fen}
        answer = await self._call("/receipts", asked | {"title": title, "agency": agency_code})
        if answer is None:
            return NoAnswer("no signed answer")
        if answer.get("code") != "OK":
            return _no(answer)
        try:
            names = ("einvoice_code", "einvoice_number", "random_number")
            code, number, mark = (str(answer[name])[:20] for name in names)
            return code, number, mark, date.fromisoformat(str(answer["issue_date"]))
        except (KeyError, ValueError):
            return NoAnswer("unreadable answer")

    async def reverse_receipt(self, pay_code: str, number: str) -> Refused | NoAnswer | None:
        """Have a receipt reversed (冲红), because all of the money went back."""
        asked = {"merchant": self.merchant, "pay_code": pay_code, "einvoice_number": number}
        answer = await self._call("/receipt-reversals", asked)
        if answer is None:
            return NoAnswer("no signed answer")
        return None if answer.get("code") == "OK" else _no(answer)

    def read_notice(self, notice: Incoming, now: datetime) -> Fact | RefundFact:
        """A payment or refund notice as a fact."""
        body = opened(self.account, NOTICES, notice.headers, notice.raw, now)
        number = str(body.get("notice_id", ""))
        if not number:
            raise BadNotice
        try:
            if "out_refund_no" in body:
                return self._as_refund("notify", body, number)
            return self._as_fact("notify", body, notice.raw.decode(), number)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise BadNotice from error

    async def refresh_keys(self) -> bool:
        """This system's key is agreed on paper."""
        return True

    def ack(self, *, ok: bool) -> Ack:
        """`success`, or anything else to be told again."""
        return Ack(200, b"success", "text/plain") if ok else Ack(400, b"fail", "text/plain")

    async def _fact(
        self, path: str, source: Literal["query", "close"], out_trade_no: str
    ) -> Fact | NoAnswer:
        answer = await self._call(path, {"merchant": self.merchant, "out_trade_no": out_trade_no})
        if answer is None:
            return NoAnswer("no signed answer")
        state = str(answer.get("state"))
        try:
            return self._as_fact(
                source, answer, orjson.dumps(answer).decode(), f"{out_trade_no}:{state}"
            )
        except (KeyError, ValueError, TypeError, OverflowError):
            return NoAnswer(f"unreadable answer {state!r}")

    def _as_fact(self, source: Source, body: dict[str, Any], raw: str, external_id: str) -> Fact:
        return Fact(
            channel=self.channel,
            source=source,
            external_id=external_id[:120],
            out_trade_no=str(body["out_trade_no"]),
            merchant=str(body["merchant"]),
            app_id=self.account.key_id,
            state=_STATES[body["state"]],
            amount_fen=_fen(body["amount_fen"]),
            channel_trade_no=str(body.get("trade_no", ""))[:64],
            paid_at=_moment(body.get("paid_at")),
            raw=raw,
        )

    def _refund_fact(self, source: Source, body: dict[str, Any]) -> RefundFact | NoAnswer:
        try:
            return self._as_refund(source, body, f"{body['out_refund_no']}:{body['state']}")
        except (KeyError, ValueError, TypeError, OverflowError):
            return NoAnswer("unreadable answer")

    def _as_refund(self, source: Source, body: dict[str, Any], external_id: str) -> RefundFact:
        return RefundFact(
            channel=self.channel,
            source=source,
            external_id=external_id[:120],
            out_refund_no=str(body["out_refund_no"]),
            out_trade_no=str(body["out_trade_no"]),
            merchant=str(body["merchant"]),
            state=_REFUND_STATES[body["state"]],
            amount_fen=_fen(body["amount_fen"]),
            channel_refund_no=str(body.get("refund_no", ""))[:64],
            refunded_at=_moment(body.get("refunded_at")),
            raw=orjson.dumps(body).decode(),
        )

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        content = orjson.dumps(body)
        headers = envelope(self.account, path, content)
        try:
            reply = await self._client.call("POST", path, headers, content, most=MAX_FILE)
        except Unanswered:
            return None
        try:
            return opened(self.account, path, reply.headers, reply.body, clock.now(), MAX_FILE)
        except BadNotice:
            # An answer we cannot trust is no answer: the order may well exist (rule 3).
            return None


def _no(answer: Mapping[str, Any]) -> Refused | NoAnswer:
    code = str(answer.get("code"))
    return NoAnswer(code) if code in ASK else Refused(code)


def _fen(amount: Any) -> int:
    if type(amount) is not int:
        raise TypeError("an amount is an integer of fen")
    return amount


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


@lru_cache(maxsize=1)
def nontax(fee_class: FeeClass = "treasury") -> NonTaxGateway:
    """The non-tax gateway of this instance; it takes what goes to the treasury only."""
    del fee_class
    return NonTaxGateway(NonTaxSettings())
