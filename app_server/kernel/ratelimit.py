"""Rate limits by the generic cell rate algorithm (GCRA), one Lua step in Redis.

A limit either fails closed (identity: no Redis, no attempt) or open (reading goes on). Lock-outs
that must survive Redis are kept in PostgreSQL by the contexts that own them.
"""

import math
from dataclasses import dataclass

from app_server.kernel.cache import Lost, redis
from app_server.kernel.errors import ServiceUnavailable, TooManyRequests

# KEYS[1] cell; ARGV: emission interval ms, burst tolerance ms. Answers 0, or ms to wait.
_GCRA = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2])
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local allow_at = tat - tolerance
if now < allow_at then return allow_at - now end
redis.call('SET', KEYS[1], tat + interval, 'PX', math.ceil(tat + interval - now + 1000))
return 0
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` in `seconds`, evenly spread after a burst of `count`."""

    name: str
    count: int
    seconds: int
    fail_closed: bool = False


async def take(limit: Limit, who: str) -> None:
    """Take one turn; raises `TooManyRequests`, or `ServiceUnavailable` when failing closed."""
    interval = limit.seconds * 1000 / limit.count
    tolerance = interval * (limit.count - 1)
    try:
        wait = await redis().eval(_GCRA, 1, f"rl:{limit.name}:{who}", interval, tolerance)
    except Lost as error:
        if limit.fail_closed:
            raise ServiceUnavailable from error
        return
    if float(wait) > 0:
        raise TooManyRequests(retry_after_s=math.ceil(float(wait) / 1000))
