"""The months of the large tables: made ahead, and missed loudly.

There is no default partition: rows that lie in it unseen could not be moved into their month
later. A row whose month is missing is refused, so the coming months stand long before, and the
log says when fewer stand than should.
"""

from datetime import timedelta

import structlog

from app_server.kernel import clock, db

log = structlog.get_logger(__name__)

AHEAD = timedelta(days=365)
ALARM = timedelta(days=60)


async def make_months() -> int:
    """Make the partitions of the coming year that are not there; answers how many were made."""
    today = clock.today()
    missing = not await db.value(
        "SELECT to_regclass('cases_case_p' || to_char($1::date, 'YYYYMM')) IS NOT NULL",
        today + ALARM,
    )
    if missing:
        log.error("case_months_late", month=f"{today + ALARM:%Y-%m}")
    made: int = await db.value("SELECT cases_make_months($1, $2)", today, today + AHEAD)
    return made
