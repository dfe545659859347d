"""Pages report errors and speed; their makers read it."""

from uuid import UUID

from app_server.kernel.http import Call, anyone, client, endpoint, staff
from app_server.kernel.ratelimit import Limit
from miniapps import rules, service
from miniapps.schemas.traces import TraceList, TraceQuery, TraceTold, TraceView

REPORTS = Limit("miniapp-trace", 120, 60)


@endpoint("POST", "/launches/{launch_id}/traces", guard=anyone(), limit=REPORTS, max_body=16 * 1024)
async def report_trace(call: Call, launch_id: UUID, body: TraceTold) -> None:
    """Report an error, a visit or a measurement of an open app."""
    told = service.Reported(body.kind, body.page, body.name, body.data, body.duration_ms)
    await service.report_trace(call.principal, launch_id, body.token, told)


async def list_traces(call: Call, appid: str, query: TraceQuery) -> TraceList:
    """What pages of my app reported in the last two weeks."""
    app = await service.app_facts(call.principal, appid[:40])
    found = await service.traces_of(app.appid, query.kind or "", query.before)
    items = [
        TraceView(
            id=row.id,
            code=row.code,
            kind=row.kind,  # type: ignore[arg-type]
            kind_name=rules.KINDS[row.kind],
            page=row.page,
            name=row.name,
            data=row.data,
            duration_ms=row.duration_ms,
            at=row.at,
        )
        for row in found
    ]
    return TraceList(items=items, next=items[-1].id if len(items) == service.TRACE_PAGE else None)


for _guard in (staff(rules.PUBLISHER, rules.REVIEWER), client(rules.PUBLISH_SCOPE)):
    endpoint("GET", "/miniapps/{appid}/traces", guard=_guard)(list_traces)
