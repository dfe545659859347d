"""The port to a platform of privacy numbers (AXB): two numbers joined by a third of neither.

A call report names our request by what we gave with the binding (OutId, userData): so a report
that overtakes the answer to the binding still finds it.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from pydantic_settings import SettingsConfigDict

from app_server.kernel.crypto import hmac_sm3, same
from app_server.kernel.settings import VendorSettings
from app_server.move_car.rules import REPORT_AGE_S

REPORTS = "/partner/v1/callbacks/privacy-number"


class PrivacyNumberSettings(VendorSettings):
    """The account at the platform (`PRIVACY_NUMBER_…`); `vendor` says whose protocol it is."""

    model_config = SettingsConfigDict(env_prefix="PRIVACY_NUMBER_", extra="ignore", frozen=True)
    simulator = 35
    vendor: Literal["aliyun", "huawei"] = "aliyun"
    pool_key: str = "FC-SIM"


class PlatformDown(OSError):
    """The platform does not answer, or nobody knows whether it did what was asked."""


class PoolExhausted(Exception):
    """The platform has no free number."""


class BindingRefused(Exception):
    """The platform will not join these numbers."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The number both sides see, and its handle."""

    number: str
    bind_id: str


@dataclass(frozen=True, slots=True)
class CallReport:
    """One call that took place; no number of either side is read from a report."""

    reference: str
    call_id: str
    started_at: datetime | None
    seconds: int


class PrivacyNumber(Protocol):
    """What every platform can do."""

    async def bind(self, a: str, b: str, life: timedelta, reference: str) -> Binding:
        """Join two numbers; the same two again are the same binding.

        Raises `PoolExhausted`, `BindingRefused`, `PlatformDown`.
        """

    async def unbind(self, binding: Binding) -> None:
        """Part them; one that is gone already is well. Raises `PlatformDown`."""

    def reports(self, told: Any) -> list[CallReport]:
        """The calls in a pushed body; raises `ValueError` for another shape."""


def signed(account: PrivacyNumberSettings, body: str) -> dict[str, str]:
    """The headers with which our gateway to the vendor signs a report (HMAC-SM3).

    The vendors' own pushes bear no mark; the gateway that receives them from their addresses adds
    it, so that nobody else can say that a call took place.
    """
    stamp, nonce = str(int(time.time())), secrets.token_hex(12)
    return {
        "x-report-time": stamp,
        "x-report-nonce": nonce,
        "x-report-mark": _mark(account, stamp, nonce, body),
        "content-type": "application/json",
    }


def is_signed(account: PrivacyNumberSettings, body: str, headers: Any) -> bool:
    """Whether a report is the other side's, and fresh."""
    stamp, nonce = headers.get("x-report-time", ""), headers.get("x-report-nonce", "")
    if not (stamp.isascii() and stamp.isdigit()):
        return False
    fresh = abs(int(stamp[:12]) - time.time()) <= REPORT_AGE_S
    return fresh and same(headers.get("x-report-mark", ""), _mark(account, stamp, nonce, body))


def _mark(account: PrivacyNumberSettings, stamp: str, nonce: str, body: str) -> str:
    content = f"{REPORTS}\n{stamp}\n{nonce}\n{body}"
    return hmac_sm3(account.secret.encode(), content.encode()).hex()
