"""UnionPay's all-channel gateway 5.1.0 for one merchant: page, phone, code to scan, app.

An order there is named by number and time together: the time is the one inside our number
(a UUIDv7), so that asking needs nothing but the number. UnionPay closes no orders: what was left
can be paid until its `payTimeout`, and a second payment goes back by itself.
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import httpx
import orjson

from app_server.kernel import clock
from app_server.kernel.rsa2 import private_key
from app_server.kernel.settings import load
from payments.errors import BadBill, BadNotice
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
from payments.providers.unionpay_account import (
    UnionPayBusinessSettings,
    UnionPaySettings,
    simulated_unionpay,
)
from payments.providers.unionpay_bill import unionpay_lines, unpack
from payments.providers.unionpay_signing import Trust, read_form, signed
from payments.rules import MAX_NOTICE, BillLine, FeeClass

NOTICES = "/callbacks/unionpay"
FRONT = "/gateway/api/frontTransReq.do"
BACK = "/gateway/api/backTransReq.do"
APP = "/gateway/api/appTransReq.do"
QUERY = "/gateway/api/queryTrans.do"
FILES = "/"
MAX_FILE = 64 * 1024 * 1024
DONE, UNKNOWN_ORDER, NO_FILE = "00", "34", "98"
# A6 is a success with a flaw of theirs; the money moved.
PAID = frozenset({DONE, "A6"})
PENDING = frozenset({"03", "04", "05"})
# What may have happened all the same, or happened before: ask (rule 3).
ASK = PENDING | {"02", "06", "12", "37"}
FILE_HOUR = 10
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = ("respCode", "origRespCode", "orderId", "queryId", "txnAmt", "traceTime", "settleDate")


class UnionPay:
    """The gateway over one shared client."""

    channel = "unionpay"
    products: frozenset[Product] = frozenset({"h5", "page", "native", "app"})

    def __init__(
        self, account: UnionPaySettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.account, self.merchant = account, account.merchant
        ours, root, middle = (
            account.private_key,
            account.root_certificate,
            account.middle_certificate,
        )
        if not (ours and root and middle):
            made = simulated_unionpay()
            ours, root, middle = made.our_private, made.root, made.middle
        self._ours, self._trust = private_key(ours), Trust(root, middle)
        self._client = ChannelClient(account.url, transport)
        self._files = ChannelClient(account.file_endpoint or account.url, transport)

    def app_id(self, product: Product) -> str:
        """UnionPay knows no apps, only merchants."""
        del product
        return ""

    async def create(self, request: PayRequest) -> Created | Refused | NoAnswer:
        """Place an order; a page's order is placed by the payer's own browser."""
        try:
            fields = self._order(request)
        except ValueError:
            return Refused("ORDER_NUMBER")
        if request.product in {"h5", "page"}:
            form = signed(fields, self._ours, self.account.key_id)
            return Created("form", {"url": f"{self.account.url}{FRONT}"} | form)
        native = request.product == "native"
        if native:
            fields |= {"txnSubType": "07", "bizType": "000000", "channelType": "08"}
        told = await self._call(BACK if native else APP, fields)
        if isinstance(told, NoAnswer):
            return told
        if told["respCode"] != DONE:
            code = told["respCode"]
            return NoAnswer(code) if code in ASK else Refused(code)
        mark = told.get("qrCode" if native else "tn", "")
        if not mark:
            return NoAnswer("unreadable answer")
        return Created("qr", {"code": mark}) if native else Created("params", {"tn": mark})

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order; a try that failed is `missing`: another card may still pay it."""
        told = await self._ask(out_trade_no)
        if isinstance(told, NoAnswer):
            return told
        if told["respCode"] == UNKNOWN_ORDER:
            return self._missing("query", out_trade_no)
        code = told.get("origRespCode", "")
        state: TradeState = "success" if code in PAID else "missing"
        if code in PENDING:
            state = "waiting"
        return self._fact("query", told, state, f"{out_trade_no}:{code}")

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """There is no closing: ask. Past its time nobody can pay it any more."""
        return await self.query(out_trade_no)

    async def refund(self, request: RefundRequest) -> RefundFact | Refused | NoAnswer:
        """Give money back; a retry bears the same number and time."""
        fields = self._base("04", "00") | {
            "bizType": "000201",
            "channelType": "07",
            "orderId": request.out_refund_no,
            "txnTime": time_of(request.out_refund_no),
            "txnAmt": str(request.amount_fen),
            "origOrderId": request.out_trade_no,
            "origTxnTime": time_of(request.out_trade_no),
            "backUrl": self._notify_url(),
            "reqReserved": request.out_trade_no,
        }
        told = await self._call(BACK, fields)
        if isinstance(told, NoAnswer):
            return told
        code = told["respCode"]
        if code in ASK - PENDING:
            return NoAnswer(code)
        if code not in PENDING | PAID:
            return Refused(code)
        return self._refund("refund", told, request, "processing", code)

    async def query_refund(self, request: RefundRequest) -> RefundFact | NoAnswer:
        """Ask about a refund."""
        told = await self._ask(request.out_refund_no)
        if isinstance(told, NoAnswer):
            return told
        code = told.get("origRespCode", "")
        state: RefundState = "success" if code in PAID else "closed"
        if code in PENDING:
            state = "processing"
        if told["respCode"] == UNKNOWN_ORDER:
            told, code, state = {"txnAmt": "0"}, "missing", "missing"
        return self._refund("query", told, request, state, code)

    async def bill(self, day: date, into: Path) -> Path | NotReady | Refused | NoAnswer:
        """The trade file of a settlement day; UnionPay says the same of an empty and a late one."""
        fields = self._base("76", "01") | {
            "bizType": "000000",
            "txnTime": f"{clock.local(clock.now()):%Y%m%d%H%M%S}",
            "settleDate": f"{day:%m%d}",
            "fileType": "00",
        }
        told = await self._call(FILES, fields, files=True)
        if isinstance(told, NoAnswer):
            return told
        if told["respCode"] == NO_FILE:
            made = datetime.combine(day + timedelta(days=1), time(FILE_HOUR), clock.SHANGHAI)
            return NotReady() if clock.now() < made else Refused("NO_FILE")
        if told["respCode"] != DONE:
            return NoAnswer(told["respCode"])
        file = into.joinpath(f"unionpay-{self.merchant}-{day:%Y%m%d}.zm")
        try:
            await asyncio.to_thread(unpack, told.get("fileContent", ""), self.merchant, file)
        except BadBill as error:
            return NoAnswer(str(error))
        return file

    def lines(self, file: Path) -> Iterator[BillLine]:
        """The rows of a trade file; raises `BadBill`."""
        stamp = file.stem.rpartition("-")[2]
        return unionpay_lines(file, datetime.strptime(stamp, "%Y%m%d").replace(tzinfo=UTC).date())

    def read_notice(self, notice: Incoming, now: datetime) -> Fact | RefundFact:
        """A payment or refund notice as a fact; only what succeeded is told of."""
        if len(notice.raw) > MAX_NOTICE:
            raise BadNotice
        told = read_form(notice.raw)
        self._trust.check(told, now)
        number = told.get("queryId", "")
        if told.get("merId") != self.merchant or told.get("respCode") not in PAID:
            raise BadNotice
        if not number:
            raise BadNotice
        found: Fact | RefundFact | NoAnswer
        if told.get("txnType") == "04":
            amount = int(told["txnAmt"]) if _digits(told.get("txnAmt", "")) else 0
            asked = RefundRequest(
                told.get("orderId", ""), told.get("reqReserved", ""), amount, amount, ""
            )
            found = self._refund("notify", told, asked, "success", number)
        elif told.get("txnType") == "01":
            found = self._fact("notify", told, "success", number)
        else:
            raise BadNotice
        if isinstance(found, NoAnswer):
            raise BadNotice
        return found

    async def refresh_keys(self) -> bool:
        """Their certificate comes with every message."""
        return True

    def ack(self, *, ok: bool) -> Ack:
        """Any 200 is taken; anything else comes again."""
        return Ack(200, b"ok", "text/plain") if ok else Ack(400, b"fail", "text/plain")

    def _base(self, kind: str, sub: str) -> dict[str, str]:
        return {
            "txnType": kind, "txnSubType": sub, "accessType": "0", "merId": self.merchant,
        }  # fmt: skip

    def _order(self, request: PayRequest) -> dict[str, str]:
        phone = request.product in {"h5", "app"}
        return self._base("01", "01") | {
            "bizType": "000201",
            "channelType": "08" if phone else "07",
            "orderId": request.out_trade_no,
            "txnTime": time_of(request.out_trade_no),
            "txnAmt": str(request.amount_fen),
            "currencyCode": "156",
            "payTimeout": f"{clock.local(request.expires_at):%Y%m%d%H%M%S}",
            "orderDesc": request.title[:32],
            # They come back with a POST; our page for it sends on to the result.
            "frontUrl": request.return_url.replace("/pay/result/", "/pay/return/"),
            "backUrl": self._notify_url(),
        }

    def _notify_url(self) -> str:
        asked = "" if self.account.account == "treasury" else f"?account={self.account.account}"
        return load().origin("partner") + NOTICES + asked

    async def _ask(self, number: str) -> dict[str, str] | NoAnswer:
        fields = self._base("00", "00") | {
            "bizType": "000000", "orderId": number, "txnTime": time_of(number),
        }  # fmt: skip
        told = await self._call(QUERY, fields)
        if isinstance(told, NoAnswer):
            return told
        if told["respCode"] not in {DONE, UNKNOWN_ORDER}:
            return NoAnswer(told["respCode"])
        # Their signature does not cover what was asked: an answer to another question is none.
        return told if told.get("orderId") == number else NoAnswer("another order")

    def _missing(self, source: Source, out_trade_no: str) -> Fact:
        return Fact(
            channel=self.channel, source=source, external_id=f"{out_trade_no}:missing",
            out_trade_no=out_trade_no, merchant=self.merchant, app_id="", state="missing",
            amount_fen=0, channel_trade_no="", paid_at=None, raw="{}",
        )  # fmt: skip

    def _fact(
        self, source: Source, told: Mapping[str, str], state: TradeState, external_id: str
    ) -> Fact | NoAnswer:
        if not _digits(told.get("txnAmt", "")):
            return NoAnswer("unreadable answer")
        return Fact(
            channel=self.channel,
            source=source,
            external_id=external_id[:120],
            out_trade_no=told.get("orderId", ""),
            merchant=told.get("merId", ""),
            app_id="",
            state=state,
            amount_fen=int(told["txnAmt"]),
            channel_trade_no=told.get("queryId", "")[:64],
            paid_at=_moment(told) if state == "success" else None,
            raw=_kept(told),
            currency="CNY" if told.get("currencyCode", "156") == "156" else "?",
        )

    def _refund(
        self,
        source: Source,
        told: Mapping[str, str],
        request: RefundRequest,
        state: RefundState,
        mark: str,
    ) -> RefundFact | NoAnswer:
        if not _digits(told.get("txnAmt", "")):
            return NoAnswer("unreadable answer")
        return RefundFact(
            channel=self.channel,
            source=source,
            external_id=f"{request.out_refund_no}:{mark}"[:120],
            out_refund_no=request.out_refund_no,
            out_trade_no=request.out_trade_no,
            merchant=self.merchant,
            state=state,
            amount_fen=int(told["txnAmt"]),
            channel_refund_no=told.get("queryId", "")[:64],
            refunded_at=_moment(told) if state == "success" else None,
            raw=_kept(told),
        )

    async def _call(
        self, path: str, fields: Mapping[str, str], *, files: bool = False
    ) -> dict[str, str] | NoAnswer:
        body = urlencode(signed(fields, self._ours, self.account.key_id)).encode()
        headers = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
        client = self._files if files else self._client
        try:
            answer = await client.call("POST", path, headers, body, most=MAX_FILE)
            told = read_form(answer.body)
            self._trust.check(told)
        except Unanswered as error:
            return NoAnswer(str(error))
        except BadNotice:
            return NoAnswer("no signed answer")
        if told.get("merId") != self.merchant or "respCode" not in told:
            return NoAnswer("another merchant")
        return told


