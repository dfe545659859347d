"""A small town that pays: three channels in this process, one virtual clock, seeded dice.

Everything that goes wrong goes wrong here: on the line, in notices, at commits, with the channels'
clocks. What happened is counted, so that a run that injected nothing proves nothing.
"""

import asyncio
import heapq
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from app_server.kernel import clock, db
from payments import providers
from payments.providers.alipay import Alipay
from payments.providers.nontax import NonTaxGateway, NonTaxSettings
from payments.providers.wechatpay import WeChatPay
from payments.service import receipts
from payments.simulators.alipay_books import Seller
from payments.simulators.alipay_world import AlipayWorld
from payments.simulators.faults import CALL_FAULTS, KINDS
from payments.simulators.nontax_world import NonTaxWorld
from payments.simulators.wechatpay_books import Merchant
from payments.simulators.wechatpay_world import WeChatPayWorld
from tests.builders.channels import (
    NOON,
    TurnableClock,
    alipay_world,
    in_memory,
    turnable,
    wechat_world,
)

# What the simulators' line does, and what happens on our side of it.
OURS = (
    "crash_before_commit", "crash_after_commit", "serialization", "clock_skew", "late_success",
)  # fmt: skip
ALL_KINDS = tuple(sorted(KINDS)) + OURS
AT_ONCE = 16
OUTAGE = (timedelta(minutes=1), timedelta(minutes=80))
SKEWED = timedelta(minutes=40)
SKEW = timedelta(minutes=10)
# A process that dies at every third commit is no process: these are rarer.
RARER = {"crash_before_commit": 0.15, "crash_after_commit": 0.15, "serialization": 0.3}
_under_fire: ContextVar[bool] = ContextVar("under_fire", default=False)


class Crash(BaseException):
    """The process died here; nothing after this line ran, nobody cleaned up."""


@dataclass(frozen=True)
class Plan:
    """Which faults a wave of orders meets, and how often; an outage is a line that is dead."""

    kinds: tuple[str, ...] = ()
    chance: float = 0.3
    outage: bool = False


@dataclass(frozen=True)
class Channel:
    """One channel: its world, our gateway, and which answer to a notice it takes for yes."""

    name: str
    world: Any
    gateway: Any
    products: tuple[str, ...]
    took: Callable[[Any], bool]


@dataclass(frozen=True)
class Accounts:
    """Our accounts at the channels, with keys that are made once."""

    wechat: Merchant
    alipay: Seller
    nontax: NonTaxSettings


def accounts() -> Accounts:
    """Accounts at all three."""
    world, _ = wechat_world(TurnableClock())
    shop, _ = alipay_world(TurnableClock())
    return Accounts(world.merchants[0], shop.sellers[0], NonTaxSettings())


