"""What Alipay says, as facts; what names the person is dropped on the way."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app_server.kernel.clock import SHANGHAI
from payments.providers.gateway import Fact, RefundFact, RefundState, Source, TradeState
from payments.rules import fen_from_yuan

STATES: dict[str, TradeState] = {
    "WAIT_BUYER_PAY": "waiting",
    "TRADE_SUCCESS": "success",
    "TRADE_FINISHED": "success",
    "TRADE_CLOSED": "closed",
}
UNREADABLE = (KeyError, ValueError, TypeError, AttributeError)
_ABOUT_PEOPLE = re.compile(r"buyer|fund_|open_id|user|logon|voucher|sign|subject|body")
_AT = "%Y-%m-%d %H:%M:%S"


def trade_fact(
    source: Source, told: Mapping[str, Any], merchant: str, app_id: str, external_id: str
) -> Fact:
    """An order they describe; raises one of `UNREADABLE`.

    A notice names seller and app itself; an answer is about whom we asked as.
    """
    state = STATES[told["trade_status"]]
    # Money came (queries say `send_pay_date`) and went back in full: it was paid all the same.
    paid = told.get("gmt_payment") or told.get("send_pay_date")
    if state == "closed" and (paid or told.get("refund_fee") or told.get("gmt_refund")):
        state = "success"
    return Fact(
        channel="alipay",
        source=source,
        external_id=external_id[:120],
        out_trade_no=_text(told["out_trade_no"]),
        merchant=merchant,
        app_id=app_id,
        state=state,
        amount_fen=_fen(told["total_amount"]),
        channel_trade_no=_text(told.get("trade_no") or "")[:64],
        paid_at=_moment(paid),
        raw=_kept(told),
    )


def refund_fact(
    source: Source,
    told: Mapping[str, Any],
    merchant: str,
    numbers: tuple[str, str],
    state: RefundState,
    amount_fen: int,
) -> RefundFact:
    """A refund they describe; `numbers` are ours, of the refund and of the order."""
    return RefundFact(
        channel="alipay",
        source=source,
        external_id=f"{numbers[0]}:{state}"[:120],
        out_refund_no=numbers[0],
        out_trade_no=numbers[1],
        merchant=merchant,
        state=state,
        amount_fen=amount_fen,
        channel_refund_no=_text(told.get("trade_no") or "")[:64],
        refunded_at=_moment(told.get("gmt_refund_pay")),
        raw=_kept(told),
    )


def missing_trade(source: Source, out_trade_no: str, merchant: str, app_id: str) -> Fact:
    """They never heard of it: a page that nobody opened leaves no order there."""
    return Fact(
        "alipay",
        source,
        f"{out_trade_no}:missing",
        out_trade_no,
        merchant,
        app_id,
        "missing",
        0,
        "",
        None,
        '{"sub_code":"ACQ.TRADE_NOT_EXIST"}',
    )


def refund_amount(told: Mapping[str, Any]) -> int:
    """The amount of the refund asked about; raises one of `UNREADABLE`."""
    return _fen(told["refund_amount"])


def _kept(told: Mapping[str, Any]) -> str:
    return orjson.dumps({k: v for k, v in told.items() if not _ABOUT_PEOPLE.search(k)}).decode()


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("a name is text")
    return value


def _fen(yuan: Any) -> int:
    fen = fen_from_yuan(_text(yuan))
    if fen <= 0:
        raise ValueError("an amount is more than nothing")
    return fen


def _moment(text: Any) -> datetime | None:
    """Their moments are GMT+8 (a refund notice adds milliseconds)."""
    if not text:
        return None
    return datetime.strptime(_text(text)[:19], _AT).replace(tzinfo=SHANGHAI)
