"""WeChat non-tax payments (微信非税缴费): treasury money inside WeChat, by the public protocol.

Three things differ from other channels. Answers are not signed: they are believed because they
come over our own connection with our own token. An order is named by executing unit, region and
our number together (`getorderlist`), so that asking needs the bill behind an attempt, which the
service lends (`lend`). And how notices are encrypted is not published: none is believed here, the
watch asks instead (payments-channels.md §3).
"""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from app_server.kernel import clock
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
from payments.providers.wechat_nontax_account import Behind, Lent, WeChatNonTaxSettings
from payments.providers.wechat_nontax_bill import nontax_bill_lines
from payments.rules import BillLine, FeeClass

# 3 and 4 are paid; what was given back in full (5), or is being (6), was paid before.
STATES: Mapping[int, TradeState] = {
    1: "waiting", 3: "success", 4: "success", 5: "success", 6: "success", 12: "closed",
}  # fmt: skip
REFUNDED, REFUNDING = 5, 6
# A token that is old or not ours, a busy system, a limit: it may have happened, or may later.
ASK = frozenset({-1, 40001, 40014, 42001, 45009, 45011})
STALE = frozenset({40001, 40014, 42001})
FINE, FEE = 2, 1
BILL_HOUR = 6
MAX_BILL = 64 * 1024 * 1024
_KEPT = ("order_id", "order_no", "fee", "status", "pay_finish_time", "trans_id", "refund_out_id")


