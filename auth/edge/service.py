"""Who sends this request: the token is verified once, then remembered for a minute."""

import asyncio
import contextlib
import hashlib
import time
from collections import OrderedDict
from typing import Any
from uuid import UUID

import structlog

from app_server.kernel.cache import Lost, redis
from app_server.kernel.errors import Unauthenticated
from app_server.kernel.principal import ANONYMOUS, Principal
from auth.grants import service as grants

log = structlog.get_logger(__name__)

REMEMBER_S = 60.0
REMEMBER_MOST = 20_000

_known: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()
_tokens_of: dict[UUID, set[bytes]] = {}


async def authenticate(surface: str, headers: Any) -> Principal:
    """The caller of a request: `ANONYMOUS` without credentials; raises `Unauthenticated`."""
    given = headers.get("authorization", "")
    if not given:
        return ANONYMOUS
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 4096:
        raise Unauthenticated
    key = hashlib.blake2b(token.encode(), key=surface.encode(), digest_size=16).digest()
    known = _known.get(key)
    if known is not None and known[1] > time.monotonic():
        return known[0]
    return await _verify(token, surface, key)


async def _verify(token: str, surface: str, key: bytes) -> Principal:
    principal, expires = grants.read(token, surface)
    if principal.session is not None and not await grants.alive(principal.session):
        raise Unauthenticated
    left = min(REMEMBER_S, expires - time.time())
    _known[key] = (principal, time.monotonic() + left)
    if principal.session is not None:
        _tokens_of.setdefault(principal.session, set()).add(key)
    while len(_known) > REMEMBER_MOST:
        _, (old, _until) = _known.popitem(last=False)
        if old.session is not None:
            _tokens_of.pop(old.session, None)
    return principal


def forget(session: UUID) -> None:
    """Verify this session's tokens again (it was revoked)."""
    for key in _tokens_of.pop(session, ()):
        _known.pop(key, None)


async def hear_revocations() -> None:
    """Drop revoked sessions as they are told; runs for the life of a web process.

    When Redis is away, the minute of `REMEMBER_S` bounds how long a revoked token lives.
    """
    while True:
        with contextlib.suppress(*Lost):
            async with redis().pubsub() as channel:
                await channel.subscribe(grants.REVOKED)
                while True:
                    # get_message without a timeout would spin (redis-py #3208).
                    told = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
                    if told is not None:
                        with contextlib.suppress(ValueError):
                            forget(UUID(told["data"]))
        _known.clear()
        _tokens_of.clear()
        await asyncio.sleep(1)
