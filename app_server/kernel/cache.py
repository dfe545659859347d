"""Redis, by redis-py (which absorbed aioredis): fast, and allowed to be lost.

Named jobs only: rate limits, session revocation, fan-out of live events, single-flight vendor
tokens. Truth is in PostgreSQL; whatever is here may vanish at any moment.
"""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app_server.kernel.settings import load

Lost = (RedisError, OSError, TimeoutError)

_redis: Redis | None = None


def redis() -> Redis:
    """The connection pool of this process; answers or fails within half a second."""
    global _redis  # noqa: PLW0603 - one pool per process
    if _redis is None:
        # Blocking: a burst waits its turn. The plain pool refuses the 51st at once, and with it a
        # limit that fails closed would refuse people for nothing.
        pool = BlockingConnectionPool.from_url(
            load().redis_url or "redis://127.0.0.1:6379/0",
            decode_responses=True,
            socket_timeout=0.5,
            socket_connect_timeout=0.5,
            max_connections=50,
            timeout=1,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=15,
        )
        _redis = Redis.from_pool(pool)
    return _redis


async def close_cache() -> None:
    """Give the connections back."""
    global _redis  # noqa: PLW0603 - see above
    if _redis is not None:
        await _redis.aclose()
        _redis = None


async def answers() -> bool:
    """Whether Redis answers."""
    try:
        return bool(await redis().ping())
    except Lost:
        return False
