"""The certifiers there are, by the name a row of `data/means.json` gives."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from auth.identity.providers.alipay_certify import alipay_certify
from auth.identity.providers.certifier import Certifier
from auth.identity.providers.public_accounts import HOUSING_FUND, SOCIAL_SECURITY_CARD
from auth.identity.providers.unionpay import unionpay
from auth.identity.providers.wechat_verify import wechat_verify

CERTIFIERS: Mapping[str, Callable[[], Certifier]] = MappingProxyType(
    {
        "alipay_certify": alipay_certify,
        "wechat_verify": wechat_verify,
        "unionpay": unionpay,
        "housing_fund": lambda: HOUSING_FUND,
        "social_security_card": lambda: SOCIAL_SECURITY_CARD,
    }
)
