"""What we ask Alipay for, built by the SDK's own request and model classes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from alipay.aop.api.domain.AlipayDataDataserviceBillDownloadurlQueryModel import (
    AlipayDataDataserviceBillDownloadurlQueryModel,
)
from alipay.aop.api.domain.AlipayTradeAppPayModel import AlipayTradeAppPayModel
from alipay.aop.api.domain.AlipayTradeCloseModel import AlipayTradeCloseModel
from alipay.aop.api.domain.AlipayTradeCreateModel import AlipayTradeCreateModel
from alipay.aop.api.domain.AlipayTradeFastpayRefundQueryModel import (
    AlipayTradeFastpayRefundQueryModel,
)
from alipay.aop.api.domain.AlipayTradePagePayModel import AlipayTradePagePayModel
from alipay.aop.api.domain.AlipayTradePrecreateModel import AlipayTradePrecreateModel
from alipay.aop.api.domain.AlipayTradeQueryModel import AlipayTradeQueryModel
from alipay.aop.api.domain.AlipayTradeRefundModel import AlipayTradeRefundModel
from alipay.aop.api.domain.AlipayTradeWapPayModel import AlipayTradeWapPayModel
from alipay.aop.api.request.AlipayDataDataserviceBillDownloadurlQueryRequest import (
    AlipayDataDataserviceBillDownloadurlQueryRequest,
)
from alipay.aop.api.request.AlipayTradeAppPayRequest import AlipayTradeAppPayRequest
from alipay.aop.api.request.AlipayTradeCloseRequest import AlipayTradeCloseRequest
from alipay.aop.api.request.AlipayTradeCreateRequest import AlipayTradeCreateRequest
from alipay.aop.api.request.AlipayTradeFastpayRefundQueryRequest import (
    AlipayTradeFastpayRefundQueryRequest,
)
from alipay.aop.api.request.AlipayTradePagePayRequest import AlipayTradePagePayRequest
from alipay.aop.api.request.AlipayTradePrecreateRequest import AlipayTradePrecreateRequest
from alipay.aop.api.request.AlipayTradeQueryRequest import AlipayTradeQueryRequest
from alipay.aop.api.request.AlipayTradeRefundRequest import AlipayTradeRefundRequest
from alipay.aop.api.request.AlipayTradeWapPayRequest import AlipayTradeWapPayRequest

from app_server.kernel import clock
from payments.providers.gateway import PayRequest, Product, RefundRequest
from payments.rules import yuan_from_fen

# request class, model class, product code, whether the person comes back to a page of ours
_ORDERS: dict[Product, tuple[Any, Any, str, bool]] = {
    "h5": (AlipayTradeWapPayRequest, AlipayTradeWapPayModel, "QUICK_WAP_WAY", True),
    "page": (AlipayTradePagePayRequest, AlipayTradePagePayModel, "FAST_INSTANT_TRADE_PAY", True),
    "app": (AlipayTradeAppPayRequest, AlipayTradeAppPayModel, "QUICK_MSECURITY_PAY", False),
    "mini": (AlipayTradeCreateRequest, AlipayTradeCreateModel, "JSAPI_PAY", False),
    "native": (
        AlipayTradePrecreateRequest,
        AlipayTradePrecreateModel,
        "FACE_TO_FACE_PAYMENT",
        False,
    ),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; whether its outcome is told later, and whether the person comes back."""

    request: Any
    told_later: bool = False
    returns: bool = False


def order_request(request: PayRequest) -> Asked:
    """Place an order; it cannot be paid any more after its time."""
    make, shape, code, returns = _ORDERS[request.product]
    model = shape()
    model.out_trade_no, model.product_code = request.out_trade_no, code
    model.total_amount = yuan_from_fen(request.amount_fen)
    model.subject = request.title[:128]
    model.time_expire = clock.local(request.expires_at).strftime("%Y-%m-%d %H:%M:%S")
    if request.product == "h5":
        # Where somebody lands who gives up on the way.
        model.quit_url = request.return_url
    if request.product == "mini":
        model.buyer_open_id, model.op_app_id = request.payer.openid, request.payer.app_id
    return Asked(_with(make(), model), told_later=True, returns=returns)


def query_request(out_trade_no: str) -> Asked:
    """Ask about an order."""
    model = AlipayTradeQueryModel()
    model.out_trade_no = out_trade_no
    return Asked(_with(AlipayTradeQueryRequest(), model))


def close_request(out_trade_no: str) -> Asked:
    """Close an order."""
    model = AlipayTradeCloseModel()
    model.out_trade_no = out_trade_no
    return Asked(_with(AlipayTradeCloseRequest(), model))


def refund_request(request: RefundRequest) -> Asked:
    """Give back part or all; `out_request_no` makes it the same refund again."""
    model = AlipayTradeRefundModel()
    model.out_trade_no, model.out_request_no = request.out_trade_no, request.out_refund_no
    model.refund_amount = yuan_from_fen(request.amount_fen)
    model.refund_reason = request.reason[:128]
    return Asked(_with(AlipayTradeRefundRequest(), model))


def refund_query_request(request: RefundRequest) -> Asked:
    """Ask about a refund."""
    model = AlipayTradeFastpayRefundQueryModel()
    model.out_trade_no, model.out_request_no = request.out_trade_no, request.out_refund_no
    model.query_options = ["gmt_refund_pay"]
    return Asked(_with(AlipayTradeFastpayRefundQueryRequest(), model))


def bill_request(day: date) -> Asked:
    """Where the trade bill of a day is to be fetched."""
    model = AlipayDataDataserviceBillDownloadurlQueryModel()
    model.bill_type, model.bill_date = "trade", day.isoformat()
    return Asked(_with(AlipayDataDataserviceBillDownloadurlQueryRequest(), model))


def _with(request: Any, model: Any) -> Any:
    request.biz_model = model
    return request
