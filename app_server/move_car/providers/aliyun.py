"""Alibaba Cloud's dyplsapi 2017-05-25: BindAxb, UnbindSubscription, SecretReport.

Numbers go in the signed body, never in the address: addresses end up in logs.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from app_server.kernel import clock
from app_server.kernel.acs3 import authorization
from app_server.move_car.providers.privacy_number import (
    Binding,
    BindingRefused,
    CallReport,
    PlatformDown,
    PoolExhausted,
    PrivacyNumberSettings,
)

VERSION = "2017-05-25"
EXHAUSTED = "isv.NO_AVAILABLE_NUMBER"
GONE = "isv.SUBS_NOT_EXIST"
TIME = "%Y-%m-%d %H:%M:%S"


class AliyunPrivacyNumber:
    """One shared client to dyplsapi."""

    def __init__(self, account: PrivacyNumberSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def bind(self, a: str, b: str, life: timedelta, reference: str) -> Binding:
        """BindAxb."""
        answer = await self._call(
            "BindAxb",
            {
                "PoolKey": self._account.pool_key,
                "PhoneNoA": a,
                "PhoneNoB": b,
                "Expiration": clock.local(clock.now() + life).strftime(TIME),
                "OutId": reference,
            },
        )
        match answer.get("Code"):
            case "OK":
                made = answer["SecretBindDTO"]
                return Binding(str(made["SecretNo"]), str(made["SubsId"]))
            case code if code == EXHAUSTED:
                raise PoolExhausted
            case code if str(code).startswith("isv."):
                raise BindingRefused(str(code))
        raise PlatformDown(str(answer.get("Code")))

    async def unbind(self, binding: Binding) -> None:
        """UnbindSubscription."""
        answer = await self._call(
            "UnbindSubscription",
            {
                "PoolKey": self._account.pool_key,
                "SubsId": binding.bind_id,
                "SecretNo": binding.number,
            },
        )
        if answer.get("Code") not in {"OK", GONE}:
            raise PlatformDown(str(answer.get("Code")))

    def reports(self, told: Any) -> list[CallReport]:
        """SecretReport: a list of calls."""
        if not isinstance(told, list) or not all(isinstance(call, dict) for call in told):
            raise ValueError("no list of calls")
        return [self._report(call) for call in told]

    @staticmethod
    def _report(call: dict[str, Any]) -> CallReport:
        begun, ended = _time(call.get("start_time")), _time(call.get("release_time"))
        return CallReport(
            str(call.get("out_id", "")),
            str(call["call_id"]) if call.get("call_id") else "",
            begun,
            max(0, int((ended - begun).total_seconds())) if begun and ended else 0,
        )

    async def _call(self, action: str, fields: dict[str, str]) -> dict[str, Any]:
        body = urlencode(fields).encode()
        headers = {
            "host": self._client.base_url.netloc.decode(),
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        headers["Authorization"] = authorization(
            key_id=self._account.key_id,
            secret=self._account.secret,
            method="POST",
            query={},
            headers=headers,
        )
        headers["content-type"] = "application/x-www-form-urlencoded"
        try:
            reply = await self._client.post("/", content=body, headers=headers)
            answer = orjson.loads(reply.content)
        except (httpx.HTTPError, ValueError) as error:
            raise PlatformDown(type(error).__name__) from error
        return answer if isinstance(answer, dict) else {}


def _time(text: Any) -> datetime | None:
    if not text:
        return None
    return datetime.strptime(str(text), TIME).replace(tzinfo=clock.SHANGHAI)
