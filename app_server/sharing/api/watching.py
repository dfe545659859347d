"""Monitoring, error reports, data quality, the inventory of systems (R-DAT-11, 14, 16, 17)."""

from typing import Any
from uuid import UUID

from app_server.kernel import clock, paging
from app_server.kernel.http import Call, client, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.rules.grants import SCOPE
from app_server.sharing.rules.states import STATE_NAMES
from app_server.sharing.schemas.catalogue import CursorQuery
from app_server.sharing.schemas.watching import (
    CorrectionPage,
    CorrectionView,
    ErrorAnswer,
    ErrorReportPage,
    ErrorReportQuery,
    ErrorReportView,
    ErrorSaidShape,
    FieldQualityView,
    InventoryAsked,
    InventoryLineView,
    InventoryList,
    InventoryQuery,
    QualityAsked,
    QualityList,
    QualityView,
    SystemCode,
    TrafficLine,
    TrafficList,
    TrafficQuery,
    UsedAsked,
)

EDITORS = staff("data_steward", "data_lead")
WATCHERS = staff("data_steward", "data_lead", "operator", "supervisor")
# Whoever works with the data meets the errors; the provider's officers know what is right.
USERS = staff("data_steward", "data_lead", "case_officer", "case_approver", "case_window")
FULL_PAGE = 50


@endpoint("GET", "/sharing/statistics", guard=WATCHERS)
async def read_statistics(call: Call, query: TrafficQuery) -> TrafficList:
    """Counts, latencies and whose fault, of my services and my calls (or all, who watches)."""
    period = service.Period(query.first, query.last)
    found = await service.statistics(call.principal, period, query.group, query.service)
    return TrafficList(items=[TrafficLine(**row) for row in found])


@endpoint("POST", "/sharing/resources/{resource_id}/errors", guard=USERS, status=201)
async def report_error(call: Call, resource_id: UUID, body: ErrorSaidShape) -> ErrorReportView:
    """Report a wrong value to the provider."""
    said = service.ErrorSaid(**body.model_dump(exclude={"org_name"}))
    return _report(await service.report_error(call.principal, body.org_name, resource_id, said))


@endpoint("GET", "/sharing/errors", guard=USERS)
async def list_errors(call: Call, query: ErrorReportQuery) -> ErrorReportPage:
    """What my organisation reported, or has to answer."""
    found = await service.reports(call.principal, query.side, paging.after(query.cursor))
    following = paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    return ErrorReportPage(items=[_report(row) for row in found], next=following)


@endpoint("GET", "/sharing/errors/{report_id}", guard=USERS)
async def read_error(call: Call, report_id: UUID) -> ErrorReportView:
    """One report of or to my organisation."""
    return _report(await service.a_report(call.principal, report_id))


@endpoint("POST", "/sharing/errors/{report_id}/answer", guard=USERS)
async def answer_error(call: Call, report_id: UUID, body: ErrorAnswer) -> ErrorReportView:
    """Answer for the provider."""
    done = await service.answer_report(call.principal, report_id, body.corrected, body.answer)
    return _report(done)


@endpoint(
    "GET", "/sharing/corrections", guard=client(SCOPE), limit=Limit("sharing-corrections", 600, 60)
)
async def list_corrections(call: Call, query: CursorQuery) -> CorrectionPage:
    """What was corrected in the fields my grant is for."""
    found = await service.corrections(call.principal, paging.after(query.cursor))
    return CorrectionPage(
        items=[CorrectionView(**row) for row in found],
        next=paging.cursor(found[-1]["id"]) if len(found) == FULL_PAGE else None,
    )


@endpoint(
    "POST",
    "/sharing/resources/{resource_id}/quality-reports",
    guard=EDITORS,
    status=201,
    max_body=4 * 1024 * 1024,
    limit=Limit("sharing-quality", 60, 3_600),
)
async def check_quality(call: Call, resource_id: UUID, body: QualityAsked) -> QualityView:
    """Judge a batch of records; only the counts are kept."""
    row = await service.check_quality(call.principal, resource_id, body.key, body.rows)
    return _quality(row)


@endpoint("GET", "/sharing/resources/{resource_id}/quality-reports", guard=staff())
async def list_quality(call: Call, resource_id: UUID) -> QualityList:
    """The quality reports of an entry."""
    await service.seen_by(call.principal, resource_id)
    return QualityList(items=[_quality(row) for row in await service.quality_reports(resource_id)])


@endpoint("PUT", "/sharing/inventory/{code}", guard=EDITORS)
async def put_inventory(call: Call, code: SystemCode, body: InventoryAsked) -> None:
    """Enter my organisation's system, or change it."""
    await service.put_line(call.principal, code, service.InventoryLine(**body.model_dump()))


@endpoint("POST", "/sharing/inventory/{code}/use", guard=EDITORS)
async def note_use(call: Call, code: SystemCode, body: UsedAsked) -> None:
    """Say that my organisation's system was used on a day."""
    await service.note_use(call.principal, code, body.day)


@endpoint("GET", "/sharing/inventory", guard=WATCHERS)
async def list_inventory(call: Call, query: InventoryQuery) -> InventoryList:
    """My organisation's systems, or everybody's for who watches over all."""
    all_of_them = query.everybody and bool(call.principal.roles & {"operator", "supervisor"})
    org = "" if all_of_them else call.principal.org
    names = list(InventoryLineView.model_fields)
    found = await service.inventory(org, zombies_only=query.zombies)
    return InventoryList(
        items=[InventoryLineView(**{name: row[name] for name in names}) for row in found]
    )


def _report(row: Any) -> ErrorReportView:
    names = ErrorReportView.model_fields
    told = {name: getattr(row, name) for name in names if hasattr(row, name)}
    ended = clock.local(row.answered_at).date() if row.answered_at else clock.today()
    told |= {"corrected": row.corrected or None}
    return ErrorReportView(**told, state_name=STATE_NAMES[row.state], overdue=ended > row.due_on)


def _quality(row: Any) -> QualityView:
    told = dict(row.findings)
    fields = [FieldQualityView(**one) for one in told.pop("fields")]
    told["unknown_fields"] = list(told["unknown_fields"])
    kept = {name: getattr(row, name) for name in ("number", "edition", "key", "by_name", "at")}
    return QualityView(**told, **kept, fields=fields)
