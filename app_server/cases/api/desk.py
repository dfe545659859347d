"""What officers read: a case in full, its clock, documents, course and sub-tasks."""

from uuid import UUID

from app_server.cases import service
from app_server.cases.api import replies
from app_server.cases.schemas import DeskCase
from app_server.cases.schemas.deeds import (
    Because,
    ClockReply,
    CourseView,
    DocumentList,
    SubtaskAnswer,
    SubtaskBody,
    SubtaskList,
    SubtaskPage,
    SubtaskQuery,
)
from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff

OFFICERS = staff("case_officer", "case_approver")
READERS = staff("case_officer", "case_approver", "case_head", "case_window")
FULL_DESK = 30


@endpoint("GET", "/cases/{case_no}", guard=READERS)
async def read_on_desk(call: Call, case_no: str) -> DeskCase:
    """A case in full; the applicant will see that I looked."""
    return replies.desk_reply(call, await service.read_for_officer(call.principal, case_no))


@endpoint("GET", "/cases/{case_no}/clock", guard=READERS)
async def read_clock(call: Call, case_no: str) -> ClockReply:
    """Why the case is due when it is, day by day."""
    return await replies.clock(call, case_no)


@endpoint("GET", "/cases/{case_no}/documents", guard=READERS)
async def read_documents(call: Call, case_no: str) -> DocumentList:
    """The documents of the case."""
    return await replies.papers(call, case_no)


@endpoint("GET", "/cases/{case_no}/course", guard=READERS)
async def read_course(call: Call, case_no: str) -> CourseView:
    """The stages of the case, with who acted, and where each part is handled."""
    return await replies.course(call, case_no)


@endpoint("POST", "/cases/{case_no}/subtasks", guard=OFFICERS, status=201)
async def ask_subtask(call: Call, case_no: str, body: SubtaskBody) -> SubtaskList:
    """Ask another organisation to contribute."""
    wanted = service.SubtaskWanted(**body.model_dump())
    await service.ask_subtask(call.principal, case_no, wanted)
    return await _tasks(call, case_no)


@endpoint("GET", "/cases/{case_no}/subtasks", guard=READERS)
async def read_subtasks(call: Call, case_no: str) -> SubtaskList:
    """What others were asked for this case, and what they said."""
    return await _tasks(call, case_no)


@endpoint("POST", "/cases/{case_no}/subtasks/{subtask_id}/cancel", guard=OFFICERS)
async def cancel_subtask(call: Call, case_no: str, subtask_id: UUID, body: Because) -> SubtaskList:
    """Take a sub-task back."""
    await service.cancel_subtask(call.principal, case_no, subtask_id, body.reason)
    return await _tasks(call, case_no)


@endpoint("GET", "/subtasks", guard=OFFICERS)
async def list_subtasks(call: Call, query: SubtaskQuery) -> SubtaskPage:
    """What my organisation was asked by others, newest first."""
    rows = await service.subtasks_for(call.principal, query.state, paging.after(query.cursor))
    return SubtaskPage(
        items=[replies.subtask(row) for row in rows],
        next=paging.cursor(rows[-1]["id"]) if len(rows) == FULL_DESK else None,
    )


@endpoint("POST", "/subtasks/{subtask_id}/return", guard=OFFICERS)
async def return_subtask(call: Call, subtask_id: UUID, body: SubtaskAnswer) -> None:
    """Answer a sub-task, or give it back."""
    await service.return_subtask(
        call.principal, subtask_id, outcome=body.outcome, opinion=body.opinion
    )


async def _tasks(call: Call, case_no: str) -> SubtaskList:
    rows = await service.tasks_of(call.principal, case_no)
    return SubtaskList(items=[replies.subtask(row) for row in rows])
