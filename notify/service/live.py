"""Live nudges: "there is something new", fanned out by Redis to every process and open screen.

A nudge carries nothing but its name; the screen asks the inbox itself. One subscription per
process serves all its screens. A lost nudge costs one poll, never a message.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import ClassVar
from uuid import UUID

import structlog

from app_server.kernel.cache import Lost, redis
from notify.errors import TooManyScreens

log = structlog.get_logger(__name__)

CHANNEL = "live:"
SCREENS_PER_PERSON = 5
KEEP_ALIVE_S = 20.0
# Shorter than an access token lives: whoever signs out is not told things for long.
LIFE_S = 540.0

_screens: dict[UUID, set[asyncio.Event]] = {}


class _Ending:
    now: ClassVar[bool] = False


async def tell_live(person_id: UUID) -> None:
    """Nudge the open screens of a person."""
    try:
        await redis().publish(f"{CHANNEL}{person_id}", "message")
    except Lost as error:
        log.warning("live_nudge_lost", error=str(error))


async def hear_live() -> None:
    """Pass nudges on to this process's screens; runs for the life of a web process."""
    while True:
        with contextlib.suppress(*Lost):
            async with redis().pubsub() as channel:
                await channel.psubscribe(f"{CHANNEL}*")
                while True:
                    told = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
                    if told is not None:
                        _nudge(str(told["channel"]).removeprefix(CHANNEL))
        await asyncio.sleep(1)


def _nudge(text: str) -> None:
    with contextlib.suppress(ValueError):
        for screen in _screens.get(UUID(text), ()):
            screen.set()


def end_live() -> None:
    """End every stream of this process: it is about to stop and must not wait for them."""
    _Ending.now = True
    for screens in _screens.values():
        for screen in screens:
            screen.set()


def live(person_id: UUID) -> AsyncGenerator[str, None]:
    """Names of events for one open screen: `hello` first, then `message` at every nudge.

    An empty name keeps the line alive. Ends by itself after nine minutes; raises
    `TooManyScreens` beyond five at once.
    """
    if len(_screens.get(person_id, ())) >= SCREENS_PER_PERSON:
        raise TooManyScreens
    return _listen(person_id)


async def _listen(person_id: UUID) -> AsyncGenerator[str, None]:
    mine = _screens.setdefault(person_id, set())
    screen = asyncio.Event()
    mine.add(screen)
    try:
        yield "hello"
        ends = asyncio.get_running_loop().time() + LIFE_S
        while asyncio.get_running_loop().time() < ends:
            try:
                await asyncio.wait_for(screen.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield ""
            else:
                if _Ending.now:
                    return
                screen.clear()
                yield "message"
    finally:
        mine.discard(screen)
        if not mine:
            _screens.pop(person_id, None)