class WeChatNonTax:
    """The gateway over one shared client."""

    channel = "wechat_nontax"
    products: frozenset[Product] = frozenset({"h5"})

    def __init__(
        self, account: WeChatNonTaxSettings, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.account, self.merchant = account, account.merchant
        self._client = ChannelClient(account.url, transport)

    def app_id(self, product: Product) -> str:
        """The service's app."""
        del product
        return self.account.key_id

    async def create(self, request: PayRequest) -> Created | Refused | NoAnswer:
        """Place an order and answer its page; a page nobody was sent to cannot be paid on."""
        behind = await self._behind(request.out_trade_no)
        if behind is None:
            return Refused("NO_BILL")
        told = await self._call("unifiedorder", self._order(request, behind))
        if isinstance(told, NoAnswer | Refused):
            return told
        page, order = told.get("pay_url"), told.get("order_id")
        if not (isinstance(page, str) and page.startswith("http") and isinstance(order, str)):
            return NoAnswer("unreadable answer")
        back = quote(request.return_url, safe="")
        return Created("redirect", {"url": f"{page}&return_url={back}"}, order[:64])

    async def query(self, out_trade_no: str) -> Fact | NoAnswer:
        """Ask about an order; `missing` where WeChat never heard of it."""
        told = await self._find(out_trade_no)
        if isinstance(told, NoAnswer):
            return told
        if told is None:
            return self._missing(out_trade_no)
        try:
            return self._fact("query", told)
        except (KeyError, ValueError, TypeError, OverflowError):
            return NoAnswer("unreadable answer")

    async def close(self, out_trade_no: str) -> Fact | NoAnswer:
        """There is no closing: orders close by themselves. Ask."""
        return await self.query(out_trade_no)

    async def refund(self, request: RefundRequest) -> RefundFact | Refused | NoAnswer:
        """Give money back, always under a number of ours; one that is known is not asked again."""
        known = await self.query_refund(request)
        if isinstance(known, NoAnswer) or known.state != "missing":
            return known
        told = await self._find(request.out_trade_no)
        if isinstance(told, NoAnswer):
            return told
        if told is None:
            return Refused("NO_ORDER")
        asked = {
            "appid": self.account.key_id,
            "order_id": told["order_id"],
            "reason": request.reason[:80],
            "refund_fee": request.amount_fen,
            "refund_out_id": request.out_refund_no,
        }
        done = await self._call("refund", asked)
        if isinstance(done, NoAnswer | Refused):
            return done
        mark = str(done.get("refund_order_id", ""))
        return self._refund("refund", request, "processing", mark, None)

    async def query_refund(self, request: RefundRequest) -> RefundFact | NoAnswer:
        """Ask about a refund: it stands with the order it belongs to."""
        told = await self._find(request.out_trade_no)
        if isinstance(told, NoAnswer):
            return told
        rows = (told or {}).get("partial_refund_info") or []
        rows = [rows] if isinstance(rows, dict) else rows
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and row.get("refund_out_id") == request.out_refund_no:
                return self._told_refund(request, row)
        return self._refund("query", request, "missing", "", None, amount_fen=0)

    async def bill(self, day: date, into: Path) -> Path | NotReady | Refused | NoAnswer:
        """The statement of a day; it is made at six in the morning."""
        made = datetime.combine(day + timedelta(days=1), time(BILL_HOUR), clock.SHANGHAI)
        if clock.now() < made:
            return NotReady()
        asked = {
            "appid": self.account.key_id,
            "mch_id": self.merchant,
            "bill_date": f"{day:%Y%m%d}",
            "bill_type": "ALL",
        }
        raw = await self._post("downloadbill", asked)
        if isinstance(raw, NoAnswer):
            return raw
        if raw.startswith(b"{"):
            code = _code(raw)
            return NoAnswer(str(code)) if code in ASK else Refused(str(code))
        file = into.joinpath(f"wechat-nontax-{self.merchant}-{day:%Y%m%d}.csv")
        await asyncio.to_thread(file.write_bytes, raw)
        return file

    def lines(self, file: Path) -> Iterator[BillLine]:
        """The rows of a statement; raises `BadBill`."""
        return nontax_bill_lines(file)

    def read_notice(self, notice: Incoming, now: datetime) -> Fact | RefundFact:
        """None is believed: its encryption is not published."""
        del notice, now
        raise BadNotice

    async def refresh_keys(self) -> bool:
        """There are none."""
        return True

    def ack(self, *, ok: bool) -> Ack:
        """As WeChat's other pushes."""
        return Ack(200, b"success", "text/plain") if ok else Ack(400, b"fail", "text/plain")

    def _order(self, request: PayRequest, behind: Behind) -> dict[str, Any]:
        return {
            "appid": self.account.key_id,
            "mch_id": self.merchant,
            "desc": request.title[:60],
            "fee": request.amount_fen,
            "return_url": request.return_url,
            "ip": request.payer.ip or "127.0.0.1",
            "order_no": request.out_trade_no,
            "department_code": behind.agency_code,
            "department_name": behind.agency_name,
            "payment_notice_type": FINE if behind.is_fine else FEE,
            "region_code": behind.region[:6],
            "items": [
                {
                    "no": number,
                    "item_id": item.code,
                    "item_name": item.name,
                    "overdue": item.overdue_fen,
                    "penalty": item.penalty_fen,
                    "fee": item.amount_fen,
                }
                for number, item in enumerate(behind.items, 1)
            ],
            "payment_notice_create_time": int(behind.created_at.timestamp()),
            "payment_expire_date": f"{clock.local(request.expires_at):%Y%m%d}",
            "scene": "biz",
            "trade_type": "MWEB",
        }

    async def _behind(self, out_trade_no: str) -> Behind | None:
        if Lent.locate is None:
            raise RuntimeError("nothing was lent to the WeChat non-tax gateway")
        return await Lent.locate(out_trade_no)

    async def _find(self, out_trade_no: str) -> dict[str, Any] | NoAnswer | None:
        """The order as WeChat has it: the paid one of several, else the newest."""
        behind = await self._behind(out_trade_no)
        if behind is None:
            return None
        asked = {
            "appid": self.account.key_id,
            "region_code": behind.region[:6],
            "department_code": behind.agency_code,
            "order_no": out_trade_no,
        }
        listed = await self._call("getorderlist", asked)
        if isinstance(listed, NoAnswer | Refused):
            return NoAnswer(listed.reason)
        numbers = listed.get("order_id_list") or []
        wanted = listed.get("paid_order_id") or (numbers[-1] if numbers else "")
        if not wanted:
            return None
        told = await self._call("getorder", {"appid": self.account.key_id, "order_id": wanted})
        if isinstance(told, NoAnswer | Refused):
            return NoAnswer(told.reason)
        return told if told.get("order_no") == out_trade_no else NoAnswer("another order")

    def _missing(self, out_trade_no: str) -> Fact:
        return Fact(
            channel=self.channel, source="query", external_id=f"{out_trade_no}:missing",
            out_trade_no=out_trade_no, merchant=self.merchant, app_id=self.account.key_id,
            state="missing", amount_fen=0, channel_trade_no="", paid_at=None, raw="{}",
        )  # fmt: skip

    def _fact(self, source: Source, told: Mapping[str, Any]) -> Fact:
        status, fee = told["status"], told["fee"]
        if type(fee) is not int or type(status) is not int:
            raise TypeError("an amount is an integer of fen")
        paid = told.get("pay_finish_time")
        return Fact(
            channel=self.channel,
            source=source,
            external_id=f"{told['order_id']}:{status}"[:120],
            out_trade_no=str(told["order_no"]),
            merchant=self.merchant,
            app_id=str(told["appid"]),
            state=STATES[status],
            amount_fen=fee,
            channel_trade_no=str(told.get("trans_id") or "")[:64],
            paid_at=datetime.fromtimestamp(paid, UTC) if paid else None,
            raw=_kept(told),
            currency="CNY" if told.get("fee_type", 1) == 1 else "?",
        )

    def _told_refund(self, request: RefundRequest, row: Mapping[str, Any]) -> RefundFact | NoAnswer:
        status, fee, done = row.get("status"), row.get("refund_fee"), row.get("refund_finish_time")
        if type(fee) is not int or status not in {REFUNDED, REFUNDING}:
            return NoAnswer("unreadable answer")
        at = datetime.fromtimestamp(done, UTC) if status == REFUNDED and done else None
        state: RefundState = "success" if status == REFUNDED else "processing"
        mark = str(row.get("refund_order_id", ""))
        return self._refund("query", request, state, mark, at, amount_fen=fee)

    def _refund(
        self,
        source: Source,
        request: RefundRequest,
        state: RefundState,
        mark: str,
        at: datetime | None,
        *,
        amount_fen: int | None = None,
    ) -> RefundFact:
        return RefundFact(
            channel=self.channel,
            source=source,
            external_id=f"{request.out_refund_no}:{state}"[:120],
            out_refund_no=request.out_refund_no,
            out_trade_no=request.out_trade_no,
            merchant=self.merchant,
            state=state,
            amount_fen=request.amount_fen if amount_fen is None else amount_fen,
            channel_refund_no=mark[:64],
            refunded_at=at,
            raw=orjson.dumps({"refund_out_id": request.out_refund_no, "state": state}).decode(),
        )

    async def _call(
        self, name: str, asked: Mapping[str, Any]
    ) -> dict[str, Any] | Refused | NoAnswer:
        raw = await self._post(name, asked)
        if isinstance(raw, NoAnswer):
            return raw
        try:
            told = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return NoAnswer("unreadable answer")
        if not isinstance(told, dict) or type(told.get("errcode", 0)) is not int:
            return NoAnswer("unreadable answer")
        code = told.get("errcode", 0)
        if code:
            return NoAnswer(str(code)) if code in ASK else Refused(str(code))
        return told

    async def _post(self, name: str, asked: Mapping[str, Any]) -> bytes | NoAnswer:
        """One call; with a fresh token once more where the first was refused."""
        if Lent.token is None:
            raise RuntimeError("nothing was lent to the WeChat non-tax gateway")
        body, headers = orjson.dumps(asked), {"content-type": "application/json"}
        used = ""
        for _ in range(2):
            try:
                token = await Lent.token()
            except Exception as error:  # noqa: BLE001 - whatever stands between us and a token
                return NoAnswer(type(error).__name__)
            if token == used:
                break
            used = token
            target = f"/nontax/{name}?access_token={quote(token, safe='')}"
            try:
                answer = await self._client.call("POST", target, headers, body, most=MAX_BILL)
            except Unanswered as error:
                return NoAnswer(str(error))
            if answer.status != httpx.codes.OK:
                return NoAnswer(f"status {answer.status}")
            if _code(answer.body) not in STALE:
                return answer.body
        return NoAnswer("token")


def _code(raw: bytes) -> int:
    """The error code of an answer; 0 for none."""
    if not raw.startswith(b"{"):
        return 0
    try:
        told = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return -1
    code = told.get("errcode", 0)
    return code if type(code) is int else -1


def _kept(told: Mapping[str, Any]) -> str:
    """What is kept of their word: nothing of the person."""
    return orjson.dumps({name: told[name] for name in _KEPT if name in told}).decode()


@lru_cache(maxsize=1)
def wechat_nontax(fee_class: FeeClass = "treasury") -> WeChatNonTax:
    """The gateway of this instance; it takes what goes to the treasury only."""
    del fee_class
    return WeChatNonTax(WeChatNonTaxSettings())