def time_of(number: str) -> str:
    """The moment inside one of our numbers, as UnionPay writes it; raises `ValueError`."""
    at = EPOCH + timedelta(milliseconds=UUID(number).int >> 80)
    return f"{clock.local(at):%Y%m%d%H%M%S}"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def _kept(told: Mapping[str, str]) -> str:
    """What is kept of their word: no card numbers."""
    return orjson.dumps({name: told[name] for name in _KEPT if name in told}).decode()


def _moment(told: Mapping[str, str]) -> datetime | None:
    """`traceTime` (MMDDhhmmss) in the year that brings it nearest to `txnTime`."""
    placed = _stamp(told.get("txnTime", ""))
    if placed is None:
        return None
    trace = told.get("traceTime", "")
    years = (placed.year - 1, placed.year, placed.year + 1)
    found = [at for year in years if (at := _stamp(f"{year}{trace}"))]
    return min(found, key=lambda at: abs(at - placed), default=None)


def _stamp(text: str) -> datetime | None:
    try:
        at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        return None
    return at.astimezone(UTC)


@lru_cache(maxsize=2)
def unionpay(fee_class: FeeClass) -> UnionPay:
    """The gateway of this instance for a class of fees."""
    if fee_class == "business":
        return UnionPay(UnionPayBusinessSettings())
    return UnionPay(UnionPaySettings())
