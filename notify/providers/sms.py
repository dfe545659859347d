"""SMS by Alibaba Cloud's dysmsapi (SendSms, QuerySendDetails), behind one Protocol.

The words go as the only parameter of a general template, so that our templates stay in one
place. `OutId` is our delivery id: it is what we ask for when an answer was lost.
"""

import hashlib
import secrets
from typing import Any, Protocol

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel import clock
from app_server.kernel.acs3 import authorization
from app_server.kernel.events import Ok, Outcome, Rejected, Unknown
from app_server.kernel.settings import VendorSettings
from notify.providers import NotSent

_EMPTY = hashlib.sha256(b"").hexdigest()
# Answers that say: nothing was sent, and trying the same again will not help.
_REFUSALS = (
    "isv.MOBILE_NUMBER_ILLEGAL",
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.BLACK_KEY_CONTROL_LIMIT",
)
# The carrier's own faults: it may have sent all the same.
_UNSURE = ("isp.SYSTEM_ERROR", "isp.UNKNOWN_ERR", "ServiceUnavailable", "InternalError")
UNREACHED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class SmsSettings(VendorSettings):
    """The account at the carrier (`SMS_ENDPOINT`, `SMS_KEY_ID`, `SMS_SECRET` …)."""

    model_config = SettingsConfigDict(env_prefix="SMS_", extra="ignore", frozen=True)
    simulator = 1

    sign_name: str = "万事"
    template_code: str = "SMS_SIM_TEXT"
    # The secret part of the address that receipts (SmsReport) are pushed to; empty takes none.
    receipt_key: str = "SIM-RECEIPTS"


class SmsProvider(Protocol):
    """What a carrier of short messages can do."""

    async def send(self, out_id: str, phone: str, body: str) -> Outcome | NotSent:
        """Send once; `Unknown` when nobody knows, `NotSent` when surely nothing left."""

    async def query(self, out_id: str, phone: str) -> Outcome:
        """Whether a message with this id was accepted; `Rejected` when it never arrived."""


class AliyunSms:
    """dysmsapi 2017-05-25 over one shared client."""

    def __init__(self, account: SmsSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def send(self, out_id: str, phone: str, body: str) -> Outcome | NotSent:
        """SendSms."""
        try:
            answer = await self._call(
                "SendSms",
                {
                    "PhoneNumbers": phone,
                    "SignName": self._account.sign_name,
                    "TemplateCode": self._account.template_code,
                    "TemplateParam": orjson.dumps({"text": body}).decode(),
                    "OutId": out_id,
                },
            )
        except UNREACHED:
            return NotSent("unreachable")
        except (httpx.HTTPError, ValueError):
            return Unknown("no answer")
        code = str(answer.get("Code", ""))
        if code == "OK":
            return Ok(str(answer.get("BizId", "")))
        if code in _REFUSALS:
            return Rejected(code)
        return Unknown(code) if not code or code in _UNSURE else NotSent(code)

    async def query(self, out_id: str, phone: str) -> Outcome:
        """QuerySendDetails of today, looked through for our id."""
        try:
            answer = await self._call(
                "QuerySendDetails",
                {
                    "PhoneNumber": phone,
                    "SendDate": clock.local(clock.now()).strftime("%Y%m%d"),
                    "PageSize": "50",
                    "CurrentPage": "1",
                },
            )
        except (httpx.HTTPError, ValueError):
            return Unknown("no answer")
        if answer.get("Code") != "OK":
            return Unknown("no answer")
        details = answer.get("SmsSendDetailDTOs", {}).get("SmsSendDetailDTO", [])
        if any(detail.get("OutId") == out_id for detail in details):
            return Ok(out_id)
        return Rejected("not found")

    async def _call(self, action: str, query: dict[str, str]) -> dict[str, Any]:
        headers = {
            "host": self._client.base_url.netloc.decode(),
            "x-acs-action": action,
            "x-acs-version": "2017-05-25",
            "x-acs-date": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": _EMPTY,
        }
        headers["Authorization"] = authorization(
            key_id=self._account.key_id,
            secret=self._account.secret,
            method="POST",
            query=query,
            headers=headers,
        )
        reply = await self._client.post("/", params=query, headers=headers)
        answer = orjson.loads(reply.content)
        return answer if isinstance(answer, dict) else {}
