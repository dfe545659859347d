"""One PostgreSQL, reached through Tortoise: set-up, the unit of work, and plain SQL.

A command of a service is one unit of work. Nested commands join the outer one, so that
`licences.issue` inside a decision commits with the decision or not at all. Rows, audit entries
and events are collected and written together by one statement when the unit ends: that is what
makes a submit one round trip more than its reads.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import structlog
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from app_server.kernel.lanes import Lanes
from app_server.kernel.writing import Pending, Row, Together, statement

log = structlog.get_logger(__name__)


async def _leave_as_is(_: asyncpg.Connection) -> None:
    """No RESET on release: nothing here sets session state (measured 24–31 µs a query)."""


def tortoise_config(url: str, apps: Mapping[str, str], pool: int) -> dict[str, Any]:
    """Tortoise's configuration for `apps` (`{context: dotted models module}`) at `url`."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    credentials: dict[str, Any] = {
        "host": query.get("host", [parts.hostname or "localhost"])[0],
        "port": int(query.get("port", [parts.port or 5432])[0]),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "database": parts.path.lstrip("/"),
        "minsize": 1,
        "maxsize": pool,
        "reset": _leave_as_is,
        "command_timeout": 20,
        "timeout": 5,
    }
    return {
        "connections": {
            "default": {
                "engine": "tortoise.backends.asyncpg",
                "credentials": credentials,
            }
        },
        "apps": {
            name: {
                "models": [module],
                "default_connection": "default",
                "migrations": f"{module.rpartition('.')[0]}.migrations",
            }
            for name, module in apps.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


async def open_database(config: dict[str, Any]) -> None:
    """Connect this process; must run in the event loop that will serve."""
    # The global fallback lets handlers in other tasks see the connection (tortoise #2244).
    await Tortoise.init(config=config, _enable_global_fallback=True)
    lanes = config["connections"]["default"]["credentials"]["maxsize"]
    _Direct.lanes = Lanes(lanes, dedicated_connection)
    _Direct.together = Together(_execute_alone)


async def close_database() -> None:
    """Give the connections back; without it a stopping process hangs."""
    if _Direct.lanes is not None:
        await _Direct.lanes.close()
    _Direct.lanes = _Direct.together = None
    await Tortoise.close_connections()


async def answers(timeout: float = 1.0) -> bool:  # noqa: ASYNC109 - a probe has its own bound
    """Whether the database answers at all within `timeout` seconds."""
    try:
        async with asyncio.timeout(timeout):
            await value("SELECT 1")
    except Exception:  # noqa: BLE001 - any failure means the same: not ready
        return False
    return True


class UnitOfWork:
    """What one command collects until its end; see `unit_of_work`."""

    def __init__(self) -> None:
        self.pending: list[Pending] = []
        self.after: list[Callable[[], Awaitable[None] | None]] = []
        self.transaction = False

    def add(self, table: str, row: Row, *, on_conflict: str = "") -> None:
        """Collect one row for the common statement; `on_conflict` is an SQL clause."""
        self.pending.append(((table, tuple(row), on_conflict), row))

    def then(self, action: Callable[[], Awaitable[None] | None]) -> None:
        """Do something after the commit, only if it commits (wake-ups, cache hints)."""
        self.after.append(action)

    async def flush(self) -> None:
        """Write what was collected so far, in one statement."""
        pending, self.pending = self.pending, []
        if not pending:
            return
        if self.transaction or _Direct.together is None:
            sql, groups = statement(pending)
            await execute(sql, *groups)
        else:
            await _Direct.together.write(pending)

    async def finish(self) -> None:
        """Run what waits for the commit; a failure there is logged, the commit stands."""
        for action in self.after:
            try:
                result = action()
                if result is not None:
                    await result
            except Exception:  # the command is committed: tell, do not fail it
                log.exception("after_commit_failed")


_current: ContextVar[UnitOfWork | None] = ContextVar("unit_of_work", default=None)


def current() -> UnitOfWork | None:
    """The unit of work this code runs in, if any."""
    return _current.get()


def needed() -> UnitOfWork:
    """The unit of work this code must run in; raises `OutsideUnitOfWork`."""
    uow = _current.get()
    if uow is None:
        raise OutsideUnitOfWork
    return uow


class OutsideUnitOfWork(RuntimeError):
    """Something that must commit with a command was called outside one."""


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[UnitOfWork]:
    """One transaction for one command; joins the outer one where there is one."""
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    uow = UnitOfWork()
    token = _current.set(uow)
    try:
        async with in_transaction("default"):
            uow.transaction = True
            yield uow
            await uow.flush()
    finally:
        _current.reset(token)
    await uow.finish()


@asynccontextmanager
async def single_statement() -> AsyncIterator[UnitOfWork]:
    """A command that only adds rows: reads go before, one autocommitted statement at the end.

    Inside an outer unit of work it joins that one. Nothing inside may read or change rows.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    uow = UnitOfWork()
    token = _current.set(uow)
    try:
        yield uow
        await uow.flush()
    finally:
        _current.reset(token)
    await uow.finish()


@asynccontextmanager
async def savepoint() -> AsyncIterator[UnitOfWork]:
    """An inner part that may fail alone: it collects for itself and rolls back by itself."""
    outer = needed()
    uow = UnitOfWork()
    token = _current.set(uow)
    try:
        async with in_transaction("default"):
            uow.transaction = True
            yield uow
            await uow.flush()
    finally:
        _current.reset(token)
    outer.after.extend(uow.after)


async def dedicated_connection() -> asyncpg.Connection:
    """A connection outside the pool, for LISTEN or a session lock; the caller closes it."""
    pool = _client()
    return await asyncpg.connect(
        host=pool.host,
        port=pool.port,
        user=pool.user,
        password=pool.password,
        database=pool.database,
        timeout=5,
        command_timeout=20,
    )


@asynccontextmanager
async def advisory_lock(name: str) -> AsyncIterator[None]:
    """Hold a named lock for as long as the block runs, across transactions."""
    connection = await dedicated_connection()
    try:
        await connection.execute("SELECT pg_advisory_lock(hashtextextended($1, 0))", name)
        yield
    finally:
        await connection.close()


async def rows(sql: str, *args: Any) -> list[asyncpg.Record]:
    """All rows of a query, on the current transaction's connection if there is one."""
    async with _connection() as connection:
        return cast("list[asyncpg.Record]", await connection.fetch(sql, *args))


async def row(sql: str, *args: Any) -> asyncpg.Record | None:
    """The first row, or None."""
    async with _connection() as connection:
        return cast("asyncpg.Record | None", await connection.fetchrow(sql, *args))


async def value(sql: str, *args: Any) -> Any:
    """The first column of the first row, or None."""
    async with _connection() as connection:
        return await connection.fetchval(sql, *args)


async def execute(sql: str, *args: Any) -> int:
    """Run a statement; answers how many rows it touched."""
    async with _connection() as connection:
        status = cast("str", await connection.execute(sql, *args))
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


async def lock(name: str) -> None:
    """Hold a named lock until the transaction ends (serialises rare, unkeyed work)."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", name)


class _Direct:
    """The lanes of this process, for statements outside a unit of work."""

    lanes: ClassVar[Lanes | None] = None
    together: ClassVar[Together | None] = None


async def _execute_alone(sql: str, groups: list[str]) -> None:
    await execute(sql, *groups)


def _connection() -> Any:
    uow = _current.get()
    if _Direct.lanes is not None and (uow is None or not uow.transaction):
        return _Direct.lanes.lane()
    return _client().acquire_connection()


def _client() -> Any:
    return get_connection("default")
