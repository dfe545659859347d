"""A courier behind the neutral shape: orders by our reference, notices signed both ways.

HMAC-SM3 over path, time, nonce and body. The reference is the parcel's id, so that an order that
was sent twice is one order. A real courier's field names are a mapping of this file.
"""

import secrets
import time
from functools import lru_cache
from typing import Any, Protocol

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel.crypto import hmac_sm3, same
from app_server.kernel.settings import VendorSettings, load
from app_server.logistics.rules import NOTICE_AGE_S

NOTICES = "/partner/v1/callbacks/courier"


class CourierSettings(VendorSettings):
    """The account at the courier (`COURIER_…`); `notify_origin` is where it reaches us."""

    model_config = SettingsConfigDict(env_prefix="COURIER_", extra="ignore", frozen=True)
    simulator = 23
    notify_origin: str = ""

    @property
    def notify_url(self) -> str:
        """Where notices go."""
        return (self.notify_origin or load().origin("partner")) + NOTICES


class CourierDown(OSError):
    """The courier does not answer, or not in its own name."""


class Courier(Protocol):
    """What every courier can do."""

    async def order(self, reference: str, parcel: dict[str, Any]) -> str | None:
        """The waybill of a new order; None when it is refused. Raises `CourierDown`."""

    async def known(self, reference: str) -> str | None:
        """The waybill of an earlier order, if there is one. Raises `CourierDown`."""


def mark(secret: str, *parts: str) -> str:
    """The signature over the parts of a message (hex)."""
    return hmac_sm3(secret.encode(), "\n".join(parts).encode()).hex()


def signed(account: CourierSettings, path: str, body: str) -> dict[str, str]:
    """The headers that sign a message."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(12)
    return {
        "x-courier-account": account.key_id,
        "x-courier-time": stamp,
        "x-courier-nonce": nonce,
        "x-courier-mark": mark(account.secret, path, stamp, nonce, body),
        "content-type": "application/json",
    }


def is_signed(account: CourierSettings, path: str, body: str, headers: Any) -> bool:
    """Whether a message is the other side's, and fresh."""
    stamp, nonce = headers.get("x-courier-time", ""), headers.get("x-courier-nonce", "")
    fresh = stamp.isdigit() and abs(int(stamp) - time.time()) <= NOTICE_AGE_S
    expected = mark(account.secret, path, stamp, nonce, body)
    return fresh and same(headers.get("x-courier-mark", ""), expected)


class HttpCourier:
    """One shared client to the courier."""

    def __init__(self, account: CourierSettings) -> None:
        self.account = account
        self._client = httpx.AsyncClient(
            base_url=account.url, timeout=httpx.Timeout(5, connect=1), trust_env=False
        )

    async def order(self, reference: str, parcel: dict[str, Any]) -> str | None:
        """Order a pick-up."""
        body = {"reference": reference, "notify_url": self.account.notify_url, **parcel}
        return await self._send("POST", "/orders", orjson.dumps(body).decode(), 422)

    async def known(self, reference: str) -> str | None:
        """Ask for an order."""
        return await self._send("GET", f"/orders/{reference}", "", 404)

    async def _send(self, method: str, path: str, body: str, absent: int) -> str | None:
        headers = signed(self.account, path, body)
        try:
            reply = await self._client.request(method, path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise CourierDown(type(error).__name__) from error
        if reply.status_code == absent:
            return None
        if reply.status_code not in {200, 201}:
            raise CourierDown(str(reply.status_code))
        return str(orjson.loads(reply.content)["waybill"])


@lru_cache(maxsize=1)
def courier() -> Courier:
    """The courier of this instance."""
    return HttpCourier(CourierSettings())
