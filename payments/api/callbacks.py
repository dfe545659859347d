"""Notices of gateways: the raw body is what was signed, the answer follows the commit."""

import structlog

from app_server.kernel.http import Call, RawReply, anyone, endpoint
from payments import service
from payments.errors import BadNotice, ProbedNotice
from payments.rules import MAX_NOTICE
from payments.schemas import AccountQuery

log = structlog.get_logger(__name__)


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
