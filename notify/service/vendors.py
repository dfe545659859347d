"""Channels that know a person by the vendor's own name: WeChat, Alipay, and browsers."""

import orjson

from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from auth.grants import service as grants
from auth.grants.errors import ChannelUnreachable
from notify.models import Delivery
from notify.providers import NotSent
from notify.providers.alipay_template import alipay_template
from notify.providers.wechat_subscribe import NO_QUOTA, wechat_subscribe
from notify.providers.wechat_template import NOT_FOLLOWING, wechat_template
from notify.service import followers
from notify.service.devices import push_to
from notify.service.quota import give_back, spend, zero


async def send(row: Delivery) -> Outcome | NotSent:
    """Hand a delivery of one of these channels to its vendor."""
    if row.person_id is None:
        return Rejected("没有收件人")
    match row.channel:
        case "subscribe":
            return await _subscribe(row)
        case "template":
            return await _template(row)
        case "alipay":
            return await _alipay(row)
        case _:
            return await push_to(row.person_id, row.content, urgent=row.urgent)


async def _subscribe(row: Delivery) -> Outcome | NotSent:
    vendor, filled = wechat_subscribe(), orjson.loads(row.content)
    template = str(filled["template_id"])
    assert row.person_id is not None  # noqa: S101 - `send` looked
    openid = await grants.openid_at(row.person_id, "wechat", vendor.app_id)
    if openid is None:
        return Rejected("未绑定")
    # Spent before it is used: two messages at once must not both use the last consent.
    if not await spend(openid, template):
        return Rejected("没有订阅额度")
    try:
        outcome = await vendor.send(grants.wechat_token, openid, filled)
    except ChannelUnreachable:
        outcome = NotSent("token")
    if isinstance(outcome, Rejected) and outcome.detail == str(NO_QUOTA):
        await zero(openid, template)
    elif not isinstance(outcome, Ok | Unknown):
        await give_back(openid, template)
    return outcome


async def _template(row: Delivery) -> Outcome | NotSent:
    assert row.person_id is not None  # noqa: S101 - `send` looked
    follower = await followers.follower_of(row.person_id)
    if follower is None:
        return Rejected("未关注")
    filled = orjson.loads(row.content)
    try:
        outcome = await wechat_template().send(
            followers.official_token, follower.openid, filled, row.id.hex
        )
    except ChannelUnreachable:
        return NotSent("token")
    if outcome == Rejected(str(NOT_FOLLOWING)):
        await followers.lost(follower)
    return outcome


async def _alipay(row: Delivery) -> Outcome | NotSent:
    vendor = alipay_template()
    assert row.person_id is not None  # noqa: S101 - `send` looked
    open_id = await grants.openid_at(row.person_id, "alipay", vendor.app_id)
    if open_id is None:
        return Rejected("未绑定")
    return await vendor.send(open_id, orjson.loads(row.content))
