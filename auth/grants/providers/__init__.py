"""Channels that know their own users: WeChat and Alipay, behind one Protocol."""

from auth.grants.providers.alipay import alipay
from auth.grants.providers.channel import (
    Channel,
    ChannelDown,
    CodeRefused,
    NoticeForged,
    Withdrawal,
)
from auth.grants.providers.wechat import PushQuery, wechat

__all__ = [
    "Channel",
    "ChannelDown",
    "CodeRefused",
    "NoticeForged",
    "PushQuery",
    "Withdrawal",
    "alipay",
    "channel",
    "wechat",
]


def channel(name: str) -> Channel:
    """The channel of a name (the API admits only these two)."""
    return alipay() if name == "alipay" else wechat()
