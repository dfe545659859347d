"""SMS by Tencent Cloud (SendSms, PullSmsSendStatusByPhoneNumber; API 2021-01-11)."""

from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.settings import VendorSettings
from notify.providers import NotSent
from notify.providers.sms import UNREACHED
from notify.providers.tc3 import TYPE, authorization

_REFUSALS = (
    "InvalidParameterValue.IncorrectPhoneNumber",
    "FailedOperation.PhoneNumberInBlacklist",
    "LimitExceeded.PhoneNumberDailyLimit",
    "LimitExceeded.PhoneNumberOneHourLimit",
    "LimitExceeded.PhoneNumberThirtySecondLimit",
    "FailedOperation.ContainSensitiveWord",
)
_UNSURE = ("InternalError",)
DAY_S = 86_400


class TencentSmsSettings(VendorSettings):
    """The account at the carrier (`SMS_TENCENT_KEY_ID` is its SecretId)."""

    model_config = SettingsConfigDict(env_prefix="SMS_TENCENT_", extra="ignore", frozen=True)
    simulator = 1

    app_id: str = "1400000000"
    sign_name: str = "万事"
    template_id: str = "100000"
    # The secret part of the address that receipts are pushed to; empty takes none.
    receipt_key: str = "SIM-RECEIPTS"


class TencentSms:
    """sms.tencentcloudapi.com over one shared client."""

    def __init__(self, account: TencentSmsSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def send(self, out_id: str, phone: str, body: str) -> Outcome | NotSent:
        """SendSms; our id travels as SessionContext."""
        try:
            answer = await self._call(
                "SendSms",
                {
                    "PhoneNumberSet": [f"+86{phone}"],
                    "SmsSdkAppId": self._account.app_id,
                    "SignName": self._account.sign_name,
                    "TemplateId": self._account.template_id,
                    "TemplateParamSet": [body],
                    "SessionContext": out_id,
                },
            )
        except UNREACHED:
            return NotSent("unreachable")
        except (httpx.HTTPError, ValueError):
            return Unknown("no answer")
        statuses = answer.get("SendStatusSet") or [{}]
        code = str(statuses[0].get("Code") or answer.get("Error", {}).get("Code", ""))
        if code == "Ok":
            return Ok(str(statuses[0].get("SerialNo", "")))
        if code in _REFUSALS:
            return Rejected(code)
        return Unknown(code) if not code or code.startswith(_UNSURE) else NotSent(code)

    async def query(self, out_id: str, phone: str) -> Outcome:
        """Receipts of the phone within a day, looked through for our id.

        Only receipts are told there: one that is missing proves nothing.
        """
        now = int(clock.now().timestamp())
        try:
            answer = await self._call(
                "PullSmsSendStatusByPhoneNumber",
                {
                    "BeginTime": now - DAY_S,
                    "EndTime": now + 60,
                    "Offset": 0,
                    "Limit": 100,
                    "PhoneNumber": f"+86{phone}",
                    "SmsSdkAppId": self._account.app_id,
                },
            )
        except (httpx.HTTPError, ValueError):
            return Unknown("no answer")
        found = answer.get("PullSmsSendStatusSet") or []
        if any(status.get("SessionContext") == out_id for status in found):
            return Ok(out_id)
        return Unknown("no receipt")

    async def _call(self, action: str, asked: dict[str, Any]) -> dict[str, Any]:
        body, now = orjson.dumps(asked), int(clock.now().timestamp())
        host = self._client.base_url.netloc.decode()
        headers = {
            "content-type": TYPE,
            "host": host,
            "x-tc-action": action,
            "x-tc-timestamp": str(now),
            "x-tc-version": "2021-01-11",
            "x-tc-region": "ap-guangzhou",
            "authorization": authorization(
                key_id=self._account.key_id,
                secret=self._account.secret,
                host=host,
                action=action,
                body=body,
                timestamp=now,
            ),
        }
        reply = await self._client.post("/", content=body, headers=headers)
        answer = orjson.loads(reply.content)
        told = answer.get("Response") if isinstance(answer, dict) else None
        return told if isinstance(told, dict) else {}
