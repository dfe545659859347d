"""Where a data service is asked: a registry behind the exchange, or a department's own address.

A department's address takes `POST {"subject", "purpose"}` and answers one JSON object. The
request is signed: `x-sharing-signature` is ES256 (hex, DER) over service, time, nonce and the
SHA-256 of the body, each on a line; our public keys stand at `/partner/v1/sharing/keys`.
"""

import secrets
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import httpx
import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from app_server.kernel.crypto import sha256_hex
from app_server.kernel.signing_keys import signing_keys
from app_server.sharing.providers.breaker import Breaker
from app_server.sharing.providers.exchange import Answer, ExchangeDown, exchange

LARGEST = 1024 * 1024
PROBE = "接口健康检查"
PROBE_SECONDS = 3.0


class InterfaceDown(ExchangeDown):
    """The department's address does not answer as agreed."""


class Interface(Protocol):
    """One way to ask a data service; both methods raise `ExchangeDown`."""

    async def ask(self, subject: dict[str, str], purpose: str) -> Answer:
        """The provider's answer."""

    async def probe(self) -> None:
        """Nothing when the interface answers."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry behind the exchange; `sample` is the provider's test subject."""

    target: str
    sample: dict[str, str]

    async def ask(self, subject: dict[str, str], purpose: str) -> Answer:
        """The registry's answer, signed by the exchange."""
        return await exchange().call(self.target, subject, purpose)

    async def probe(self) -> None:
        """Ask about the test subject."""
        await exchange().call(self.target, self.sample, PROBE)


@dataclass(frozen=True, slots=True)
class Address:
    """A department's own address and the one that tells its health."""

    code: str
    url: str
    health_url: str
    timeout_s: float

    async def ask(self, subject: dict[str, str], purpose: str) -> Answer:
        """The department's answer."""
        breaker = _breakers()[self.url]
        if not breaker.admits():
            raise InterfaceDown(f"{self.code}: circuit open")
        body = orjson.dumps({"subject": subject, "purpose": purpose})
        nonce = secrets.token_hex(12)
        headers = _signed(self.code, nonce, body)
        try:
            content = await _fetched("POST", self.url, headers, body, self.timeout_s)
            data = orjson.loads(content)
        except (httpx.HTTPError, orjson.JSONDecodeError, InterfaceDown) as error:
            breaker.failed()
            raise InterfaceDown(f"{self.code}: {error!r}") from error
        breaker.answered()
        if not isinstance(data, dict):
            raise InterfaceDown(f"{self.code}: not an object")
        return Answer(data, nonce, "")

    async def probe(self) -> None:
        """The health address answers 200."""
        try:
            await _fetched("GET", self.health_url, {}, b"", PROBE_SECONDS)
        except httpx.HTTPError as error:
            raise InterfaceDown(f"{self.code}: {error!r}") from error


async def _fetched(
    method: str, url: str, headers: dict[str, str], body: bytes, timeout_s: float
) -> bytes:
    """The body of a 200 of bounded size; raises `httpx.HTTPError`, `InterfaceDown`."""
    timing = httpx.Timeout(timeout_s, connect=min(1.0, timeout_s))
    async with _client().stream(
        method, url, headers=headers, content=body, timeout=timing
    ) as reply:
        if reply.status_code != httpx.codes.OK:
            raise InterfaceDown(str(reply.status_code))
        content = b""
        async for chunk in reply.aiter_bytes():
            content += chunk
            if len(content) > LARGEST:
                raise InterfaceDown("answer too large")
    return content


def _signed(code: str, nonce: str, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    told = "\n".join((code, stamp, nonce, sha256_hex(body))).encode()
    seal = signing_keys("sharing")[0].sign(told, ec.ECDSA(hashes.SHA256())).hex()
    return {
        "content-type": "application/json",
        "x-sharing-service": code,
        "x-sharing-time": stamp,
        "x-sharing-nonce": nonce,
        "x-sharing-signature": seal,
    }


@lru_cache(maxsize=1)
def _client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=50)
    return httpx.AsyncClient(limits=limits, trust_env=False, follow_redirects=False)


@lru_cache(maxsize=1)
def _breakers() -> defaultdict[str, Breaker]:
    return defaultdict(Breaker)


def interface_of(told: Any) -> Interface:
    """The interface of a data service that is not composed."""
    if told.kind == "registry":
        return Registry(told.target, orjson.loads(told.sample or "{}"))
    return Address(told.code, told.target, told.health_target, told.timeout_ms / 1000)
