"""补录: what officers enter by hand, and how long they may take."""

from app_server.exchange import service
from app_server.exchange.schemas import (
    EnteredView,
    EntryAsked,
    EntryLimitAsked,
    EntryPage,
    EntryQuery,
    EntryView,
)
from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff

OFFICERS = staff("case_officer", "case_approver")
READERS = staff("case_officer", "case_approver", "case_head")
FULL_PAGE = 50


@endpoint("POST", "/exchange/cases/{case_no}/entries", guard=OFFICERS, status=201)
async def enter(call: Call, case_no: str, body: EntryAsked) -> EnteredView:
    """Enter what happened in a system nobody is connected to."""
    done = await service.enter(
        call.principal, case_no, title=body.title, note=body.note, at=body.at
    )
    return EnteredView(added=done.added, late=done.late, limit_days=done.limit_days)


@endpoint("GET", "/exchange/entries", guard=READERS)
async def list_entries(call: Call, query: EntryQuery) -> EntryPage:
    """My organisation's entries, newest first."""
    found = await service.entries(call.principal, paging.after(query.cursor), late_only=query.late)
    names = list(EntryView.model_fields)
    return EntryPage(
        items=[EntryView(**{name: getattr(row, name) for name in names}) for row in found],
        next=paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None,
    )


@endpoint("PUT", "/exchange/entry-limits/{item_code}", guard=staff("case_head"))
async def set_limit(call: Call, item_code: str, body: EntryLimitAsked) -> None:
    """Set within how many working days an item's lines must be entered."""
    await service.set_limit(call.principal, item_code, body.days)
