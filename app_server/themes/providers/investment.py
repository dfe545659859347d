"""The provincial investment platform behind a neutral shape: signed both ways (HMAC-SM3).

What is signed: method, path, time, nonce and body. Every message carries its delivery's number, so
that one sent twice is one; its real field names are a mapping of this file.
"""

import secrets
import time
from functools import lru_cache
from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel.crypto import hmac_sm3, same
from app_server.kernel.settings import VendorSettings, load

NOTICES = "/partner/v1/callbacks/investment"
MAX_AGE_S = 300
PREFIX = "x-investment-"
# Its registration with our OpenID provider in the demo; the secret is the simulator's own.
CLIENT_ID = "sim-investment"
CLIENT_SECRET = "SIM-client-secret-of-the-investment-platform"  # noqa: S105


class InvestmentSettings(VendorSettings):
    """Our account at the platform (`INVESTMENT_…`); `notify_origin` is where it reaches us."""

    model_config = SettingsConfigDict(env_prefix="INVESTMENT_", extra="ignore", frozen=True)
    simulator = 25
    notify_origin: str = ""

    @property
    def notify_url(self) -> str:
        """Where its notices go."""
        return (self.notify_origin or load().origin("partner")) + NOTICES


class InvestmentDown(OSError):
    """The platform does not answer, or has a fault of its own."""


def _mark(secret: str, *parts: str) -> str:
    return hmac_sm3(secret.encode(), "\n".join(parts).encode()).hex()


def signed(account: InvestmentSettings, method: str, path: str, body: str) -> dict[str, str]:
    """The headers that sign a message of either side."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(12)
    return {
        f"{PREFIX}account": account.key_id,
        f"{PREFIX}time": stamp,
        f"{PREFIX}nonce": nonce,
        f"{PREFIX}mark": _mark(account.secret, method, path, stamp, nonce, body),
        "content-type": "application/json",
    }


def is_signed(account: InvestmentSettings, method: str, path: str, body: str, headers: Any) -> bool:
    """Whether a message is the other side's, and fresh."""
    stamp, nonce = headers.get(f"{PREFIX}time", ""), headers.get(f"{PREFIX}nonce", "")
    known = headers.get(f"{PREFIX}account", "") == account.key_id
    timed = stamp.isascii() and stamp.isdigit() and len(stamp) < 12
    fresh = timed and abs(int(stamp) - time.time()) <= MAX_AGE_S
    expected = _mark(account.secret, method, path, stamp, nonce, body)
    return known and fresh and same(headers.get(f"{PREFIX}mark", ""), expected)


class Investment:
    """One shared client to the platform."""

    def __init__(self, account: InvestmentSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def tell(self, delivery: str, told: dict[str, Any]) -> bool:
        """Tell what happened to a project; False when it refuses. Raises `InvestmentDown`."""
        body = {"delivery": delivery, "notify_url": self._account.notify_url, **told}
        return await self._send("POST", "/progress", orjson.dumps(body).decode(), 422)

    async def knows(self, delivery: str) -> bool:
        """Whether it took a delivery; raises `InvestmentDown`."""
        return await self._send("GET", f"/progress/{delivery}", "", 404)

    async def _send(self, method: str, path: str, body: str, no: int) -> bool:
        headers = signed(self._account, method, path, body)
        try:
            reply = await self._client.request(method, path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise InvestmentDown(type(error).__name__) from error
        if reply.status_code not in {200, 201, no}:
            raise InvestmentDown(f"HTTP {reply.status_code}")
        return reply.status_code != no


@lru_cache(maxsize=1)
def platform() -> Investment:
    """The investment platform of this instance."""
    return Investment(InvestmentSettings())
