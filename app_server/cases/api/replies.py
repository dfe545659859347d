"""How cases are presented; shared by the routes."""

from dataclasses import asdict
from typing import cast

from app_server.cases import service
from app_server.cases.schemas import (
    CaseView,
    DeskCase,
    case_document,
    case_members,
    desk_document,
    desk_members,
)
from app_server.cases.schemas.deeds import (
    ClockReply,
    CourseView,
    DayView,
    DocumentList,
    DocumentView,
    HandOutPlace,
    LegalView,
    StageView,
    SubtaskView,
)
from app_server.kernel.http import Call, RawReply


def document(view: service.Standing, status: int = 200) -> CaseView:
    """A `CaseView` written out as it is stored."""
    etag = f'"{view.row["version"]}"'
    reply = RawReply(case_document(view), status=status, headers={"etag": etag})
    # The document keeps the shape the annotation promises; see `case_document`.
    return cast("CaseView", reply)


def desk_reply(call: Call, view: service.OwnView) -> DeskCase:
    """A `DeskCase` written out as it is stored."""
    etag = f'"{view.row["version"]}"'
    body = desk_document(view, service.roles_of(call.principal))
    # The document keeps the shape the annotation promises, as in `document`.
    return cast("DeskCase", RawReply(body, headers={"etag": etag}))


async def own(call: Call, case_no: str) -> CaseView:
    """The caller's case after a deed."""
    view = await service.own_case(call.principal.subject, case_no)
    return CaseView.model_construct(**case_members(view))


async def after(call: Call, case_no: str) -> DeskCase:
    """An officer's case after a deed."""
    view = await service.after_deed(call.principal, case_no)
    return DeskCase.model_construct(**desk_members(view, service.roles_of(call.principal)))


async def clock(call: Call, case_no: str) -> ClockReply:
    """Why the case is due when it is."""
    found = await service.clock_of(call.principal, case_no)
    facts = {
        name: getattr(found, name)
        for name in (
            "name",
            "start",
            "days",
            "unit",
            "due_on",
            "provisional",
            "used",
            "left",
            "paused",
            "pauses",
            "extension",
        )
    }
    lines = [DayView(date=d.day, counted=d.counted, reason=d.reason) for d in found.days_explained]
    return ClockReply(**facts, lines=lines)


async def papers(call: Call, case_no: str) -> DocumentList:
    """The documents of a case."""
    found = await service.papers_of(call.principal, case_no)
    return DocumentList(items=[DocumentView.model_validate(asdict(d)) for d in found])


async def course(call: Call, case_no: str) -> CourseView:
    """How far a case is, and who took part."""
    found = await service.course_of(call.principal, case_no)
    return CourseView(
        stages=[StageView.model_validate(asdict(s)) for s in found.stages],
        legal=[LegalView.model_validate(asdict(t)) for t in found.legal],
        chain=[HandOutPlace.model_validate(place) for place in found.chain],
        ways=found.ways,
        way=found.way,
    )


def subtask(row: object) -> SubtaskView:
    """A sub-task's row as it is told."""
    facts = cast("dict[str, object]", row)
    return SubtaskView.model_validate({name: facts[name] for name in SubtaskView.model_fields})
