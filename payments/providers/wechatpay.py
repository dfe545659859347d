"""WeChat Pay API v3 for one merchant: mini program, H5, native (a code to scan) and app.

Signing and transport are ours, because no SDK covers direct orders asynchronously
(payments-channels.md §1.2, §1.3). An answer whose signature does not hold is no answer.
"""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

import httpx
import orjson

from app_server.kernel import clock
from app_server.kernel.rsa2 import private_key, public_key, sign, simulated_keys
from app_server.kernel.settings import load
from payments.errors import BadBill, BadNotice
from payments.providers.channel_client import Answer, ChannelClient, Unanswered
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
from payments.providers.wechatpay_account import (
    WeChatPayBusinessSettings,
    WeChatPaySettings,
    simulated_name,
)
from payments.providers.wechatpay_bill import unpack, wechatpay_lines
from payments.providers.wechatpay_facts import (
    UNREADABLE,
    missing_refund,
    missing_trade,
    refund_fact,
    trade_fact,
)
from payments.providers.wechatpay_keys import KeyKeeper
from payments.providers.wechatpay_signing import (
    PlatformKeys,
    UnknownSerial,
    authorization,
    check,
    message,
    strict_object,
    unseal,
)
from payments.rules import MAX_NOTICE, BillLine, FeeClass

NOTICES = "/callbacks/wechatpay"
# What may have happened all the same, or happened before: ask (rule 3).
ASK = frozenset(
    {"SYSTEM_ERROR", "SYSTEMERROR", "BANKERROR", "BANK_ERROR", "FREQUENCY_LIMITED"}
    | {"FREQUENCY_LIMIT_EXCEED", "RATELIMIT_EXCEEDED", "USERPAYING"}
    | {"ORDERPAID", "ORDER_PAID", "ORDER_CLOSED", "ORDERCLOSED", "OUT_TRADE_NO_USED"}
)
_PATHS: dict[Product, str] = {"mini": "jsapi", "h5": "h5", "native": "native", "app": "app"}


