"""Live nudges: a word for whoever watches a thing, fanned out by Redis to every open screen.

A nudge carries nothing but its word; the screen then asks the API itself. One subscription per
process serves all its screens. A lost nudge costs one poll, never what it was about.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import ClassVar

import structlog

from app_server.kernel.cache import Lost, redis

log = structlog.get_logger(__name__)

CHANNEL = "live:"
KEEP_ALIVE_S = 20.0
# Shorter than an access token lives: whoever signs out is not told things for long.
LIFE_S = 540.0


class _Screen:
    """One open stream: the words it was not told yet, each once."""

    def __init__(self) -> None:
        self.words: dict[str, None] = {}
        self.woken = asyncio.Event()

    def tell(self, word: str) -> None:
        self.words[word] = None
        self.woken.set()

    def take(self) -> list[str]:
        words = list(self.words)
        self.words.clear()
        self.woken.clear()
        return words


_screens: dict[str, set[_Screen]] = {}


class _Ending:
    now: ClassVar[bool] = False


async def tell(thing: str, word: str) -> None:
    """Nudge every open screen that watches a thing (`person:<id>`, `miniapp:<appid>`)."""
    try:
        await redis().publish(f"{CHANNEL}{thing}", word)
    except Lost as error:
        log.warning("live_nudge_lost", error=str(error))


async def hear() -> None:
    """Pass nudges on to this process's screens; runs for the life of a web process."""
    while True:
        with contextlib.suppress(*Lost):
            async with redis().pubsub() as channel:
                await channel.psubscribe(f"{CHANNEL}*")
                while True:
                    told = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
                    if told is not None:
                        _nudge(str(told["channel"]).removeprefix(CHANNEL), str(told["data"]))
        await asyncio.sleep(1)


def _nudge(thing: str, word: str) -> None:
    for screen in _screens.get(thing, ()):
        screen.tell(word)


def end() -> None:
    """End every stream of this process: it is about to stop and must not wait for them."""
    _Ending.now = True
    for screens in _screens.values():
        for screen in screens:
            screen.woken.set()


def watching(thing: str) -> int:
    """How many screens of this process watch a thing."""
    return len(_screens.get(thing, ()))


async def listen(thing: str) -> AsyncGenerator[str, None]:
    """Words for one open screen: `hello` first, then each nudge's; ends after nine minutes.

    An empty word keeps the line alive.
    """
    mine, screen = _screens.setdefault(thing, set()), _Screen()
    mine.add(screen)
    try:
        yield "hello"
        ends = asyncio.get_running_loop().time() + LIFE_S
        while asyncio.get_running_loop().time() < ends:
            try:
                await asyncio.wait_for(screen.woken.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield ""
            else:
                if _Ending.now:
                    return
                for word in screen.take():
                    yield word
    finally:
        mine.discard(screen)
        if not mine:
            _screens.pop(thing, None)
