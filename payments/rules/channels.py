"""Where one can pay, and how on which device (R-PAY-02, R-PAY-03)."""

from dataclasses import dataclass

from payments.rules.fees import FeeClass


@dataclass(frozen=True, slots=True)
class Way:
    """One channel with one product: `on` names the clients that can use it."""

    channel: str
    product: str
    name: str
    on: frozenset[str]
    classes: frozenset[FeeClass]


PHONE, DESKTOP, WECHAT, ALIPAY, APP = "phone", "desktop", "wechat", "alipay", "app"
_BOTH: frozenset[FeeClass] = frozenset({"treasury", "business"})
_TREASURY: frozenset[FeeClass] = frozenset({"treasury"})
WAYS = (
    Way("wechat", "h5", "微信支付", frozenset({PHONE}), _BOTH),
    Way("wechat", "native", "微信扫码支付", frozenset({DESKTOP}), _BOTH),
    Way("wechat", "mini", "微信支付", frozenset({WECHAT}), _BOTH),
    Way("wechat", "app", "微信支付", frozenset({APP}), _BOTH),
    Way("alipay", "h5", "支付宝", frozenset({PHONE}), _BOTH),
    Way("alipay", "page", "支付宝", frozenset({DESKTOP}), _BOTH),
    Way("alipay", "mini", "支付宝", frozenset({ALIPAY}), _BOTH),
    Way("alipay", "app", "支付宝", frozenset({APP}), _BOTH),
    Way("unionpay", "h5", "云闪付（银联）", frozenset({PHONE}), _BOTH),
    Way("unionpay", "page", "银联在线支付", frozenset({DESKTOP}), _BOTH),
    Way("unionpay", "app", "云闪付（银联）", frozenset({APP}), _BOTH),
    # Inside WeChat the non-tax platform needs no openid of ours.
    Way("wechat_nontax", "h5", "微信非税缴费", frozenset({WECHAT}), _TREASURY),
    # The finance department's own cashier takes what goes to the treasury.
    Way("nontax", "h5", "财政非税缴款", frozenset({PHONE, APP}), _TREASURY),
    Way("nontax", "page", "财政非税缴款", frozenset({DESKTOP}), _TREASURY),
)


def ways(client: str, fee_class: str) -> list[Way]:
    """How a bill of this class can be paid on this client."""
    return [way for way in WAYS if client in way.on and fee_class in way.classes]


def way(channel: str, product: str, fee_class: str) -> Way | None:
    """The way of that name, if the class may use it."""
    found = (w for w in WAYS if (w.channel, w.product) == (channel, product))
    return next((w for w in found if fee_class in w.classes), None)
