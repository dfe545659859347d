"""One signed request to another system, bounded, and never to where it must not go.

A department's address is looked up here and the connection goes to what was checked (DNS
rebinding). Departments live on the government network: which of its inner networks may be reached
the operator names (`DEPARTMENT_SYSTEMS_INNER_NETWORKS`, comma-separated CIDRs), and no other.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import httpx
from pydantic_settings import BaseSettings, SettingsConfigDict

from app_server.kernel.settings import load

MAX_REPLY = 2 * 1024 * 1024
TIMEOUT = httpx.Timeout(8, connect=2)


class WireSettings(BaseSettings):
    """Which inner networks department systems may be on."""

    model_config = SettingsConfigDict(env_prefix="DEPARTMENT_SYSTEMS_", extra="ignore", frozen=True)
    inner_networks: str = ""


class OtherDown(OSError):
    """The other system does not answer, or has a fault of its own."""


class NotThere(OtherDown):
    """The address is none that may be reached."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    body: bytes
    signature: str = ""


@lru_cache(maxsize=1)
def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False)


async def send_to_system(
    method: str, url: str, headers: Mapping[str, str], body: bytes = b""
) -> Reply:
    """Ask a department's system; raises `OtherDown`, `NotThere`."""
    place = httpx.URL(url)
    address = await checked_address(place)
    request = _client().build_request(
        method,
        place.copy_with(host=address),
        headers={**headers, "host": place.netloc.decode(), "accept-encoding": "identity"},
        content=body or None,
        extensions={"sni_hostname": place.host},
    )
    return await _answer(request)


async def send_to_platform(url: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Ask a platform that administrators registered with federation; raises `OtherDown`."""
    return await _answer(_client().build_request("POST", url, headers=dict(headers), content=body))


async def _answer(request: httpx.Request) -> Reply:
    try:
        reply = await _client().send(request, stream=True)
        try:
            body = bytearray()
            async for part in reply.aiter_raw():
                body += part
                if len(body) > MAX_REPLY:
                    raise OtherDown("too large")
        finally:
            await reply.aclose()
    except httpx.HTTPError as error:
        raise OtherDown(type(error).__name__) from error
    if reply.status_code >= 500 or reply.status_code in {408, 429} or reply.is_redirect:
        raise OtherDown(f"HTTP {reply.status_code}")
    return Reply(reply.status_code, bytes(body), reply.headers.get("x-exchange-signature", ""))


async def checked_address(url: httpx.URL) -> str:
    """The address a name stands for now; raises `NotThere` for one that may not be reached."""
    loopback = not load().production
    if url.scheme != "https" and not (url.host == "127.0.0.1" and loopback):
        raise NotThere("not https")
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, url.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotThere("no such name") from error
    addresses = [str(place[4][0]) for place in found]
    # One forbidden address among allowed ones is a trap, not a mistake.
    if not addresses or not all(_allowed(one, loopback=loopback) for one in addresses):
        raise NotThere("an inner address")
    return addresses[0]


def _allowed(address: str, *, loopback: bool) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is not None:
        known = known.ipv4_mapped
    if known.is_loopback:
        return loopback
    named = [n.strip() for n in WireSettings().inner_networks.split(",") if n.strip()]
    if any(known in ipaddress.ip_network(network) for network in named):
        return True
    return known.is_global and not known.is_multicast
