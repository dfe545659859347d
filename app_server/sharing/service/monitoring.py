"""How services fare and who calls them, reckoned from the call table (服务监控; R-DAT-16)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app_server.kernel import db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.principal import Principal
from app_server.sharing.models import DataService, Grant

LONGEST = timedelta(days=92)
WATCHERS = frozenset({"operator", "supervisor"})


@dataclass(frozen=True, slots=True)
class Period:
    """Days in China, both counted."""

    first: date
    last: date


# Refused calls never reached a provider: they say nothing about how fast it answers.
_COUNTS = """
SELECT {what}, count(*) AS calls,
  count(*) FILTER (WHERE outcome IN ('answered', 'partial')) AS answered,
  count(*) FILTER (WHERE outcome = 'refused') AS refused,
  count(*) FILTER (WHERE outcome = 'unavailable') AS unavailable,
  count(*) FILTER (WHERE fault = 'caller') AS fault_caller,
  count(*) FILTER (WHERE fault = 'provider') AS fault_provider,
  count(*) FILTER (WHERE fault = 'us') AS fault_us,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY latency_ms)
    FILTER (WHERE outcome <> 'refused') AS p50_ms,
  percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms)
    FILTER (WHERE outcome <> 'refused') AS p95_ms
FROM sharing_traffic
WHERE at >= ($1::date)::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND at < ($2::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND ($3::text[] IS NULL OR service = ANY($3)) AND ($4::text[] IS NULL OR caller = ANY($4))
GROUP BY {group} ORDER BY {group} LIMIT 2000
"""
_DAY = "(at AT TIME ZONE 'Asia/Shanghai')::date"
_GROUPS = {
    "service": ("service, '' AS caller, {day} AS day", "service, {day}"),
    "caller": ("service, caller, {day} AS day", "service, caller, {day}"),
    "total": ("service, '' AS caller, NULL::date AS day", "service"),
}


async def statistics(
    by: Principal, period: Period, group: str, service: str = ""
) -> list[dict[str, Any]]:
    """Counts and latencies per service, per service and caller, by day or in total.

    Who provides sees their own services, who calls their own calls, who watches all. Raises
    `InvalidInput` for a period that is turned round or longer than a quarter.
    """
    if not timedelta(0) <= period.last - period.first <= LONGEST:
        wrong = {"field": "last", "message": "起止日期颠倒或超过 92 天"}
        raise InvalidInput(errors=[wrong])
    what, order = (text.format(day=_DAY) for text in _GROUPS[group])
    sql = _COUNTS.format(what=what, group=order)
    scopes: list[tuple[list[str] | None, list[str] | None]]
    wanted = [service] if service else None
    if by.roles & WATCHERS:
        scopes = [(wanted, None)]
    else:
        own = [row.code for row in await DataService.filter(org=by.org)]
        keys = [row.client_id for row in await Grant.filter(org=by.org, client_id__isnull=False)]
        provided = [code for code in own if wanted is None or code in wanted]
        scopes = [(provided, None), (wanted, [key for key in keys if key])]
    found = [
        dict(row)
        for services, callers in scopes
        for row in await db.rows(sql, period.first, period.last, services, callers)
    ]
    names = await _caller_names({row["caller"] for row in found})
    return [row | {"caller_name": names.get(row["caller"], row["caller"])} for row in found]


async def _caller_names(clients: set[str]) -> dict[str, str]:
    rows = await Grant.filter(client_id__in=[one for one in clients if one])
    return {row.client_id: row.org_name for row in rows if row.client_id} | {"platform": "本平台"}
