"""Our service at WeChat's non-tax platform, and what its gateway borrows of the house."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic_settings import SettingsConfigDict

from app_server.kernel.settings import ConfigurationRefused, VendorSettings, load
from payments.rules import BillItem


class WeChatNonTaxSettings(VendorSettings):
    """The service at WeChat's non-tax platform (`WECHAT_NONTAX_KEY_ID` is its app id)."""

    model_config = SettingsConfigDict(env_prefix="WECHAT_NONTAX_", extra="ignore", frozen=True)
    simulator = 33

    merchant: str = "SIM1480000001"

    @property
    def url(self) -> str:
        """As every vendor's; in production no simulated merchant is left."""
        if load().production and self.merchant.startswith("SIM"):
            raise ConfigurationRefused([f"{type(self).__name__}: 仍在使用模拟器的商户"])
        return super().url


@dataclass(frozen=True, slots=True)
class Behind:
    """The bill behind an attempt."""

    agency_code: str
    agency_name: str
    region: str
    items: Sequence[BillItem]
    is_fine: bool
    created_at: datetime


Locate = Callable[[str], Awaitable[Behind | None]]
Token = Callable[[], Awaitable[str]]


class Lent:
    """What was lent; nothing before the service is imported."""

    locate: Locate | None = None
    token: Token | None = None


def lend(locate: Locate, token: Token) -> None:
    """Lend what the gateway needs of the house: the bill of an attempt, and WeChat's token."""
    Lent.locate, Lent.token = staticmethod(locate), staticmethod(token)
