"""Alipay's OpenAPI for one seller: mobile page, desktop page, app, mini program, a code to scan.

The SDK's request, model and response classes carry the fields; signing, verifying, transport and
the meaning of codes are ours (payments-channels.md §1.1). What is verified is the exact text of
the signed node.
"""

import asyncio
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode, urlsplit

import httpx
import orjson

from app_server.kernel import clock
from app_server.kernel.rsa2 import (
    private_key,
    public_key,
    sign,
    signed_node,
    simulated_keys,
    to_sign,
    verifies,
)
from app_server.kernel.settings import load
from payments.errors import BadNotice
from payments.providers.alipay_account import (
    AlipayPayBusinessSettings,
    AlipayPaySettings,
    simulated_name,
)
from payments.providers.alipay_bill import alipay_lines
from payments.providers.alipay_certificates import certificate_serial, certified_key, root_serial
from payments.providers.alipay_facts import (
    UNREADABLE,
    missing_trade,
    refund_amount,
    refund_fact,
    trade_fact,
)
from payments.providers.alipay_form import check_form, fields_of
from payments.providers.alipay_requests import (
    Asked,
    bill_request,
    close_request,
    order_request,
    query_request,
    refund_query_request,
    refund_request,
)
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
    Refused,
)
from payments.rules import BillLine, FeeClass

