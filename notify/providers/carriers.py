"""The carriers of short messages of this instance."""

from functools import lru_cache

from app_server.kernel.settings import ConfigurationRefused, load
from notify.providers.sms import AliyunSms, SmsProvider, SmsSettings
from notify.providers.sms_cmpp import CmppSettings, CmppSms
from notify.providers.sms_tencent import TencentSms, TencentSmsSettings


@lru_cache(maxsize=1)
def carriers() -> dict[str, SmsProvider]:
    """By name; in production only those with an account."""
    found: dict[str, SmsProvider] = {}
    aliyun, tencent = SmsSettings(), TencentSmsSettings()
    if aliyun.endpoint or not load().production:
        found["aliyun"] = AliyunSms(aliyun)
    if tencent.endpoint or not load().production:
        found["tencent"] = TencentSms(tencent)
    line = CmppSettings()
    if line.address:
        if load().production and line.secret.startswith("SIM"):
            raise ConfigurationRefused(["CmppSettings: 仍在使用模拟器密钥"])
        found["cmpp"] = CmppSms(line)
    return found
