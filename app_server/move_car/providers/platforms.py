"""The platform of this instance."""

from functools import lru_cache

from app_server.move_car.providers.aliyun import AliyunPrivacyNumber
from app_server.move_car.providers.huawei import HuaweiPrivacyNumber
from app_server.move_car.providers.privacy_number import PrivacyNumber, PrivacyNumberSettings


def platform_of(account: PrivacyNumberSettings) -> PrivacyNumber:
    """The client for an account's vendor."""
    return (AliyunPrivacyNumber if account.vendor == "aliyun" else HuaweiPrivacyNumber)(account)


@lru_cache(maxsize=1)
def platform() -> PrivacyNumber:
    """The one client of this process."""
    return platform_of(PrivacyNumberSettings())