NOTICES = "/callbacks/alipay"
GATE = "/gateway.do"
NODE_OK = "10000"
BILL_MADE_BY = 12
_BILL_HOSTS = ".alipay.com"
# What may have happened all the same, or happened before: ask (rule 3).
ASK = frozenset(
    {"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR", "isp.unknow-error", "aop.unknow-error"}
    | {"ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_CLOSE", "ACQ.CONTEXT_INCONSISTENT"}
    | {"ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "app-call-limited"}
)
# Our key, clock or app is wrong, which says nothing about the order.
_OURSELVES = frozenset(
    {"isv.invalid-signature", "isv.invalid-app-id", "isv.invalid-timestamp"}
    | {"isv.app-cert-sn-not-match", "isv.missing-signature", "isv.invalid-signature-type"}
)
_UNKNOWN_CODES = frozenset({"20000", "20001", "40005"})
_REDIRECTS: frozenset[Product] = frozenset({"h5", "page"})
_TRADE_MISSING = "ACQ.TRADE_NOT_EXIST"


class Alipay:
    """The gateway over one shared client."""

    channel = "alipay"
    products: frozenset[Product] = frozenset({"h5", "page", "app", "mini", "native"})

    def __init__(
        self, account: AlipayPaySettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.account = account
        self.merchant = account.merchant
        ours, theirs = account.app_private_key, account.alipay_public_key
        if not ours or not (theirs or account.certified):
            made = simulated_keys(simulated_name(account))
            ours, theirs = ours or made.our_private, theirs or made.their_public
        self._ours = private_key(ours)
        self._named: dict[str, str] = {}
        self._their_serial = ""
        if account.certified:
            self._theirs = certified_key(account.alipay_certificate)
            self._their_serial = certificate_serial(account.alipay_certificate)
            self._named = {
                "app_cert_sn": certificate_serial(account.app_certificate),
                "alipay_root_cert_sn": root_serial(account.alipay_root_certificate),
            }
        else:
            self._theirs = public_key(theirs)
        self._client = ChannelClient(account.url, transport)

    def app_id(self, product: Product) -> str:
        """One app for all products."""
        del product
        return self.account.key_id

    async def create(self, request: PayRequest) -> Created | Refused | NoAnswer:
        """Place an order; the same number again gives the same order.

        Page products are an address the person's own browser opens: Alipay hears of the order
        then, and until then knows nothing of it.
        """
        params = self._signed(order_request(request), request.return_url)
        there = urlencode(params)
        if request.product in _REDIRECTS:
            return Created("redirect", {"url": f"{self.account.url}{GATE}?{there}"})
        if request.product == "app":
            return Created("params", {"orderStr": there})
        told = await self._send(params)
        if isinstance(told, NoAnswer | Refused):
            return told
        if told.get("out_trade_no") != request.out_trade_no:
            return NoAnswer("another order")
        number = str(told.get("trade_no", ""))
        qr = Created("qr", {"code": str(told.get("qr_code", ""))})
        return qr if request.product == "native" else Created("params", {"tradeNO": number}, number)

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order; `missing` where Alipay never heard of it."""
        return await self._ask("query", out_trade_no)

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """Close an order, having asked first: a paid one stays paid and says so (rule 7)."""
        found = await self._ask("close", out_trade_no)
        if isinstance(found, NoAnswer) or found.state != "waiting":
            return found
        told = await self._send(self._signed(close_request(out_trade_no)))
        again = await self._ask("close", out_trade_no)
        if isinstance(told, NoAnswer | Refused) and getattr(again, "state", "") == "waiting":
            return NoAnswer(told.reason)
        return again

    async def refund(self, request: RefundRequest) -> RefundFact | Refused | NoAnswer:
        """Give money back; the same number again gives the same refund.

        `fund_change=Y` says this refund was done (the amounts in the answer are the order's sums);
        anything else has to be asked about.
        """
        told = await self._send(self._signed(refund_request(request)))
        if isinstance(told, NoAnswer | Refused):
            return told
        if told.get("out_trade_no") != request.out_trade_no:
            return NoAnswer("another order")
        done: Literal["success", "processing"] = (
            "success" if told.get("fund_change") == "Y" else "processing"
        )
        numbers = request.out_refund_no, request.out_trade_no
        try:
            return refund_fact("refund", told, self.merchant, numbers, done, request.amount_fen)
        except UNREADABLE:
            return NoAnswer("unreadable answer")

    async def query_refund(self, request: RefundRequest) -> RefundFact | NoAnswer:
        """Ask about a refund; 10000 only says that the asking worked.

        Without `refund_status` it never arrived or failed: the same number may be sent again.
        """
        told = await self._send(self._signed(refund_query_request(request)))
        numbers = request.out_refund_no, request.out_trade_no
        if isinstance(told, Refused) and told.reason == _TRADE_MISSING:
            return refund_fact("query", {}, self.merchant, numbers, "missing", 0)
        if isinstance(told, NoAnswer | Refused):
            return NoAnswer(told.reason)
        try:
            if not told.get("refund_status") and not told.get("refund_amount"):
                return refund_fact("query", {}, self.merchant, numbers, "missing", 0)
            if (told["out_request_no"], told["out_trade_no"]) != numbers:
                return NoAnswer("another refund")
            done: Literal["success", "processing"] = (
                "success" if told.get("refund_status") == "REFUND_SUCCESS" else "processing"
            )
            amount = refund_amount(told)
            return refund_fact("query", told, self.merchant, numbers, done, amount)
        except UNREADABLE:
            return NoAnswer("unreadable answer")

    async def bill(self, day: date, into: Path) -> Path | NotReady | Refused | NoAnswer:
        """The trade bill of a day, the archive as it is.

        They have one word for a day without trades and for a file not made yet: before noon of
        the next day it is taken for the latter.
        """
        told = await self._send(self._signed(bill_request(day)))
        if isinstance(told, Refused) and told.reason == "isp.bill_not_exist":
            made = datetime.combine(day, datetime.min.time(), clock.SHANGHAI)
            early = clock.now() < made + timedelta(days=1, hours=BILL_MADE_BY)
            return NotReady() if early else told
        if isinstance(told, NoAnswer | Refused):
            return told
        file = into.joinpath(f"alipay-{self.merchant}-{day:%Y%m%d}.zip")
        problem = await self._fetch(str(told.get("bill_download_url", "")), file)
        return NoAnswer(problem) if problem else file

    def lines(self, file: Path) -> Iterator[BillLine]:
        """The rows of a trade bill; raises `BadBill`."""
        return alipay_lines(file)

    def read_notice(self, notice: Incoming, now: datetime) -> Fact | RefundFact:
        """A payment notice as a fact; raises `BadNotice`.

        Their notices bear no clock that could be held to ours: a retry a day later is the same
        form. After a refund the order is told again; the refund itself is asked about, because
        `refund_fee` is the order's sum.
        """
        del now
        fields, charset = fields_of(notice.raw)
        check_form(self._theirs, fields, charset)
        number = fields.get("notify_id", "")
        if fields.get("notify_type") != "trade_status_sync" or not number:
            raise BadNotice
        try:
            return trade_fact("notify", fields, fields["seller_id"], fields["app_id"], number)
        except UNREADABLE as error:
            raise BadNotice from error

    def ack(self, *, ok: bool) -> Ack:
        """Exactly `success`, or `fail` to be told again."""
        return Ack(HTTPStatus.OK, b"success" if ok else b"fail", "text/plain")

    async def refresh_keys(self) -> bool:
        """Keys and certificates of this channel come with its settings."""
        return True

    async def _fetch(self, place: str, file: Path) -> str:
        """Fetch a file; answers what went wrong."""
        if not self._may_fetch(place):
            return "a bill from elsewhere"
        part = file.with_suffix(".part")
        try:
            status = await self._client.download(place, {}, part)
            # Nobody tells its digest: a file cut short is known by its missing end.
            whole = status == HTTPStatus.OK and await asyncio.to_thread(zipfile.is_zipfile, part)
            if whole:
                await asyncio.to_thread(part.replace, file)
        except Unanswered as error:
            return str(error)
        finally:
            part.unlink(missing_ok=True)
        return "" if whole else f"download {status}"

    def _may_fetch(self, place: str) -> bool:
        """A signed answer may send us to Alipay's file host, or to where we asked, only."""
        told, asked = urlsplit(place), urlsplit(self.account.url)
        if (told.scheme, told.netloc) == (asked.scheme, asked.netloc):
            return True
        host = told.hostname or ""
        # Their answers still say http for a host that speaks https too.
        return told.scheme in {"http", "https"} and host.endswith(_BILL_HOSTS)

    async def _ask(self, source: Literal["query", "close"], out_trade_no: str) -> Fact | NoAnswer:
        told = await self._send(self._signed(query_request(out_trade_no)))
        ours = self.merchant, self.account.key_id
        if isinstance(told, Refused) and told.reason == _TRADE_MISSING:
            return missing_trade(source, out_trade_no, *ours)
        if isinstance(told, NoAnswer | Refused):
            return NoAnswer(told.reason)
        try:
            number = f"{out_trade_no}:{told['trade_status']}"
            fact = trade_fact(source, told, *ours, number)
        except UNREADABLE:
            return NoAnswer("unreadable answer")
        return fact if fact.out_trade_no == out_trade_no else NoAnswer("another order")

    def _signed(self, asked: Asked, return_url: str = "") -> dict[str, str]:
        if asked.told_later:
            other = "" if self.account.account == "treasury" else "?account=business"
            asked.request.notify_url = load().origin("partner") + NOTICES + other
        if asked.returns:
            asked.request.return_url = return_url
        params: dict[str, str] = asked.request.get_params() | self._named
        params |= {
            "app_id": self.account.key_id,
            "format": "json",
            "charset": "utf-8",
            "sign_type": "RSA2",
            # Alipay reads the time as GMT+8, wherever this runs.
            "timestamp": clock.local(clock.now()).strftime("%Y-%m-%d %H:%M:%S"),
        }
        return params | {"sign": sign(self._ours, to_sign(params))}

    async def _send(self, params: Mapping[str, str]) -> dict[str, Any] | Refused | NoAnswer:
        headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
        try:
            answer = await self._client.call(
                "POST", f"{GATE}?charset=utf-8", headers, urlencode(params).encode()
            )
        except Unanswered as error:
            return NoAnswer(str(error))
        if answer.status != HTTPStatus.OK:
            return NoAnswer(str(answer.status))
        name = params["method"].replace(".", "_") + "_response"
        try:
            return self._read(answer.body.decode("utf-8"), name)
        except (ValueError, TypeError, RecursionError):
            return NoAnswer("unreadable answer")

    def _read(self, text: str, name: str) -> dict[str, Any] | Refused | NoAnswer:
        """A signed answer; what is not signed is no answer, though it may say why."""
        whole = orjson.loads(text)
        signed = name if name in whole else "error_response"
        node, mark = signed_node(text, signed)
        told = orjson.loads(node)
        reason = str(told.get("sub_code") or told.get("code") or "")
        serial = str(whole.get("alipay_cert_sn", ""))
        if serial != self._their_serial or not verifies(self._theirs, node, mark):
            return NoAnswer(reason if signed == "error_response" else "no signed answer")
        code = str(told.get("code", ""))
        if signed == name and code == NODE_OK:
            return dict(told)
        if code in _UNKNOWN_CODES or reason in ASK | _OURSELVES or not reason:
            return NoAnswer(reason or "no code")
        return Refused(reason)


@lru_cache(maxsize=2)
def alipay(fee_class: FeeClass = "treasury") -> Alipay:
    """The Alipay account for a class of fees."""
    if fee_class == "business":
        return Alipay(AlipayPayBusinessSettings())
    return Alipay(AlipayPaySettings())
