"""Update tasks, and what organisations that follow entries are told (R-DAT-04, R-DAT-12)."""

from typing import Any
from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff
from app_server.sharing import service
from app_server.sharing.rules.catalogue import CHANGE_REASONS
from app_server.sharing.rules.states import STATE_NAMES
from app_server.sharing.schemas.catalogue import (
    CursorQuery,
    DutiesAsked,
    DutyOutcome,
    DutyPage,
    DutyQuery,
    DutyView,
    SharingNoticePage,
    SharingNoticeView,
)

EDITORS = staff("data_steward", "data_lead")
WATCHERS = staff("data_steward", "data_lead", "operator", "supervisor")
OPENERS = staff("data_lead", "operator")
FULL_PAGE = 50


@endpoint("POST", "/sharing/update-duties", guard=OPENERS, status=201)
async def open_duties(call: Call, body: DutiesAsked) -> DutyPage:
    """Say that law or function changed: the entries are due in fifteen working days."""
    change = service.Change(body.reason, body.basis, body.happened_on)
    found = await service.open_duties(call.principal, change, body.resources)
    return DutyPage(items=[_duty(row) for row in found])


@endpoint("GET", "/sharing/update-duties", guard=WATCHERS)
async def list_duties(call: Call, query: DutyQuery) -> DutyPage:
    """My organisation's update tasks, or everybody's for who watches over all."""
    all_of_them = query.everybody and bool(call.principal.roles & {"operator", "supervisor"})
    org = "" if all_of_them else call.principal.org
    after = paging.after(query.cursor)
    found = await service.duties(org, overdue_only=query.overdue, after=after)
    following = paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    return DutyPage(items=[_duty(row) for row in found], next=following)


@endpoint("POST", "/sharing/update-duties/{duty_id}/finish", guard=staff("data_lead"))
async def finish_duty(call: Call, duty_id: UUID, body: DutyOutcome) -> DutyView:
    """Say that an entry needs no change, and why."""
    return _duty(await service.finish_duty(call.principal, duty_id, body.outcome))


@endpoint("PUT", "/sharing/resources/{resource_id}/follow", guard=EDITORS)
async def follow(call: Call, resource_id: UUID) -> None:
    """Have my organisation told of changes to an entry."""
    await service.follow(call.principal, resource_id)


@endpoint("DELETE", "/sharing/resources/{resource_id}/follow", guard=EDITORS)
async def unfollow(call: Call, resource_id: UUID) -> None:
    """Have my organisation told no more."""
    await service.unfollow(call.principal, resource_id)


@endpoint("GET", "/sharing/notices", guard=EDITORS)
async def list_notices(call: Call, query: CursorQuery) -> SharingNoticePage:
    """What my organisation was told."""
    found = await service.notices(call.principal, paging.after(query.cursor))
    names = list(SharingNoticeView.model_fields)
    return SharingNoticePage(
        items=[SharingNoticeView(**{n: getattr(row, n) for n in names}) for row in found],
        next=paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None,
    )


def _duty(row: Any) -> DutyView:
    told = {name: getattr(row, name) for name in DutyView.model_fields if hasattr(row, name)}
    return DutyView(
        **told,
        reason_name=CHANGE_REASONS[row.reason],
        state_name=STATE_NAMES[row.state],
        overdue=service.is_overdue(row),
    )
