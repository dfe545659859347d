"""Our accounts at WeChat Pay: one merchant for the treasury's money, one for commercial fees."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from app_server.kernel.settings import ConfigurationRefused, VendorSettings, load
from payments.rules import FeeClass


class WeChatPaySettings(VendorSettings):
    """The merchant for what goes to the treasury.

    `WECHATPAY_KEY_ID` is the serial number of the merchant's API certificate, `WECHATPAY_SECRET`
    the APIv3 key; keys are PEM. Without a public key id, platform certificates are fetched.
    """

    model_config = SettingsConfigDict(env_prefix="WECHATPAY_", extra="ignore", frozen=True)
    simulator = 30
    account: ClassVar[FeeClass] = "treasury"

    secret: str = "SIM-APIV3-KEY-0123456789abcdefgh"  # noqa: S105 - the simulator's own, 32 bytes
    merchant: str = "SIM1900000001"
    app_id: str = "SIM-OFFICIAL"
    mini_app_id: str = "SIM-KEY"
    open_app_id: str = "SIM-APP"
    private_key: str = ""
    public_key_id: str = "PUB_KEY_ID_SIM0001"
    platform_public_key: str = ""
    certificates: bool = False

    @property
    def url(self) -> str:
        """As every vendor's; in production no name of a simulated merchant or app is left."""
        names = (self.merchant, self.app_id, self.mini_app_id, self.open_app_id)
        simulated = any(name.startswith("SIM") for name in names) or "SIM" in self.public_key_id
        if load().production and simulated:
            raise ConfigurationRefused([f"{type(self).__name__}: 仍在使用模拟器的商户或应用"])
        return super().url


class WeChatPayBusinessSettings(WeChatPaySettings):
    """The merchant for commercial fees: another mchid with keys of its own."""

    model_config = SettingsConfigDict(env_prefix="WECHATPAY_BUSINESS_", extra="ignore", frozen=True)
    account: ClassVar[FeeClass] = "business"

    merchant: str = "SIM1900000002"
    public_key_id: str = "PUB_KEY_ID_SIM0002"


def simulated_name(account: WeChatPaySettings) -> str:
    """Under which name the simulator's keys for this account are kept."""
    return f"wechatpay-{account.account}"
