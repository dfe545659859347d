"""UUIDv7 keys (RFC 9562 §5.7): sortable by time, also across processes to the millisecond."""

import secrets
import time
from uuid import UUID

_last = 0


def uuid7() -> UUID:
    """A fresh time-ordered id; ids of one process never go backwards."""
    global _last  # noqa: PLW0603 - the one counter that keeps ids of a process in order
    # 48 bits of milliseconds, then 12 bits of sub-millisecond time, so that rows made in the
    # same millisecond still sort as they were made.
    stamp = time.time_ns() * 4096 // 1_000_000
    _last = stamp = max(stamp, _last + 1)
    return UUID(
        int=(stamp >> 12) << 80
        | 0x7 << 76
        | (stamp & 0xFFF) << 64
        | 0x2 << 62
        | secrets.randbits(62)
    )
