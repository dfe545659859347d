"""Gateways behind one Protocol, one file each."""

from collections.abc import Callable

from payments.providers.alipay import alipay
from payments.providers.gateway import Gateway
from payments.providers.nontax import nontax
from payments.providers.unionpay import unionpay
from payments.providers.wechatpay import wechatpay
from payments.rules import FeeClass

__all__ = ["GATEWAYS", "Gateway", "gateway"]

GATEWAYS: dict[str, Callable[[FeeClass], Gateway]] = {
    "wechat": wechatpay,
    "alipay": alipay,
    "unionpay": unionpay,
    "nontax": nontax,
}


def gateway(channel: str, fee_class: str) -> Gateway:
    """The gateway of a channel for a class of fees; raises `KeyError` for an unknown channel."""
    return GATEWAYS[channel]("business" if fee_class == "business" else "treasury")
