"""Connections for single statements: taken and given back without a task, a timer or a shield.

asyncpg's own pool guards against everything a caller might leave behind, which costs about 25 µs
a query. A single autocommitted statement leaves nothing behind, so lanes only keep the one rule
that matters: one statement at a time on a connection. A lane whose statement was cut off
(cancelled, timed out) is dropped, since nobody knows what it is still doing.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Lanes:
    """At most `size` connections; waiters are served in the order they came."""

    def __init__(self, size: int, connect: Connect) -> None:
        self._size, self._connect = size, connect
        self._free: list[asyncpg.Connection] = []
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
        self._open = 0

    @asynccontextmanager
    async def lane(self) -> AsyncIterator[asyncpg.Connection]:
        """One connection for one statement; raises what connecting raises."""
        connection = await self._take()
        whole = False
        try:
            yield connection
            whole = True
        except asyncpg.PostgresError:
            whole = True  # the server answered: the lane is clean
            raise
        finally:
            self._give(connection, whole=whole)

    async def _take(self) -> asyncpg.Connection:
        while True:
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    return connection
                self._open -= 1
            if self._open < self._size:
                return await self._opened()
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                given = await turn
            except asyncio.CancelledError:
                # Handed a lane and cancelled in the same moment: pass it on.
                if turn.done() and not turn.cancelled() and (left := turn.result()) is not None:
                    self._give(left, whole=True)
                raise
            if given is not None:
                return given

    async def _opened(self) -> asyncpg.Connection:
        self._open += 1
        try:
            return await self._connect()
        except BaseException:
            self._open -= 1
            self._wake(None)
            raise

    def _give(self, connection: asyncpg.Connection, *, whole: bool) -> None:
        if whole and not connection.is_closed():
            if not self._wake(connection):
                self._free.append(connection)
            return
        connection.terminate()
        self._open -= 1
        self._wake(None)

    def _wake(self, connection: asyncpg.Connection | None) -> bool:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    async def close(self) -> None:
        """Close every free lane; those in use end with their statements."""
        self._size = 0
        while self._free:
            self._open -= 1
            await self._free.pop().close(timeout=2)
