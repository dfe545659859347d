"""Who sends this request: the token is verified once, then remembered for a minute."""

import asyncio
import contextlib
import hashlib
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import structlog

from app_server.kernel.cache import Lost, redis
from app_server.kernel.errors import Unauthenticated
from app_server.kernel.principal import ANONYMOUS, Principal
from auth.grants import service as grants
from auth.identity import service as identity
from auth.staff import service as staff

log = structlog.get_logger(__name__)

REMEMBER_S = 60.0
REMEMBER_MOST = 20_000

_known: OrderedDict[bytes, tuple[Principal, float]] = OrderedDict()
# By session, and by the officer or resident as well: an account that is cancelled and a tier that
# fell are told by the id.
_tokens_of: dict[UUID, set[bytes]] = {}


class _Heard:
    """How often this process was told to forget something."""

    times: ClassVar[int] = 0


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
    heard = _Heard.times
    principal, expires = grants.read(token, surface)
    if principal.session is not None and not await grants.seen(principal.session):
        raise Unauthenticated
    if principal.kind == "person" and principal.id is not None:
        # A token never says more than is true now (R-ID-11); it may say less until refreshed.
        now, lapse = await identity.tier_and_lapse(principal.id)
        level = await grants.level_for(principal.id, principal.organisation)
        principal = replace(
            principal,
            tier=min(principal.tier, now),
            level=min(principal.level, level),
            lapse=lapse,
        )
    if heard != _Heard.times:
        # Told while we asked: perhaps about this very token, so the next request asks again.
        return principal
    left = min(REMEMBER_S, expires - time.time())
    _known[key] = (principal, time.monotonic() + left)
    for told_as in _told_as(principal):
        _tokens_of.setdefault(told_as, set()).add(key)
    while len(_known) > REMEMBER_MOST:
        dropped, (old, _until) = _known.popitem(last=False)
        for told_as in _told_as(old):
            keys = _tokens_of.get(told_as, set())
            keys.discard(dropped)
            if not keys:
                _tokens_of.pop(told_as, None)
    return principal


def _told_as(principal: Principal) -> list[UUID]:
    """The ids under which this principal's tokens may have to be forgotten."""
    who = principal.id if principal.kind in {"staff", "person"} else None
    return [known for known in (principal.session, who) if known is not None]


def forget(told_as: UUID) -> None:
    """Verify the tokens of this session, officer or resident again (revoked, changed, fallen)."""
    _Heard.times += 1
    for key in _tokens_of.pop(told_as, ()):
        _known.pop(key, None)


async def hear_revocations() -> None:
    """Drop revoked sessions as they are told; runs for the life of a web process.

    When Redis is away, the minute of `REMEMBER_S` bounds how long a revoked token lives.
    """
    while True:
        with contextlib.suppress(*Lost):
            async with redis().pubsub() as channel:
                await channel.subscribe(grants.REVOKED, staff.CHANGED, identity.CHANGED)
                while True:
                    # get_message without a timeout would spin (redis-py #3208).
                    told = await channel.get_message(ignore_subscribe_messages=True, timeout=5)
                    if told is not None:
                        with contextlib.suppress(ValueError):
                            forget(UUID(told["data"]))
        _known.clear()
        _tokens_of.clear()
        await asyncio.sleep(1)
