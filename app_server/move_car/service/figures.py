"""How many requests there are, and how soon cars move (R-MOV-02)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app_server.kernel import clock, db, regions
from app_server.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class Figure:
    """A day of a region; `median_s` is the time to 马上到 or 已挪走, None when no car moved."""

    day: date
    region: str
    requests: int
    answered: int
    handed_over: int
    median_s: int | None


_FIGURES = """
SELECT (created_at AT TIME ZONE 'Asia/Shanghai')::date AS day, region, count(*) AS requests,
  count(*) FILTER (WHERE answer <> '') AS answered,
  count(*) FILTER (WHERE state = 'handed_over') AS handed_over,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM
    least(moved_at, CASE answer WHEN 'coming' THEN answered_at END) - created_at)) AS median_s
FROM move_car_request WHERE created_at >= $1 AND created_at < $2
GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""


async def figures(officer: Principal, first: date, last: date) -> list[Figure]:
    """The figures of the officer's regions by day, both days included."""
    begins = datetime.combine(first, time(), clock.SHANGHAI)
    ends = datetime.combine(last, time(), clock.SHANGHAI) + timedelta(days=1)
    rows = await db.rows(_FIGURES, begins, ends)
    return [
        Figure(
            row["day"],
            row["region"],
            row["requests"],
            row["answered"],
            row["handed_over"],
            None if row["median_s"] is None else int(row["median_s"]),
        )
        for row in rows
        if regions.covers(officer.region, row["region"])
    ]
