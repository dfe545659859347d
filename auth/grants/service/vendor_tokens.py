"""Access tokens of vendors (WeChat's stable_token): one for all processes, fetched by one of them.

Redis holds the token sealed and a short lock; whoever takes the lock fetches, the others wait for
what it brings. Without Redis each process keeps its own: WeChat's ordinary mode answers the same
token to everybody, so nothing breaks, it only costs a few calls more.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

import structlog

from app_server.kernel.cache import Lost, redis
from app_server.kernel.crypto import seal, unseal
from app_server.kernel.settings import VendorSettings
from auth.grants.errors import ChannelUnreachable
from auth.grants.providers import ChannelDown
from auth.grants.providers.wechat import stable_token, wechat

log = structlog.get_logger(__name__)

PLACE = "grants.vendor_token"
EARLY_S = 300  # WeChat renews five minutes before the end, and both tokens live then
LOCK_MS = 8_000
POLL_S = 0.05

_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end"
Fetch = Callable[[], Awaitable[tuple[str, int]]]
_own: dict[str, tuple[str, float]] = {}
_turn = asyncio.Lock()


async def wechat_token(refused: str = "") -> str:
    """The present access token of our mini program; raises `ChannelUnreachable`.

    `refused` is one that WeChat does not take any more: another is fetched.
    """
    return await _token("wechat", wechat().stable_token, refused)


async def official_token(account: VendorSettings, refused: str = "") -> str:
    """The same of the official account, which is an app of its own; raises `ChannelUnreachable`."""
    return await _token("wechat-official", lambda: stable_token(account), refused)


async def _token(app: str, fetch: Fetch, refused: str) -> str:
    try:
        # One of each process asks Redis; the others of it wait here.
        async with _turn:
            return await _shared(app, fetch, refused)
    except Lost as error:
        log.warning("vendor_token_without_redis", error=str(error))
        return await _private(app, fetch, refused)


async def _shared(app: str, fetch: Fetch, refused: str) -> str:
    deadline = time.monotonic() + LOCK_MS / 1000
    while time.monotonic() < deadline:
        if kept := await _kept(app, refused):
            return kept
        mine = secrets.token_hex(8)
        if await redis().set(f"vendor-lock:{app}", mine, nx=True, px=LOCK_MS):
            try:
                return await _fetched(app, fetch, refused)
            finally:
                await redis().eval(_RELEASE, 1, f"vendor-lock:{app}", mine)
        await asyncio.sleep(POLL_S)
    raise ChannelUnreachable


async def _kept(app: str, refused: str) -> str:
    sealed = await redis().get(f"vendor-token:{app}")
    token = unseal(str(sealed), PLACE) if sealed else ""
    return "" if token == refused else token


async def _fetched(app: str, fetch: Fetch, refused: str) -> str:
    # Somebody may have brought one between our look and our lock.
    if kept := await _kept(app, refused):
        return kept
    token, life = await _asked(fetch)
    await redis().set(f"vendor-token:{app}", seal(token, PLACE), ex=max(30, life - EARLY_S))
    return token


async def _private(app: str, fetch: Fetch, refused: str) -> str:
    own = _own.get(app)
    if own is None or own[1] <= time.monotonic() or own[0] == refused:
        token, life = await _asked(fetch)
        own = _own[app] = (token, time.monotonic() + max(30, life - EARLY_S))
    return own[0]


async def _asked(fetch: Fetch) -> tuple[str, int]:
    try:
        return await fetch()
    except ChannelDown as error:
        raise ChannelUnreachable from error
