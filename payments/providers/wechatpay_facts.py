"""What WeChat Pay's bodies say, as facts; what names the person is dropped on the way."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from payments.providers.gateway import Fact, RefundFact, RefundState, Source, TradeState

# An order that was refunded was paid: its refunds are facts of their own.
STATES: dict[str, TradeState] = {
    "SUCCESS": "success",
    "REFUND": "success",
    "NOTPAY": "waiting",
    "USERPAYING": "waiting",
    "ACCEPT": "waiting",
    # Another card may still pay it until it expires.
    "PAYERROR": "waiting",
    "CLOSED": "closed",
    "REVOKED": "closed",
}
REFUND_STATES: dict[str, RefundState] = {
    "PROCESSING": "processing",
    "SUCCESS": "success",
    "CLOSED": "closed",
    "ABNORMAL": "abnormal",
}
_ABOUT_PEOPLE = ("payer", "user_received_account", "scene_info", "promotion_detail", "attach")
UNREADABLE = (KeyError, ValueError, TypeError, OverflowError)


def trade_fact(source: Source, told: Mapping[str, Any], external_id: str) -> Fact:
    """An order they describe; raises one of `UNREADABLE`."""
    amount = told["amount"]
    return Fact(
        channel="wechat",
        source=source,
        external_id=external_id[:120],
        out_trade_no=_text(told["out_trade_no"]),
        merchant=_text(told["mchid"]),
        app_id=_text(told["appid"]),
        state=STATES[told["trade_state"]],
        amount_fen=_fen(amount["total"]),
        channel_trade_no=_text(told.get("transaction_id") or "")[:64],
        paid_at=_moment(told.get("success_time")),
        raw=_kept(told),
        currency=_text(amount.get("currency") or "CNY"),
    )


def refund_fact(
    source: Source, told: Mapping[str, Any], merchant: str, external_id: str
) -> RefundFact:
    """A refund they describe (an answer says `status`, a notice `refund_status`)."""
    return RefundFact(
        channel="wechat",
        source=source,
        external_id=external_id[:120],
        out_refund_no=_text(told["out_refund_no"]),
        out_trade_no=_text(told["out_trade_no"]),
        merchant=_text(told.get("mchid") or merchant),
        state=REFUND_STATES[told["status"] if "status" in told else told["refund_status"]],
        amount_fen=_fen(told["amount"]["refund"]),
        channel_refund_no=_text(told.get("refund_id") or "")[:64],
        refunded_at=_moment(told.get("success_time")),
        raw=_kept(told),
    )


def missing_trade(source: Source, out_trade_no: str, merchant: str, app_id: str) -> Fact:
    """They never heard of it."""
    return Fact(
        "wechat",
        source,
        f"{out_trade_no}:missing",
        out_trade_no,
        merchant,
        app_id,
        "missing",
        0,
        "",
        None,
        '{"code":"ORDER_NOT_EXIST"}',
    )


def missing_refund(out_refund_no: str, out_trade_no: str, merchant: str) -> RefundFact:
    """They never heard of the refund."""
    return RefundFact(
        "wechat",
        "query",
        f"{out_refund_no}:missing",
        out_refund_no,
        out_trade_no,
        merchant,
        "missing",
        0,
        "",
        None,
        '{"code":"RESOURCE_NOT_EXISTS"}',
    )


def _kept(told: Mapping[str, Any]) -> str:
    return orjson.dumps({k: v for k, v in told.items() if k not in _ABOUT_PEOPLE}).decode()


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("a name is text")
    return value


def _fen(amount: Any) -> int:
    if type(amount) is not int or amount <= 0:
        raise TypeError("an amount is a positive integer of fen")
    return amount


def _moment(text: Any) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(_text(text))
    if at.tzinfo is None:
        raise ValueError("a moment without its zone")
    return at
