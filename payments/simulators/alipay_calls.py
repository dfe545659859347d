"""The methods of OpenAPI our gateways call, answered as Alipay answers them."""

import secrets
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app_server.kernel.clock import SHANGHAI, local
from payments.rules import fen_from_yuan, yuan_from_fen
from payments.simulators.alipay_bills import bill_of
from payments.simulators.alipay_books import Books, Problem, Seller, stamp

BILL_HOUR = 9
Answer = dict[str, Any]


def _asked(content: Mapping[str, Any], world: Books) -> dict[str, Any]:
    try:
        total = fen_from_yuan(str(content["total_amount"]))
        expires = world.now() + timedelta(days=15)
        if "time_expire" in content:
            told = f"{content['time_expire']} +0800"
            expires = datetime.strptime(told, "%Y-%m-%d %H:%M:%S %z")
        number, subject = str(content["out_trade_no"]), str(content["subject"])
    except (KeyError, ValueError) as error:
        raise Problem("ACQ.INVALID_PARAMETER", "参数无效") from error
    if not (total and number and subject) or len(number) > 64:
        raise Problem("ACQ.INVALID_PARAMETER", "参数无效")
    return {
        "out_trade_no": number, "total_fen": total, "subject": subject, "expires": expires,
    }  # fmt: skip


def place(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> dict[str, Any]:
    """An order of a page or an app, at the moment the person's own client opens it."""
    return world.placed(seller, _asked(content, world), params)


def _create(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    if not (content.get("buyer_open_id") or content.get("buyer_id")):
        raise Problem("ACQ.BUYER_NOT_EXIST", "买家不存在")
    order = place(world, seller, content, params)
    return {"out_trade_no": order["out_trade_no"], "trade_no": order["trade_no"]}


def _precreate(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    order = place(world, seller, content, params)
    code = f"{world.base}/cashier/{order['cashier']}"
    return {"out_trade_no": order["out_trade_no"], "qr_code": code}


def _order(world: Books, seller: Seller, content: Mapping[str, Any]) -> dict[str, Any]:
    order = world.orders.get((seller.account.merchant, str(content.get("out_trade_no", ""))))
    if order is None:
        raise Problem("ACQ.TRADE_NOT_EXIST", "交易不存在")
    world.expired(order)
    return order


def _query(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    del params
    order = _order(world, seller, content)
    told = {
        "out_trade_no": order["out_trade_no"],
        "trade_no": order["trade_no"],
        "trade_status": order["trade_status"],
        "total_amount": yuan_from_fen(order["total_fen"]),
        "subject": order["subject"],
    }
    if "paid_at" in order:
        told |= {"send_pay_date": stamp(order["paid_at"]), "buyer_open_id": order["payer"]}
    return told


def _close(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    del params
    order = _order(world, seller, content)
    if order["trade_status"] != "WAIT_BUYER_PAY":
        raise Problem("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
    order["trade_status"] = "TRADE_CLOSED"
    return {"out_trade_no": order["out_trade_no"], "trade_no": order["trade_no"]}


def _refund(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    del params
    order = _order(world, seller, content)
    try:
        fen = fen_from_yuan(str(content["refund_amount"]))
    except (KeyError, ValueError) as error:
        raise Problem("ACQ.INVALID_PARAMETER", "参数无效") from error
    number = str(content.get("out_request_no") or order["out_trade_no"])
    key = (seller.account.merchant, f"{order['out_trade_no']}\n{number}")
    known = world.refunds.get(key)
    if known is not None and known["fen"] != fen:
        raise Problem("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")
    if known is None:
        if "paid_at" not in order or not fen:
            raise Problem("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
        if order["refunded"] + fen > order["total_fen"]:
            raise Problem("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
        _give_back(world, seller, order, number, fen)
    return {
        "out_trade_no": order["out_trade_no"],
        "trade_no": order["trade_no"],
        # The sum of all refunds of the order, not this one's amount.
        "refund_fee": yuan_from_fen(order["refunded"]),
        "fund_change": "N" if known else "Y",
        "gmt_refund_pay": stamp(world.refunds[key]["at"]),
    }


def _give_back(world: Books, seller: Seller, order: dict[str, Any], number: str, fen: int) -> None:
    order["refunded"] += fen
    if order["refunded"] == order["total_fen"]:
        order["trade_status"] = "TRADE_CLOSED"
    refund = {"fen": fen, "at": world.now(), "out_request_no": number, "order": order}
    world.refunds[seller.account.merchant, f"{order['out_trade_no']}\n{number}"] = refund
    world.on_day(seller, refund | {"kind": "退款"})
    told = {"refund_fee": yuan_from_fen(order["refunded"]), "out_biz_no": number}
    world.tell(order, told | {"gmt_refund": f"{stamp(world.now())}.000"})


def _query_refund(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    del params
    order = _order(world, seller, content)
    number = str(content.get("out_request_no", ""))
    refund = world.refunds.get((seller.account.merchant, f"{order['out_trade_no']}\n{number}"))
    if refund is None:
        # The asking worked, that is all.
        return {}
    return {
        "out_trade_no": order["out_trade_no"],
        "trade_no": order["trade_no"],
        "out_request_no": number,
        "refund_amount": yuan_from_fen(refund["fen"]),
        "total_amount": yuan_from_fen(order["total_fen"]),
        "refund_status": "REFUND_SUCCESS",
        "gmt_refund_pay": stamp(refund["at"]),
    }


def _bill(
    world: Books, seller: Seller, content: Mapping[str, Any], params: Mapping[str, str]
) -> Answer:
    del params
    try:
        day, now = date.fromisoformat(str(content["bill_date"])), local(world.now())
    except (KeyError, ValueError) as error:
        raise Problem("isv.invalid-arguments", "参数有误") from error
    made = datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(days=1, hours=BILL_HOUR)
    rows = world.days.get((seller.account.merchant, day))
    if now < made or not rows or content.get("bill_type") != "trade":
        raise Problem("isp.bill_not_exist", "账单不存在")
    token = secrets.token_urlsafe(18)
    file = bill_of(seller.account.merchant, day, rows, world.now())
    world.files[token] = (file, world.now() + timedelta(seconds=30))
    return {"bill_download_url": f"{world.base}/bill?token={token}"}


CALLS: dict[str, Callable[[Books, Seller, Mapping[str, Any], Mapping[str, str]], Answer]] = {
    "alipay.trade.create": _create,
    "alipay.trade.precreate": _precreate,
    "alipay.trade.query": _query,
    "alipay.trade.close": _close,
    "alipay.trade.refund": _refund,
    "alipay.trade.fastpay.refund.query": _query_refund,
    "alipay.data.dataservice.bill.downloadurl.query": _bill,
}
