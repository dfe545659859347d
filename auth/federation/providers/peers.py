"""Other platforms over the partner surface: one signed message there, one signed answer back."""

from functools import lru_cache

import httpx

MESSAGES = "/partner/v1/federation/messages"
MEDIA = "application/jose"
TIMEOUT = httpx.Timeout(6, connect=1.5)


class PeerDown(OSError):
    """The platform does not answer, or has a fault of its own."""


class PeerRefused(Exception):
    """The platform answered no: the status, and the code of the problem it told."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


@lru_cache(maxsize=1)
def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, follow_redirects=False)


async def tell(base: str, message: str, path: str = MESSAGES) -> str:
    """Hand a message over; the signed answer. Raises `PeerDown`, `PeerRefused`."""
    try:
        reply = await _client().post(
            f"{base}{path}", content=message, headers={"content-type": MEDIA}
        )
    except httpx.HTTPError as error:
        raise PeerDown(type(error).__name__) from error
    if reply.status_code >= 500 or reply.status_code == 429:
        raise PeerDown(f"HTTP {reply.status_code}")
    if reply.status_code != 200:
        raise PeerRefused(reply.status_code, _code(reply))
    return reply.text


def _code(reply: httpx.Response) -> str:
    try:
        told = reply.json()
    except ValueError:
        return ""
    return str(told.get("code", "")) if isinstance(told, dict) else ""


async def answers(base: str) -> bool:
    """Whether a platform is there at all, asked before somebody is sent to it."""
    try:
        reply = await _client().get(f"{base}/readyz", timeout=1.5)
    except httpx.HTTPError:
        return False
    return reply.status_code == 200
