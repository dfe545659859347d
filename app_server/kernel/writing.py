"""Rows that commands collected, written by as few statements as can be.

Each group of like rows goes as one JSON array: a parameter for a group, not for every value,
and a text that does not depend on how many rows there are (measured: a third of a submit's time
was spent on parameters). Commands that only add rows and end in the same moment share one
statement; when it is refused, each is written alone and only the guilty one learns of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import Context
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import orjson

Row = Mapping[str, Any]
Group = tuple[str, tuple[str, ...], str]
Pending = tuple[Group, Row]
Execute = Callable[[str, list[str]], Awaitable[None]]

WRITERS = 3  # statements under way: one that waits for a lock does not hold up all others
MOST_TOGETHER = 32


def statement(pending: Iterable[Pending]) -> tuple[str, list[str]]:
    """The statement that writes all rows, and its parameters."""
    groups: dict[Group, list[Row]] = {}
    for group, row in pending:
        groups.setdefault(group, []).append(row)
    order = tuple(sorted(groups))
    return _text(order), [orjson.dumps(groups[group], default=_text_of).decode() for group in order]


def _text_of(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)  # asyncpg's own kind, which orjson does not know
    raise TypeError(f"{type(value).__name__} cannot be written")


@lru_cache(maxsize=512)
def _text(groups: tuple[Group, ...]) -> str:
    parts = []
    for number, (table, columns, clause) in enumerate(groups, 1):
        names = ",".join(f'"{column}"' for column in columns)
        parts.append(
            f"w{number} AS (INSERT INTO {table} ({names}) SELECT {names} "
            f"FROM json_populate_recordset(NULL::{table}, ${number}::json) {clause})"
        )
    return f"WITH {', '.join(parts)} SELECT 1"


class Together:
    """Writes what several commands collected at once; each waits for its own outcome."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._waiting: list[tuple[list[Pending], asyncio.Future[None]]] = []
        self._writers: set[asyncio.Task[None]] = set()

    async def write(self, pending: list[Pending]) -> None:
        """Write one command's rows; raises what the database says about them."""
        outcome = asyncio.get_running_loop().create_future()
        self._waiting.append((pending, outcome))
        if len(self._writers) < WRITERS:
            # A context of its own: the writer belongs to no request.
            task = asyncio.get_running_loop().create_task(self._work(), context=Context())
            self._writers.add(task)
            task.add_done_callback(self._writers.discard)
        await outcome

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            try:
                await self._execute(*statement(row for rows, _ in batch for row in rows))
            except (asyncpg.PostgresError, TypeError) as error:
                await self._one_by_one(batch, error)
            except Exception as error:  # noqa: BLE001 - every waiting command is told
                for _, outcome in batch:
                    _tell(outcome, error)
            else:
                for _, outcome in batch:
                    _tell(outcome, None)

    async def _one_by_one(
        self,
        batch: list[tuple[list[Pending], asyncio.Future[None]]],
        error: Exception,
    ) -> None:
        if len(batch) == 1:
            _tell(batch[0][1], error)
            return
        for rows, outcome in batch:
            try:
                await self._execute(*statement(rows))
            except Exception as own:  # noqa: BLE001 - told to the command it belongs to
                _tell(outcome, own)
            else:
                _tell(outcome, None)


def _tell(outcome: asyncio.Future[None], error: BaseException | None) -> None:
    if outcome.done():
        return  # its request is gone
    if error is None:
        outcome.set_result(None)
    else:
        outcome.set_exception(error)
