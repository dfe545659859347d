"""One HTTP client of a channel: short waits, a bound on calls at once, one deadline for a call.

Waiting for one's turn is not counted: else a busy minute reads as a channel that is down
(payments-channels.md §6.5). A channel that stays silent is left in peace for a while: whoever
asks meanwhile is told at once that nobody answers, and one call at a time looks whether it is back.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from app_server.kernel import clock

CONNECT_S, READ_S, TOTAL_S, POOL_S = 1, 3, 5, 0.5
AT_ONCE = 20
DOWNLOAD_S = 120
MAX_ANSWER = 1024 * 1024
MAX_DOWNLOAD = 256 * 1024 * 1024
# After so many silent calls in a row, one call in so long.
SILENT, REST = 20, timedelta(seconds=10)


class Unanswered(Exception):
    """The other side did not answer in time, or not in full."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read in full."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Breaker:
    """Counts silence: `refuses` until one call in a while has been answered again."""

    def __init__(self) -> None:
        self._silent = 0
        self._next = clock.now()

    def refuses(self) -> bool:
        """Whether this call is not to be made; the one that may look takes the turn."""
        if self._silent < SILENT:
            return False
        if clock.now() < self._next:
            return True
        self._next = clock.now() + REST
        return False

    def heard(self, *, answered: bool) -> None:
        """Count a call's end."""
        self._silent = 0 if answered else self._silent + 1
        if self._silent == SILENT:
            self._next = clock.now() + REST


class ChannelClient:
    """Calls to one channel over one pool; redirects are not followed, proxies not asked."""

    def __init__(self, base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S, pool=POOL_S),
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
            trust_env=False,
            transport=transport,
        )
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._breaker = Breaker()

    async def call(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes = b"",
        *,
        most: int = 0,
    ) -> Answer:
        """One call, answered in full within the deadline; raises `Unanswered`."""
        if self._breaker.refuses():
            raise Unanswered("silent for a while")
        async with self._turns:
            try:
                async with asyncio.timeout(TOTAL_S):
                    async with self._client.stream(
                        method, target, headers=dict(headers), content=body
                    ) as reply:
                        whole = await _whole(reply, most or MAX_ANSWER)
            except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
                self._breaker.heard(answered=False)
                raise Unanswered(type(error).__name__) from error
        self._breaker.heard(answered=True)
        return Answer(reply.status_code, reply.headers, whole)

    async def download(self, target: str, headers: Mapping[str, str], into: Path) -> int:
        """Stream an answer to a file; answers the status. Raises `Unanswered`."""
        received = 0
        async with self._turns:
            try:
                async with (
                    asyncio.timeout(DOWNLOAD_S),
                    self._client.stream("GET", target, headers=dict(headers)) as reply,
                ):
                    with into.open("wb") as file:
                        async for chunk in reply.aiter_raw():
                            received += len(chunk)
                            if received > MAX_DOWNLOAD:
                                raise Unanswered("too large")
                            file.write(chunk)
            except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
                raise Unanswered(type(error).__name__) from error
        return reply.status_code


async def _whole(reply: httpx.Response, most: int) -> bytes:
    """An answer in full, unless it is longer than any true one."""
    parts, received = [], 0
    async for chunk in reply.aiter_bytes():
        received += len(chunk)
        if received > most:
            raise Unanswered("too large")
        parts.append(chunk)
    return b"".join(parts)
