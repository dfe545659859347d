"""One request to a city's back end, from inside our network: only where review said, and bounded.

The address is looked up here and the connection goes to what was checked, so that a name cannot
mean another place a moment later (DNS rebinding). No redirects, no private addresses, no reply
larger or later than anybody waits for.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from app_server.kernel.settings import load

MAX_REPLY = 1024 * 1024
SECONDS = 10.0
AT_ONCE = 16


class BackEndFailed(OSError):
    """The back end gave no answer we may pass on."""


class BackEndLate(BackEndFailed):
    """The back end took too long."""


class BackEndBusy(BackEndFailed):
    """Too many requests to this back end are under way."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came back."""

    status: int
    content_type: str
    body: bytes


class BackEnds(Protocol):
    """Whoever takes requests to back ends."""

    async def send(self, request: Outgoing) -> Incoming:
        """The back end's answer; raises `BackEndFailed`."""


class DirectBackEnds:
    """Back ends reached over the network, with one shared pool of connections."""

    def __init__(self, trusted: ssl.SSLContext | None = None) -> None:
        self._client = httpx.AsyncClient(
            verify=trusted or True,
            timeout=httpx.Timeout(SECONDS, connect=3, pool=1),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            follow_redirects=False,
            trust_env=False,
        )
        self._turns: defaultdict[str, int] = defaultdict(int)

    async def send(self, request: Outgoing) -> Incoming:
        """The back end's answer; raises `BackEndFailed`."""
        place = urlsplit(request.url).netloc
        if self._turns[place] >= AT_ONCE:
            raise BackEndBusy(place)
        self._turns[place] += 1
        try:
            async with asyncio.timeout(SECONDS):
                return await self._sent(request)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise BackEndLate(place) from error
        except httpx.HTTPError as error:
            raise BackEndFailed(place) from error
        finally:
            self._turns[place] -= 1
            if not self._turns[place]:
                del self._turns[place]

    async def _sent(self, request: Outgoing) -> Incoming:
        url = httpx.URL(request.url)
        address = await checked_address(url)
        outgoing = self._client.build_request(
            request.method,
            url.copy_with(host=address),
            headers={**request.headers, "host": url.netloc.decode(), "accept-encoding": "identity"},
            content=request.body or None,
            extensions={"sni_hostname": url.host},
        )
        reply = await self._client.send(outgoing, stream=True)
        try:
            if reply.is_redirect:
                raise BackEndFailed("a redirect")
            body = bytearray()
            async for part in reply.aiter_raw():
                body += part
                if len(body) > MAX_REPLY:
                    raise BackEndFailed("too large")
        finally:
            await reply.aclose()
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Incoming(reply.status_code, kind, bytes(body))


async def checked_address(url: httpx.URL) -> str:
    """The address a back end's name stands for now; raises `BackEndFailed` for an inner one."""
    inner_allowed = not load().production
    if url.scheme != "https" and not (url.host == "127.0.0.1" and inner_allowed):
        raise BackEndFailed("not https")
    port = url.port or 443
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BackEndFailed("no such name") from error
    addresses = [str(place[4][0]) for place in found]
    # One inner address among outer ones is a trap, not a mistake.
    if not addresses or not all(_outer(one, loopback=inner_allowed) for one in addresses):
        raise BackEndFailed("an inner address")
    return addresses[0]


def _outer(address: str, *, loopback: bool) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if known.is_loopback:
        return loopback
    return known.is_global and not known.is_multicast


@lru_cache(maxsize=1)
def back_ends() -> BackEnds:
    """The one of this process."""
    return DirectBackEnds()