class WeChatPay:
    """The gateway over one shared client."""

    channel = "wechat"
    products: frozenset[Product] = frozenset(_PATHS)

    def __init__(
        self, account: WeChatPaySettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.account = account
        self.merchant = account.merchant
        ours, theirs = account.private_key, account.platform_public_key
        if not ours or (account.public_key_id and not theirs):
            made = simulated_keys(simulated_name(account))
            ours, theirs = ours or made.our_private, theirs or made.their_public
        self._ours = private_key(ours)
        self._client = ChannelClient(account.url, transport)
        fixed = {account.public_key_id: public_key(theirs)} if account.public_key_id else {}
        fetch = self._certificates if account.certificates else None
        self._keeper = KeyKeeper(PlatformKeys(fixed), account.secret, fetch)

    @property
    def keys(self) -> PlatformKeys:
        """Their keys as we know them now."""
        return self._keeper.keys

    def app_id(self, product: Product) -> str:
        """The app an order of this product belongs to."""
        account = self.account
        return {"mini": account.mini_app_id, "app": account.open_app_id}.get(
            product, account.app_id
        )

    async def create(self, request: PayRequest) -> Created | Refused | NoAnswer:
        """Place an order; the same number again gives the same order."""
        payer = request.payer
        if request.product == "mini" and payer.app_id not in {"", self.app_id("mini")}:
            return Refused("APPID_OPENID_MISMATCH")
        path = f"/v3/pay/transactions/{_PATHS[request.product]}"
        told = await self._call("POST", path, self._order(request))
        if isinstance(told, NoAnswer | Refused):
            return told
        try:
            return self._go_on(request, told)
        except UNREADABLE:
            return NoAnswer("unreadable answer")

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order; `missing` where WeChat never heard of it."""
        return await self._ask("query", out_trade_no)

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """Close an order, having asked first: a paid one stays paid and says so (rule 7)."""
        found = await self._ask("close", out_trade_no)
        if isinstance(found, NoAnswer) or found.state != "waiting":
            return found
        path = f"/v3/pay/transactions/out-trade-no/{quote(out_trade_no, safe='')}/close"
        told = await self._call("POST", path, {"mchid": self.merchant})
        if isinstance(told, NoAnswer | Refused):
            # It was paid or closed meanwhile, or nobody knows.
            again = await self._ask("close", out_trade_no)
            closing = not isinstance(again, NoAnswer) and again.state == "waiting"
            return NoAnswer(told.reason) if closing else again
        return await self._ask("close", out_trade_no)

    async def refund(self, request: RefundRequest) -> RefundFact | Refused | NoAnswer:
        """Give money back; the same number again gives the same refund."""
        body = {
            "out_trade_no": request.out_trade_no,
            "out_refund_no": request.out_refund_no,
            "reason": _cut(request.reason, 80),
            "notify_url": self._notify_url(),
            "amount": {
                "refund": request.amount_fen,
                "total": request.total_fen,
                "currency": "CNY",
            },
        }
        told = await self._call("POST", "/v3/refund/domestic/refunds", body)
        if isinstance(told, NoAnswer | Refused):
            return told
        return self._refund("refund", told, request)

    async def query_refund(self, request: RefundRequest) -> RefundFact | NoAnswer:
        """Ask about a refund."""
        path = f"/v3/refund/domestic/refunds/{quote(request.out_refund_no, safe='')}"
        told = await self._call("GET", path)
        if isinstance(told, Refused) and told.reason == "RESOURCE_NOT_EXISTS":
            return missing_refund(request.out_refund_no, request.out_trade_no, self.merchant)
        if isinstance(told, NoAnswer | Refused):
            return NoAnswer(told.reason)
        return self._refund("query", told, request)

    async def bill(self, day: date, into: Path) -> Path | NotReady | Refused | NoAnswer:
        """The trade bill of a day; a past day without trades is `Refused(NO_STATEMENT_EXIST)`.

        The file itself is not signed: what counts is the digest in the signed answer.
        """
        asked = urlencode({"bill_date": day.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"})
        told = await self._call("GET", f"/v3/bill/tradebill?{asked}")
        if isinstance(told, Refused) and told.reason in {"STATEMENT_CREATING", "BILL_CREATING"}:
            return NotReady()
        if isinstance(told, NoAnswer | Refused):
            return told
        # Their address names their own host; ours is asked, so that no answer sends us elsewhere.
        place = urlsplit(str(told.get("download_url", "")))
        target = f"{place.path}?{place.query}"
        file = into.joinpath(f"wechat-{self.merchant}-{day:%Y%m%d}.csv")
        packed = file.with_suffix(".csv.gz")
        try:
            status = await self._client.download(target, self._headers("GET", target, b""), packed)
            if status != HTTPStatus.OK or told.get("hash_type") != "SHA1":
                return NoAnswer(f"download {status}")
            agrees = await asyncio.to_thread(unpack, packed, file, str(told.get("hash_value", "")))
        except (Unanswered, BadBill) as error:
            return NoAnswer(str(error))
        finally:
            packed.unlink(missing_ok=True)
        return file if agrees else NoAnswer("digest differs")

    def lines(self, file: Path) -> Iterator[BillLine]:
        """The rows of a trade bill; raises `BadBill`."""
        return wechatpay_lines(file)

    def read_notice(self, notice: Incoming, now: datetime) -> Fact | RefundFact:
        """A payment or refund notice as a fact; raises `BadNotice` (`ProbedNotice`).

        An unknown serial is refused at once; at most every ten minutes it has us ask for keys,
        so that their next try is understood.
        """
        if len(notice.raw) > MAX_NOTICE:
            raise BadNotice
        try:
            check(self.keys, notice.headers, notice.raw, now)
        except UnknownSerial:
            self._keeper.ask()
            raise
        outer = strict_object(notice.raw)
        sealed = outer.get("resource")
        number, kind = outer.get("id"), outer.get("event_type")
        if not (isinstance(sealed, dict) and isinstance(number, str) and number):
            raise BadNotice
        told = strict_object(unseal(self.account.secret, sealed))
        try:
            if str(kind).startswith("REFUND."):
                return refund_fact("notify", told, "", number)
            if kind == "TRANSACTION.SUCCESS":
                return trade_fact("notify", told, number)
        except UNREADABLE as error:
            raise BadNotice from error
        raise BadNotice

    def ack(self, *, ok: bool) -> Ack:
        """Nothing to say, or `FAIL` to be told again."""
        if ok:
            return Ack(HTTPStatus.NO_CONTENT, b"", "application/json")
        return Ack(400, orjson.dumps({"code": "FAIL", "message": "失败"}), "application/json")

    async def refresh_keys(self) -> bool:
        """Fetch platform certificates and add them to those we have; whether it worked."""
        return await self._keeper.refresh()

    def _order(self, request: PayRequest) -> dict[str, Any]:
        expires = clock.local(request.expires_at).replace(microsecond=0)
        body: dict[str, Any] = {
            "appid": self.app_id(request.product),
            "mchid": self.merchant,
            "description": _cut(request.title, 127),
            "out_trade_no": request.out_trade_no,
            "time_expire": expires.isoformat(),
            "notify_url": self._notify_url(),
            "amount": {"total": request.amount_fen, "currency": "CNY"},
        }
        if request.product == "mini":
            body["payer"] = {"openid": request.payer.openid}
        if request.product == "h5":
            ip = request.payer.ip or "127.0.0.1"
            body["scene_info"] = {"payer_client_ip": ip, "h5_info": {"type": "Wap"}}
        return body

    def _notify_url(self) -> str:
        asked = "" if self.account.account == "treasury" else f"?account={self.account.account}"
        return load().origin("partner") + NOTICES + asked

    def _go_on(self, request: PayRequest, told: Mapping[str, Any]) -> Created:
        if request.product == "h5":
            back = urlencode({"redirect_url": request.return_url})
            return Created("redirect", {"url": f"{told['h5_url']}&{back}"})
        if request.product == "native":
            return Created("qr", {"code": str(told["code_url"])})
        prepay = str(told["prepay_id"])
        stamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
        app_id = self.app_id(request.product)
        if request.product == "mini":
            package = f"prepay_id={prepay}"
            mark = sign(self._ours, message(app_id, stamp, nonce, package))
            told = {"appId": app_id, "timeStamp": stamp, "nonceStr": nonce, "package": package}
            return Created("params", told | {"signType": "RSA", "paySign": mark})
        mark = sign(self._ours, message(app_id, stamp, nonce, prepay))
        told = {"appid": app_id, "partnerid": self.merchant, "prepayid": prepay}
        told |= {"package": "Sign=WXPay", "noncestr": nonce, "timestamp": stamp, "sign": mark}
        return Created("params", told)

    async def _ask(self, source: Literal["query", "close"], out_trade_no: str) -> Fact | NoAnswer:
        number = quote(out_trade_no, safe="")
        path = f"/v3/pay/transactions/out-trade-no/{number}?mchid={self.merchant}"
        told = await self._call("GET", path)
        if isinstance(told, Refused) and told.reason in {"ORDER_NOT_EXIST", "ORDERNOTEXIST"}:
            return missing_trade(source, out_trade_no, self.merchant, self.account.app_id)
        if isinstance(told, NoAnswer | Refused):
            return NoAnswer(told.reason)
        try:
            fact = trade_fact(source, told, f"{out_trade_no}:{told['trade_state']}")
        except UNREADABLE:
            return NoAnswer("unreadable answer")
        # Their signature does not cover what was asked: an answer to another question is none.
        return fact if fact.out_trade_no == out_trade_no else NoAnswer("another order")

    def _refund(
        self, source: Literal["refund", "query"], told: Mapping[str, Any], request: RefundRequest
    ) -> RefundFact | NoAnswer:
        try:
            number = f"{told['out_refund_no']}:{told['status']}"
            fact = refund_fact(source, told, self.merchant, number)
        except UNREADABLE:
            return NoAnswer("unreadable answer")
        known = fact.out_refund_no == request.out_refund_no
        return fact if known else NoAnswer("another refund")

    async def _certificates(self) -> Answer:
        path = "/v3/certificates"
        return await self._client.call("GET", path, self._headers("GET", path, b""))

    def _headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        account = self.account
        mark = authorization(self.merchant, account.key_id, self._ours, method, target, body)
        headers = {
            "authorization": mark,
            "accept": "application/json",
            "user-agent": "wanshi-payments",
        }
        if body:
            headers["content-type"] = "application/json"
        if account.public_key_id:
            # Asks them to sign with the public key even while they still change over.
            headers["wechatpay-serial"] = account.public_key_id
        return headers

    async def _call(
        self, method: str, target: str, asked: Mapping[str, Any] | None = None
    ) -> dict[str, Any] | Refused | NoAnswer:
        body = b"" if asked is None else orjson.dumps(asked)
        if not self.keys.fixed and not self.keys.certificates:
            await self._keeper.first()
        try:
            headers = self._headers(method, target, body)
            answer = await self._client.call(method, target, headers, body)
            check(self.keys, answer.headers, answer.body, clock.now())
            told = strict_object(answer.body) if answer.body else {}
        except Unanswered as error:
            return NoAnswer(str(error))
        except UnknownSerial:
            self._keeper.ask()
            return NoAnswer("unknown serial")
        except BadNotice:
            # An answer we cannot trust is no answer: the order may well exist (rule 3).
            return NoAnswer("no signed answer")
        return _outcome(answer, told)


def _outcome(answer: Answer, told: dict[str, Any]) -> dict[str, Any] | Refused | NoAnswer:
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return told
    code = str(told.get("code", ""))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in ASK or not code:
        return NoAnswer(code or str(answer.status))
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS}:
        # Our key or our pace is wrong, which says nothing about the order.
        return NoAnswer(code)
    return Refused(code)


def _cut(text: str, most: int) -> str:
    """Their limits count bytes."""
    return text.encode()[:most].decode(errors="ignore")


@lru_cache(maxsize=2)
def wechatpay(fee_class: FeeClass = "treasury") -> WeChatPay:
    """The WeChat Pay account for a class of fees."""
    if fee_class == "business":
        return WeChatPay(WeChatPayBusinessSettings())
    return WeChatPay(WeChatPaySettings())
