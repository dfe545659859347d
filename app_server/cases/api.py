"""Residents apply and follow; officers of the item's department review."""

from typing import cast

from app_server.cases import service
from app_server.cases.schemas import (
    Application,
    Approval,
    CaseLine,
    CasePage,
    CaseView,
    Correction,
    CorrectionWanted,
    DeskCase,
    DeskLine,
    DeskPage,
    DeskQuery,
    DraftWanted,
    FileName,
    ListQuery,
    Refusal,
    Submission,
    application_members,
    case_document,
    case_members,
    desk_document,
    desk_members,
    line,
)
from app_server.forms.service import MAX_PICTURE, PICTURES, Draft, draft_view
from app_server.kernel import paging
from app_server.kernel.http import Call, RawReply, endpoint, person, staff
from app_server.kernel.ratelimit import Limit

OFFICERS = staff("case_officer", "case_approver")
APPROVERS = staff("case_approver")
APPLYING = Limit("case-draft", 20, 60)
UPLOADS = Limit("case-material", 40, 60)
FULL_PAGE = 20
FULL_DESK = 30


@endpoint("POST", "/cases/drafts", guard=person(1), status=201, limit=APPLYING)
async def open_draft(call: Call, body: DraftWanted) -> Draft:
    """Begin an application, prefilled with what government already knows."""
    return draft_view(await service.open_draft(call.principal, body.item_code))


# No rate limit of its own: every submission uses up a draft, and drafts are limited.
@endpoint("POST", "/cases", guard=person(1), status=201, idempotent=True)
async def submit(call: Call, body: Submission) -> CaseView:
    """Hand a draft in."""
    return _document(await service.submit(call.principal, body.draft_id, body.act_proof), 201)


@endpoint("GET", "/cases", guard=person(1))
async def list_cases(call: Call, query: ListQuery) -> CasePage:
    """My cases, or those of the organisation I act for, newest first."""
    rows = await service.own_cases(
        call.principal.subject, paging.after(query.cursor), call.principal.organisation
    )
    return CasePage(
        items=[CaseLine(**line(row, left)) for row, left in rows],
        next=paging.cursor(rows[-1][0]["id"]) if len(rows) == FULL_PAGE else None,
    )


@endpoint("GET", "/cases/{case_no}", guard=person(1))
async def read_case(call: Call, case_no: str) -> CaseView:
    """My case."""
    return _document(await service.own_case(call.principal.subject, case_no))


@endpoint("GET", "/cases/{case_no}/application", guard=person(1))
async def read_application(call: Call, case_no: str) -> Application:
    """What I filled in and handed in."""
    return await _application(call, case_no)


@endpoint("POST", "/cases/{case_no}/corrections", guard=person(1))
async def correct(call: Call, case_no: str, body: Correction) -> CaseView:
    """Hand in what was asked for."""
    await service.correct(
        call.principal,
        case_no,
        call.expected_version(),
        body.data,
        body.note,
        body.act_proof,
    )
    return await _own(call, case_no)


@endpoint(
    "PUT",
    "/cases/{case_no}/materials/{code}",
    guard=person(1),
    raw=PICTURES,
    max_body=MAX_PICTURE,
    limit=UPLOADS,
)
async def put_material(call: Call, case_no: str, code: str, query: FileName) -> Application:
    """Replace a picture that was asked for again."""
    await service.put_material(call.principal, case_no, code, call.raw, query.name)
    return await _application(call, case_no)


@endpoint("POST", "/cases/{case_no}/withdraw", guard=person(1))
async def withdraw(call: Call, case_no: str) -> CaseView:
    """Take my application back."""
    await service.withdraw(call.principal, case_no, call.expected_version())
    return await _own(call, case_no)


@endpoint("GET", "/cases", guard=OFFICERS)
async def desk(call: Call, query: DeskQuery) -> DeskPage:
    """Cases of my department and region."""
    rows = await service.desk(call.principal, query.state, query.q, paging.after(query.cursor))
    return DeskPage(
        items=[
            DeskLine(
                **line(r.row, r.days_left),
                applicant=r.row["applicant"],
                version=r.row["version"],
            )
            for r in rows
        ],
        next=paging.cursor(rows[-1].row["id"]) if len(rows) == FULL_DESK else None,
    )


@endpoint("GET", "/cases/{case_no}", guard=OFFICERS)
async def read_on_desk(call: Call, case_no: str) -> DeskCase:
    """A case in full; the applicant will see that I looked."""
    view = await service.read_for_officer(call.principal, case_no)
    etag = f'"{view.row["version"]}"'
    # The document keeps the shape the annotation promises, as in `_document`.
    return cast("DeskCase", RawReply(desk_document(view), headers={"etag": etag}))


@endpoint("POST", "/cases/{case_no}/accept", guard=OFFICERS)
async def accept(call: Call, case_no: str) -> DeskCase:
    """Accept; with a fee, the clock waits for the payment."""
    await service.accept(call.principal, case_no, call.expected_version())
    return await _desk(call, case_no)


@endpoint("POST", "/cases/{case_no}/request-correction", guard=OFFICERS)
async def request_correction(call: Call, case_no: str, body: CorrectionWanted) -> DeskCase:
    """Tell the applicant once what is missing."""
    await service.request_correction(
        call.principal,
        case_no,
        call.expected_version(),
        reason=body.reason,
        fields=body.fields,
        materials=body.materials,
    )
    return await _desk(call, case_no)


@endpoint("POST", "/cases/{case_no}/approve", guard=APPROVERS)
async def approve(call: Call, case_no: str, body: Approval) -> DeskCase:
    """Decide in favour."""
    await service.approve(call.principal, case_no, call.expected_version(), body.note)
    return await _desk(call, case_no)


@endpoint("POST", "/cases/{case_no}/refuse", guard=OFFICERS)
async def refuse(call: Call, case_no: str, body: Refusal) -> DeskCase:
    """Do not accept, or decide against."""
    await service.refuse(call.principal, case_no, call.expected_version(), body.reason)
    return await _desk(call, case_no)


def _document(view: service.Standing, status: int = 200) -> CaseView:
    etag = f'"{view.row["version"]}"'
    reply = RawReply(case_document(view), status=status, headers={"etag": etag})
    # The document keeps the shape the annotation promises; see `case_document`.
    return cast("CaseView", reply)


async def _application(call: Call, case_no: str) -> Application:
    view = await service.own_application(call.principal.subject, case_no)
    return Application.model_construct(**application_members(view))


async def _own(call: Call, case_no: str) -> CaseView:
    view = await service.own_case(call.principal.subject, case_no)
    return CaseView.model_construct(**case_members(view))


async def _desk(call: Call, case_no: str) -> DeskCase:
    view = await service.after_deed(call.principal, case_no)
    return DeskCase.model_construct(**desk_members(view))
