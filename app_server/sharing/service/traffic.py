"""One row for every call, answered or not: who, how long, and whose fault (服务监控)."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.ids import uuid7

# Thirteen months: this month can be set beside the same one of last year.
KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Passed:
    """A call as it is counted; `started` is of `time.perf_counter`, `via` a composed service."""

    service: str
    caller: str
    started: float
    receipt: UUID | None = None
    grant: UUID | None = None
    via: str = ""


def count(passed: Passed, outcome: str, code: str = "", fault: str = "") -> None:
    """Write the row in the caller's unit of work; `fault` is caller, provider or us."""
    db.needed().add(
        "sharing_traffic",
        {
            "id": uuid7(),
            "service": passed.service[:60],
            "caller": passed.caller,
            "grant_id": passed.grant,
            "via": passed.via,
            "outcome": outcome,
            "code": code,
            "fault": fault,
            "latency_ms": int((time.perf_counter() - passed.started) * 1000),
            "receipt_id": passed.receipt,
            "at": clock.now(),
        },
    )


async def sweep() -> int:
    """Forget counts of long ago; receipts stay. Answers how many rows went."""
    day = clock.today() - KEPT
    gone = await db.execute("DELETE FROM sharing_traffic WHERE at < $1", clock.now() - KEPT)
    return gone + await db.execute("DELETE FROM sharing_usage WHERE day < $1", day)