class Town:
    """Channels, clock and dice of one wave of orders."""

    def __init__(self, plan: Plan, seed: int, times: TurnableClock, ours: Accounts) -> None:
        self.plan, self.times, self.began = plan, times, times.at
        self.dice = random.Random(seed)
        self.skew = self.dice.choice((-1, 1)) * SKEW
        self.injected: Counter[str] = Counter()
        self.crashes = 0
        self.mended = 0
        self.refused: Counter[str] = Counter()
        self.surprises: Counter[str] = Counter()
        self.turns = asyncio.Semaphore(AT_ONCE)
        self._asleep: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._tickets = itertools.count()
        self._awake, self._settled = 0, asyncio.Event()
        self.channels = self._channels(ours)

    def _channels(self, ours: Accounts) -> dict[str, Channel]:
        now = self.their_now
        worlds: dict[str, Any] = {
            "wechat": WeChatPayWorld([ours.wechat], now),
            "alipay": AlipayWorld([ours.alipay], now, ours.alipay.account.url),
            "nontax": NonTaxWorld(ours.nontax, now),
        }
        for world in worlds.values():
            world.faults.choose = self.happens
        gateways = {
            "wechat": WeChatPay(ours.wechat.account, in_memory(worlds["wechat"])),
            "alipay": Alipay(ours.alipay.account, in_memory(worlds["alipay"])),
            "nontax": NonTaxGateway(ours.nontax, in_memory(worlds["nontax"])),
        }
        told = {
            "wechat": (("h5", "native"), lambda ack: ack.status in {200, 204}),
            "alipay": (("mini", "page"), lambda ack: ack.body == b"success"),
            "nontax": (("h5", "page"), lambda ack: ack.body == b"success"),
        }
        return {name: Channel(name, worlds[name], gateways[name], *told[name]) for name in worlds}

    # --- what goes wrong ---------------------------------------------------------

    def happens(self, kind: str) -> bool:
        """Whether this fault happens now."""
        if kind not in self.plan.kinds:
            return False
        since = self.times.at - self.began
        dead = self.plan.outage and kind in CALL_FAULTS and OUTAGE[0] <= since < OUTAGE[1]
        if dead or self.dice.random() < self.plan.chance * RARER.get(kind, 1):
            self.injected[kind] += 1
            return True
        return False

    def their_now(self) -> datetime:
        """The channels' clock; for a while it may not be ours."""
        now = self.times.at
        if "clock_skew" in self.plan.kinds and now - self.began < SKEWED:
            self.injected["clock_skew"] += 1
            return now + self.skew
        return now

    @asynccontextmanager
    async def transaction(self, begin: Callable[[str], Any], name: str) -> AsyncIterator[Any]:
        """A transaction of the kernel's, at whose end the process may die."""
        fire = _under_fire.get()
        async with begin(name) as connection:
            yield connection
            if fire and self.happens("crash_before_commit"):
                raise Crash
            if fire and self.happens("serialization"):
                raise asyncpg.SerializationError("could not serialize access")
        if fire and self.happens("crash_after_commit"):
            raise Crash

    async def under_fire(self, doing: Awaitable[Any]) -> Any:
        """Do something in which the process may die."""
        token = _under_fire.set(True)
        try:
            return await doing
        except Crash:
            self.crashes += 1
            raise
        finally:
            _under_fire.reset(token)

    # --- time --------------------------------------------------------------------

    def start(self, story: Awaitable[None]) -> "asyncio.Task[None]":
        """Have a story go its way until it sleeps."""
        self._awake += 1
        self._settled.clear()
        return asyncio.ensure_future(self._told(story))

    async def _told(self, story: Awaitable[None]) -> None:
        try:
            await story
        except Exception as error:  # noqa: BLE001 - counted, shown, and the run fails by it
            self.surprises[repr(error)[:160]] += 1
        finally:
            self._rest()

    def _rest(self) -> None:
        self._awake -= 1
        if not self._awake:
            self._settled.set()

    async def sleep(self, **by: float) -> None:
        """Let virtual time pass."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        until = self.times.at + timedelta(**by)
        heapq.heappush(self._asleep, (until, next(self._tickets), woken))
        self._rest()
        await woken

    async def settled(self) -> None:
        """Until everybody sleeps or is done."""
        if self._awake:
            await self._settled.wait()

    def wake(self) -> None:
        """Wake whose time has come."""
        while self._asleep and self._asleep[0][0] <= self.times.at:
            _, _, woken = heapq.heappop(self._asleep)
            self._awake += 1
            self._settled.clear()
            woken.set_result(None)

    def next_waking(self) -> datetime | None:
        """When the next sleeper wakes."""
        return self._asleep[0][0] if self._asleep else None


class Blank:
    """Typesetting takes a fifth of a second and is money's concern no more."""

    def __call__(self, _: Any) -> bytes:
        return b"%PDF-"


@contextmanager
def town(plan: Plan, seed: int, ours: Accounts) -> Iterator[Town]:
    """A town whose channels payments goes through, while it is open."""
    kept, begin = dict(providers.GATEWAYS), db.in_transaction
    finance, typeset = receipts.nontax, receipts.render
    with turnable(NOON) as times:
        made = Town(plan, seed, times, ours)
        doors = {name: one.gateway for name, one in made.channels.items()}
        providers.GATEWAYS.clear()
        providers.GATEWAYS.update({name: lambda _, n=name: doors[n] for name in doors})
        receipts.nontax = lambda *_: doors["nontax"]  # type: ignore[assignment]
        receipts.render = Blank()  # type: ignore[assignment]
        db.in_transaction = lambda name: made.transaction(begin, name)  # type: ignore[assignment]
        try:
            yield made
        finally:
            db.in_transaction = begin
            receipts.nontax, receipts.render = finance, typeset
            providers.GATEWAYS.clear()
            providers.GATEWAYS.update(kept)


__all__ = ["ALL_KINDS", "Accounts", "Crash", "Plan", "Town", "accounts", "clock", "town"]
