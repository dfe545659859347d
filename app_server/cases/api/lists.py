"""The officers' lists, what waits, and statistics: report, chart, list and spreadsheet agree."""

from dataclasses import fields
from datetime import date
from uuid import UUID

from app_server.cases import service
from app_server.cases.rules import STATES
from app_server.cases.schemas import line
from app_server.cases.schemas.lists import (
    CountedPage,
    CountedQuery,
    CountView,
    DeskCounts,
    DeskLine,
    DeskPage,
    DeskQuery,
    ScopeQuery,
    StatisticsDay,
    StatisticsQuery,
    StatisticsReport,
    StatisticsRow,
)
from app_server.cases.schemas.views import CaseLine
from app_server.kernel import paging
from app_server.kernel.errors import BadRequest
from app_server.kernel.http import Call, RawReply, endpoint, staff
from app_server.kernel.ratelimit import Limit

READERS = staff("case_officer", "case_approver", "case_head", "case_window")
COUNTERS = staff("case_officer", "case_approver", "case_head")
COUNTING = Limit("case-statistics", 30, 60)
ID_SIGNS = 22
COLOURS = {"red": "已超期", "yellow": "临期", "green": "正常"}


@endpoint("GET", "/cases", guard=READERS)
async def desk(call: Call, query: DeskQuery) -> DeskPage:
    """Cases within my reach."""
    wanted = service.Wanted(
        query.scope,
        query.state,
        query.q,
        query.region,
        query.colour,
        query.order,
        _after(query.cursor, dated=query.order == "deadline"),
    )
    rows = await service.desk(call.principal, wanted)
    last = rows[-1].row if len(rows) == service.DESK_PAGE else None
    mark = f"{last['deadline_on']:%Y%m%d}" if last and query.order == "deadline" else ""
    return DeskPage(
        items=[
            DeskLine(
                **line(r.row, r.days_left),
                applicant=r.row["applicant"],
                version=r.row["version"],
                silence_on=r.row["silence_on"],
                deadline_on=r.row["deadline_on"],
                colour=r.colour,
            )
            for r in rows
        ],
        next=paging.cursor(last["id"]) + mark if last else None,
    )


def _after(text: str | None, *, dated: bool) -> tuple[date | None, UUID] | None:
    if text is None:
        return None
    last = paging.after(text[:ID_SIGNS])
    # A place in one order is none in the other.
    if last is None or dated != (len(text) > ID_SIGNS):
        raise BadRequest("翻页位置无效")
    try:
        return (date.fromisoformat(text[ID_SIGNS:]) if dated else None), last
    except ValueError as error:
        raise BadRequest("翻页位置无效") from error


@endpoint("GET", "/case-counts", guard=READERS)
async def desk_counts(call: Call, query: ScopeQuery) -> DeskCounts:
    """What waits, by state and by colour, counted up to a hundred."""
    found = await service.counts(call.principal, query.scope)
    return DeskCounts(
        states=[_count(s, STATES[s], found.states[s]) for s in STATES if s in found.states],
        colours=[_count(c, COLOURS[c], n) for c, n in found.colours.items()],
    )


def _count(key: str, name: str, count: int) -> CountView:
    return CountView(key=key, name=name, count=count, more=count >= service.MOST_COUNTED)


@endpoint("GET", "/case-statistics", guard=COUNTERS, limit=COUNTING)
async def read_statistics(call: Call, query: StatisticsQuery) -> StatisticsReport:
    """How many cases: report, chart and total."""
    report = await service.statistics(call.principal, _question(query))
    return StatisticsReport(
        rows=[StatisticsRow(key=k, name=n, cases=c) for k, n, c in report.rows],
        series=[StatisticsDay(day=day, cases=cases) for day, cases in report.series],
        total=report.total,
    )


@endpoint("GET", "/case-statistics/cases", guard=COUNTERS, limit=COUNTING)
async def read_counted_cases(call: Call, query: CountedQuery) -> CountedPage:
    """The cases behind a report."""
    rows = await service.cases_counted(call.principal, _question(query), paging.after(query.cursor))
    return CountedPage(
        items=[CaseLine(**line(row, None)) for row in rows],
        next=paging.cursor(rows[-1]["id"]) if len(rows) == service.DESK_PAGE else None,
    )


@endpoint(
    "GET",
    "/case-statistics/export",
    guard=COUNTERS,
    limit=COUNTING,
    reply_type="text/csv",
)
async def export_statistics(call: Call, query: StatisticsQuery) -> RawReply:
    """The report as a spreadsheet; the export is on record."""
    return RawReply(
        await service.as_csv(call.principal, _question(query)),
        content_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="case-statistics.csv"'},
    )


def _question(query: StatisticsQuery) -> service.Question:
    return service.Question(**{f.name: getattr(query, f.name) for f in fields(service.Question)})
