"""Our accounts at Alipay: one for the treasury's money, one for commercial fees."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from app_server.kernel.settings import ConfigurationRefused, VendorSettings, load
from payments.rules import FeeClass


class AlipayPaySettings(VendorSettings):
    """The account for what goes to the treasury.

    `ALIPAY_PAY_KEY_ID` is the app id, `ALIPAY_PAY_MERCHANT` the seller's id (PID); keys and
    certificates are PEM. With all three certificates the app works in certificate mode.
    """

    model_config = SettingsConfigDict(env_prefix="ALIPAY_PAY_", extra="ignore", frozen=True)
    simulator = 31
    account: ClassVar[FeeClass] = "treasury"

    key_id: str = "SIM2026000000000001"
    secret: str = ""
    merchant: str = "SIM2088000000001"
    app_private_key: str = ""
    alipay_public_key: str = ""
    app_certificate: str = ""
    alipay_certificate: str = ""
    alipay_root_certificate: str = ""

    @property
    def url(self) -> str:
        """As every vendor's; in production no simulated seller is left."""
        if load().production and self.merchant.startswith("SIM"):
            raise ConfigurationRefused([f"{type(self).__name__}: 仍在使用模拟器的商户"])
        return super().url

    @property
    def certified(self) -> bool:
        """Whether requests and answers name certificates."""
        return bool(
            self.app_certificate and self.alipay_certificate and self.alipay_root_certificate
        )


class AlipayPayBusinessSettings(AlipayPaySettings):
    """The account for commercial fees: another app and seller with keys of their own."""

    model_config = SettingsConfigDict(
        env_prefix="ALIPAY_PAY_BUSINESS_", extra="ignore", frozen=True
    )
    account: ClassVar[FeeClass] = "business"

    key_id: str = "SIM2026000000000002"
    merchant: str = "SIM2088000000002"


def simulated_name(account: AlipayPaySettings) -> str:
    """Under which name the simulator's keys for this account are kept."""
    return f"alipay-pay-{account.account}"
