"""Notices of gateways: the raw body is what was signed, the answer follows the commit."""

import re
from http import HTTPStatus

import structlog

from app_server.kernel.http import Call, RawReply, anyone, endpoint
from payments import service
from payments.errors import BadNotice, NoSuchOrder, ProbedNotice
from payments.rules import MAX_NOTICE
from payments.schemas import AccountQuery

log = structlog.get_logger(__name__)
ORDER_NO = re.compile(r"P[0-9]{23}", re.ASCII)


async def _taken(call: Call, channel: str, account: str = "treasury") -> RawReply:
    """Apply a notice; a refusal is no success in any channel's eyes, so it comes again."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    try:
        ack = await service.take_notice(channel, account, headers, call.raw)
    except ProbedNotice:
        log.info("payment_notice_probe", channel=channel)
        raise
    except BadNotice:
        log.warning("payment_notice_refused", channel=channel)
        raise
    return RawReply(ack.body, ack.content_type, status=ack.status)


@endpoint(
    "POST",
    "/callbacks/wechatpay",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
    bare=True,
    reply_type="application/json",
)
async def wechatpay_notice(call: Call, query: AccountQuery) -> RawReply:
    """Take a signed payment or refund notice of WeChat Pay."""
    return await _taken(call, "wechat", query.account)


@endpoint(
    "POST",
    "/callbacks/alipay",
    guard=anyone("partner"),
    raw=("application/x-www-form-urlencoded",),
    max_body=MAX_NOTICE,
    bare=True,
    reply_type="text/plain",
)
async def alipay_notice(call: Call, query: AccountQuery) -> RawReply:
    """Take a signed trade notice of Alipay."""
    return await _taken(call, "alipay", query.account)


@endpoint(
    "POST",
    "/callbacks/unionpay",
    guard=anyone("partner"),
    raw=("application/x-www-form-urlencoded",),
    max_body=MAX_NOTICE,
    bare=True,
    reply_type="text/plain",
)
async def unionpay_notice(call: Call, query: AccountQuery) -> RawReply:
    """Take a signed payment or refund notice of UnionPay."""
    return await _taken(call, "unionpay", query.account)


# UnionPay's browser comes back with a form: what stands in it is nobody's proof (rule 8), the
# page it is sent on to asks the gateway.
@endpoint(
    "POST",
    "/pay/return/{order_no}",
    guard=anyone(),
    raw=("application/x-www-form-urlencoded",),
    max_body=MAX_NOTICE,
    bare=True,
    reply_type="text/plain",
)
async def come_back(call: Call, order_no: str) -> RawReply:
    """Send a payer who comes back by a form on to the result."""
    del call
    if not ORDER_NO.fullmatch(order_no):
        raise NoSuchOrder
    to = {"location": f"/pay/result/{order_no}"}
    return RawReply(b"", "text/plain", status=HTTPStatus.SEE_OTHER, headers=to)


@endpoint(
    "POST",
    "/callbacks/nontax",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
    bare=True,
    reply_type="text/plain",
)
async def nontax_notice(call: Call) -> RawReply:
    """Take a signed payment or refund notice of the non-tax system."""
    return await _taken(call, "nontax")
