"""Gateways behind one Protocol, one file each."""

from collections.abc import Callable

from payments.providers.alipay import alipay
from payments.providers.gateway import Gateway
from payments.providers.nontax import nontax
from payments.providers.unionpay import unionpay
from payments.providers.wechat_nontax import wechat_nontax
from payments.providers.wechatpay import wechatpay
from payments.rules import FeeClass

__all__ = ["GATEWAYS", "Gateway", "form_targets", "gateway"]

GATEWAYS: dict[str, Callable[[FeeClass], Gateway]] = {
    "wechat": wechatpay,
    "alipay": alipay,
    "unionpay": unionpay,
    "wechat_nontax": wechat_nontax,
    "nontax": nontax,
}


def gateway(channel: str, fee_class: str) -> Gateway:
    """The gateway of a channel for a class of fees; raises `KeyError` for an unknown channel."""
    return GATEWAYS[channel]("business" if fee_class == "business" else "treasury")


def form_targets() -> frozenset[str]:
    """The origins to which payers' browsers post a form, for our pages' content policy."""
    return frozenset({unionpay("treasury").form_target(), unionpay("business").form_target()})
