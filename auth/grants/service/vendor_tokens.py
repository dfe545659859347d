"""Access tokens of vendors (WeChat's stable_token): one for all processes, fetched by one of them.

Redis holds the token sealed and a short lock; whoever takes the lock fetches, the others wait for
what it brings. Without Redis each process keeps its own: WeChat's ordinary mode answers the same
token to everybody, so nothing breaks, it only costs a few calls more.
"""

import asyncio
import secrets
import time

import structlog

from app_server.kernel.cache import Lost, redis
from app_server.kernel.crypto import seal, unseal
from auth.grants.errors import ChannelUnreachable
from auth.grants.providers import ChannelDown
from auth.grants.providers.wechat import wechat

log = structlog.get_logger(__name__)

PLACE = "grants.vendor_token"
EARLY_S = 300  # WeChat renews five minutes before the end, and both tokens live then
LOCK_MS = 8_000
POLL_S = 0.05

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"
_own: tuple[str, float] | None = None
_turn = asyncio.Lock()


async def wechat_token() -> str:
    """The present access token of our WeChat app; raises `ChannelUnreachable`."""
    try:
        # One of each process asks Redis; the others of it wait here.
        async with _turn:
            return await _shared()
    except Lost as error:
        log.warning("vendor_token_without_redis", error=str(error))
        return await _private()


async def _shared() -> str:
    deadline = time.monotonic() + LOCK_MS / 1000
    while time.monotonic() < deadline:
        kept = await redis().get("vendor-token:wechat")
        if kept:
            return unseal(str(kept), PLACE)
        mine = secrets.token_hex(8)
        if await redis().set("vendor-lock:wechat", mine, nx=True, px=LOCK_MS):
            try:
                return await _fetched()
            finally:
                await redis().eval(_RELEASE, 1, "vendor-lock:wechat", mine)
        await asyncio.sleep(POLL_S)
    raise ChannelUnreachable


async def _fetched() -> str:
    # Somebody may have brought one between our look and our lock.
    kept = await redis().get("vendor-token:wechat")
    if kept:
        return unseal(str(kept), PLACE)
    token, life = await _asked()
    await redis().set("vendor-token:wechat", seal(token, PLACE), ex=max(30, life - EARLY_S))
    return token


async def _private() -> str:
    global _own  # noqa: PLW0603 - this process's own copy while Redis is away
    if _own is None or _own[1] <= time.monotonic():
        token, life = await _asked()
        _own = (token, time.monotonic() + max(30, life - EARLY_S))
    return _own[0]


async def _asked() -> tuple[str, int]:
    try:
        return await wechat().stable_token()
    except ChannelDown as error:
        raise ChannelUnreachable from error
