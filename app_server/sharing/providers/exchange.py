"""The province's data exchange (数据共享交换平台) over HTTP with a signed envelope.

Each request carries the caller, a time stamp, a nonce and HMAC-SM3 over all of it and the body;
the answer is signed the same way, and an answer whose signature fails is no answer. The real
exchange's field names are a mapping of this file; the shape is the neutral one.
"""

import secrets
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
import orjson
from pydantic_settings import SettingsConfigDict

from app_server.kernel.crypto import hmac_sm3, same
from app_server.kernel.settings import VendorSettings
from app_server.sharing.providers.breaker import Breaker


class ExchangeSettings(VendorSettings):
    """The account at the exchange (`EXCHANGE_ENDPOINT`, `EXCHANGE_KEY_ID`, `EXCHANGE_SECRET`)."""

    model_config = SettingsConfigDict(env_prefix="EXCHANGE_", extra="ignore", frozen=True)
    simulator = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """A registry's answer with the exchange's signature over it."""

    data: dict[str, Any]
    nonce: str
    mark: str


class ExchangeDown(OSError):
    """The exchange does not answer, refuses us, or its answer is not signed."""


def mark(secret: str, *parts: str) -> str:
    """The signature over the parts of a request or answer (hex)."""
    return hmac_sm3(secret.encode(), "\n".join(parts).encode()).hex()


class Exchange:
    """One shared client to the exchange."""

    def __init__(self, account: ExchangeSettings) -> None:
        self._account = account
        self._client = httpx.AsyncClient(
            base_url=account.url,
            timeout=httpx.Timeout(5, connect=1, pool=1),
            limits=httpx.Limits(max_connections=20),
            trust_env=False,
        )
        # Registries fall ill one by one behind the same exchange.
        self._breakers: defaultdict[str, Breaker] = defaultdict(Breaker)

    async def ask(self, service: str, subject: dict[str, str], purpose: str) -> dict[str, Any]:
        """The registry's answer alone; raises as `call`."""
        return (await self.call(service, subject, purpose)).data

    async def call(self, service: str, subject: dict[str, str], purpose: str) -> Answer:
        """The registry's answer; raises `ExchangeDown`, at once while its circuit is open."""
        breaker = self._breakers[service]
        if not breaker.admits():
            raise ExchangeDown(f"{service}: circuit open")
        body = orjson.dumps({"subject": subject, "purpose": purpose})
        stamp, nonce = str(int(time.time())), secrets.token_hex(12)
        headers = {
            "x-exchange-caller": self._account.key_id,
            "x-exchange-time": stamp,
            "x-exchange-nonce": nonce,
            "x-exchange-mark": mark(self._account.secret, service, stamp, nonce, body.decode()),
            "content-type": "application/json",
        }
        try:
            reply = await self._client.post(f"/services/{service}", content=body, headers=headers)
        except httpx.ConnectError as error:
            # Refused at once: nobody waited, so the circuit need not spare anybody.
            raise ExchangeDown(service) from error
        except httpx.HTTPError as error:
            breaker.failed()
            raise ExchangeDown(service) from error
        if reply.status_code >= 500:
            breaker.failed()
        else:
            breaker.answered()
        expected = mark(self._account.secret, service, nonce, reply.text)
        if reply.status_code != 200 or not same(reply.headers.get("x-exchange-mark", ""), expected):
            raise ExchangeDown(f"{service}: {reply.status_code}")
        return Answer(orjson.loads(reply.content), nonce, expected)


@lru_cache(maxsize=1)
def exchange() -> Exchange:
    """The exchange of this instance."""
    return Exchange(ExchangeSettings())
