"""Huawei Cloud's PrivateNumber in AXB mode: bind, unbind, fee reports; AKSK header.

Facts: support.huaweicloud.com/api-PrivateNumber (privatenumber_02_0002 and following).
"""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson

from app_server.kernel import clock
from app_server.move_car.providers.privacy_number import (
    Binding,
    BindingRefused,
    CallReport,
    PlatformDown,
    PoolExhausted,
    PrivacyNumberSettings,
)

PATH = "/rest/caas/relationnumber/partners/v1.0"
REALM = 'AKSK realm="SDP",profile="UsernameToken",type="Appkey"'
EXHAUSTED = "1012010"
GONE = "1012012"
TIME = "%Y-%m-%d %H:%M:%S"


def digest(secret: str, nonce: str, created: str) -> str:
    """The PasswordDigest of an X-AKSK header."""
    mark = hmac.digest(secret.encode(), (nonce + created).encode(), hashlib.sha256)
    return base64.b64encode(mark).decode()


class HuaweiPrivacyNumber:
    """One shared client to PrivateNumber."""

    def __init__(self, account: PrivacyNumberSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def bind(self, a: str, b: str, life: timedelta, reference: str) -> Binding:
        """The AXB binding; numbers in the global form."""
        answer = await self._call(
            "POST",
            {},
            {
                "callerNum": f"+86{a}",
                "calleeNum": f"+86{b}",
                "callDirection": 0,
                "duration": int(life.total_seconds()),
                "userData": reference,
            },
        )
        code = str(answer.get("resultcode"))
        if code == "0":
            number = str(answer["relationNum"]).removeprefix("+86")
            return Binding(number, str(answer["subscriptionId"]))
        if code == EXHAUSTED:
            raise PoolExhausted
        if code.startswith("101"):
            raise BindingRefused(code)
        raise PlatformDown(code)

    async def unbind(self, binding: Binding) -> None:
        """The unbinding, by the subscription: no number in the address."""
        answer = await self._call("DELETE", {"subscriptionId": binding.bind_id}, None)
        if str(answer.get("resultcode")) not in {"0", GONE}:
            raise PlatformDown(str(answer.get("resultcode")))

    def reports(self, told: Any) -> list[CallReport]:
        """The calls of a fee report; other events (ringing, answered) tell none."""
        if not isinstance(told, dict):
            raise ValueError("no report")  # noqa: TRY004 - a body of another shape, one refusal
        if told.get("eventType") != "fee":
            return []
        calls = told.get("feeLst")
        if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
            raise ValueError("no list of calls")
        return [self._report(call) for call in calls]

    @staticmethod
    def _report(call: dict[str, Any]) -> CallReport:
        begun, ended = _time(call.get("fwdAnswerTime")), _time(call.get("callEndTime"))
        return CallReport(
            str(call.get("userData", "")),
            str(call["sessionId"]) if call.get("sessionId") else "",
            begun,
            max(0, int((ended - begun).total_seconds())) if begun and ended else 0,
        )

    async def _call(
        self, method: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> dict[str, Any]:
        nonce, created = secrets.token_hex(16), clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        headers = {
            "Authorization": REALM,
            "X-AKSK": (
                f'UsernameToken Username="{self._account.key_id}",'
                f'PasswordDigest="{digest(self._account.secret, nonce, created)}",'
                f'Nonce="{nonce}",Created="{created}"'
            ),
            "content-type": "application/json;charset=UTF-8",
        }
        content = orjson.dumps(body) if body is not None else b""
        try:
            reply = await self._client.request(
                method, PATH, params=query, content=content, headers=headers
            )
            answer = orjson.loads(reply.content)
        except (httpx.HTTPError, ValueError) as error:
            raise PlatformDown(type(error).__name__) from error
        return answer if isinstance(answer, dict) else {}


def _time(text: Any) -> datetime | None:
    # Reports bear UTC.
    return datetime.strptime(str(text), TIME).replace(tzinfo=UTC) if text else None
