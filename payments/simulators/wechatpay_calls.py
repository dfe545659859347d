"""The calls of API v3 our gateways make, answered as WeChat Pay answers them."""

import re
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from app_server.kernel.clock import local
from payments.simulators.wechatpay_bills import bill_of
from payments.simulators.wechatpay_books import (
    Books,
    Merchant,
    Problem,
    refund_of,
    stamp,
    trade_of,
)

REFUND_TIME = timedelta(seconds=20)
BILL_HOUR = 9
_NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}", re.ASCII)


def _create(
    world: Books, merchant: Merchant, asked: dict[str, Any], product: str
) -> tuple[int, bytes]:
    number, total = asked["out_trade_no"], asked["amount"]["total"]
    if asked["mchid"] != merchant.account.merchant:
        raise Problem(400, "PARAM_ERROR", "商户号与签名不符")
    if asked["appid"] not in merchant.apps:
        raise Problem(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
    if not _NUMBER.fullmatch(number) or type(total) is not int or total < 1:
        raise Problem(
            400, "PARAM_ERROR", "输入源“/body/amount/total”映射到数值字段“总金额”规则校验失败"
        )
    if not str(asked["notify_url"]).startswith("http") or not asked["description"]:
        raise Problem(400, "PARAM_ERROR", "参数错误")
    if product == "jsapi" and not asked["payer"]["openid"]:
        raise Problem(400, "PARAM_ERROR", "openid 不能为空")
    if product == "h5":
        _ = asked["scene_info"]["payer_client_ip"], asked["scene_info"]["h5_info"]["type"]
    expires = world.now() + timedelta(hours=2)
    if "time_expire" in asked:
        expires = datetime.fromisoformat(asked["time_expire"])
    key = (merchant.account.merchant, number)
    order = world.orders.get(key)
    if order is not None:
        world.expired(order)
        _same_order(order, asked, product)
    else:
        order = asked | {"trade_state": "NOTPAY", "product": product, "expires": expires}
        order["prepay_id"] = f"wx{secrets.token_hex(17)}"
        world.orders[key] = world.prepared[order["prepay_id"]] = order
    prepay = order["prepay_id"]
    return 200, orjson.dumps(
        {
            "h5": {"h5_url": f"{world.base}/cashier?prepay_id={prepay}&package=1"},
            "native": {"code_url": f"weixin://wxpay/bizpayurl?pr={prepay[2:13]}"},
        }.get(product, {"prepay_id": prepay})
    )


def _same_order(order: dict[str, Any], asked: dict[str, Any], product: str) -> None:
    """The same number is the same order, unless it says something else or is over."""
    same = ("appid", "amount", "description")
    if order["product"] != product or any(order[name] != asked[name] for name in same):
        raise Problem(403, "OUT_TRADE_NO_USED", "商户订单号重复")
    if order["trade_state"] in {"SUCCESS", "REFUND"}:
        raise Problem(400, "ORDERPAID", "该订单已支付")
    if order["trade_state"] == "CLOSED":
        raise Problem(400, "ORDER_CLOSED", "该订单已关闭")


def _order(world: Books, merchant: Merchant, number: str) -> dict[str, Any]:
    order = world.orders.get((merchant.account.merchant, number))
    if order is None:
        raise Problem(404, "ORDER_NOT_EXIST", "订单不存在")
    world.expired(order)
    return order


def _query(
    world: Books, merchant: Merchant, asked: dict[str, Any], number: str
) -> tuple[int, bytes]:
    if asked["mchid"] != merchant.account.merchant:
        raise Problem(400, "PARAM_ERROR", "商户号与签名不符")
    return 200, orjson.dumps(trade_of(_order(world, merchant, number)))


def _close(
    world: Books, merchant: Merchant, asked: dict[str, Any], number: str
) -> tuple[int, bytes]:
    if asked["mchid"] != merchant.account.merchant:
        raise Problem(400, "PARAM_ERROR", "商户号与签名不符")
    order = _order(world, merchant, number)
    if order["trade_state"] in {"SUCCESS", "REFUND"}:
        raise Problem(400, "ORDERPAID", "该订单已支付")
    order["trade_state"] = "CLOSED"
    return 204, b""


def _refund(world: Books, merchant: Merchant, asked: dict[str, Any]) -> tuple[int, bytes]:
    mchid, amount = merchant.account.merchant, asked["amount"]
    if type(amount["refund"]) is not int or amount["refund"] < 1 or amount["currency"] != "CNY":
        raise Problem(400, "PARAM_ERROR", "退款金额有误")
    order = world.orders.get((mchid, asked["out_trade_no"]))
    if order is None:
        raise Problem(404, "RESOURCE_NOT_EXISTS", "订单不存在")
    key = (mchid, asked["out_refund_no"])
    known = world.refunds.get(key)
    if known is not None:
        if (known["out_trade_no"], known["amount"]) != (asked["out_trade_no"], amount):
            raise Problem(
                400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试"
            )
        return 200, orjson.dumps(refund_of(known))
    if order["trade_state"] not in {"SUCCESS", "REFUND"}:
        raise Problem(400, "INVALID_REQUEST", "订单未支付")
    if amount["total"] != order["amount"]["total"]:
        raise Problem(400, "INVALID_REQUEST", "订单金额与之前请求不一致")
    if order.get("refunded", 0) + amount["refund"] > amount["total"]:
        raise Problem(403, "NOT_ENOUGH", "可退余额不足")
    made = {
        "status": "PROCESSING", "refund_id": f"50000{secrets.randbelow(10**24):024d}",
        "transaction_id": order["transaction_id"], "create_time": stamp(world.now()),
        "due": world.now() + REFUND_TIME, "merchant": merchant, "order": order,
        "notify_url": asked.get("notify_url", ""),
    }  # fmt: skip
    order |= {"refunded": order.get("refunded", 0) + amount["refund"], "trade_state": "REFUND"}
    world.refunds[key] = asked | made
    world.settling.append(world.refunds[key])
    return 200, orjson.dumps(refund_of(world.refunds[key]))


def _query_refund(
    world: Books, merchant: Merchant, asked: dict[str, Any], number: str
) -> tuple[int, bytes]:
    del asked
    world.settle(world.now())
    refund = world.refunds.get((merchant.account.merchant, number))
    if refund is None:
        raise Problem(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return 200, orjson.dumps(refund_of(refund))


def _bill(world: Books, merchant: Merchant, asked: dict[str, Any]) -> tuple[int, bytes]:
    day, today = date.fromisoformat(asked["bill_date"]), local(world.now())
    if day >= today.date() or asked.get("bill_type", "ALL") != "ALL":
        raise Problem(400, "INVALID_REQUEST", "账单日期有误")
    if day == today.date() - timedelta(days=1) and today.hour < BILL_HOUR:
        raise Problem(400, "STATEMENT_CREATING", "账单生成中")
    rows = world.days.get((merchant.account.merchant, day))
    if not rows:
        raise Problem(404, "NO_STATEMENT_EXIST", "账单文件不存在")
    told, file = bill_of(rows, zipped=asked.get("tar_type") == "GZIP")
    token = secrets.token_urlsafe(18)
    world.files[token] = (file, world.now() + timedelta(minutes=5))
    url = f"{world.base}/v3/billdownload/file?token={token}"
    return 200, orjson.dumps(told | {"download_url": url})


def _download(world: Books, merchant: Merchant, asked: dict[str, Any]) -> tuple[int, bytes]:
    del merchant
    file, until = world.files.get(asked["token"], (b"", world.now()))
    if until <= world.now():
        raise Problem(400, "INVALID_REQUEST", "下载地址已失效")
    return 200, file


def _certificates(world: Books, merchant: Merchant, asked: dict[str, Any]) -> tuple[int, bytes]:
    del asked
    return 200, orjson.dumps({"data": [merchant.platform.sealed_certificate(world.now())]})


CALLS: tuple[tuple[str, re.Pattern[str], Callable[..., tuple[int, bytes]]], ...] = (
    ("POST", re.compile(r"/v3/pay/transactions/(jsapi|h5|native|app)"), _create),
    ("GET", re.compile(r"/v3/pay/transactions/out-trade-no/([^/]+)"), _query),
    ("POST", re.compile(r"/v3/pay/transactions/out-trade-no/([^/]+)/close"), _close),
    ("POST", re.compile(r"/v3/refund/domestic/refunds"), _refund),
    ("GET", re.compile(r"/v3/refund/domestic/refunds/([^/]+)"), _query_refund),
    ("GET", re.compile(r"/v3/bill/tradebill"), _bill),
    ("GET", re.compile(r"/v3/billdownload/file"), _download),
    ("GET", re.compile(r"/v3/certificates"), _certificates),
)
