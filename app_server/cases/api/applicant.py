"""Residents apply, follow, put right and take back."""

from uuid import UUID

from app_server.cases import service
from app_server.cases.api import replies
from app_server.cases.schemas import (
    Application,
    CaseLine,
    CasePage,
    CaseView,
    DraftWanted,
    FileWanted,
    ListQuery,
    Submission,
    application_members,
    line,
)
from app_server.cases.schemas.deeds import (
    ClockReply,
    Correction,
    CourseView,
    DeliveryWanted,
    DocumentList,
    LicenceAnswer,
)
from app_server.forms.service import FILES, MAX_FILE, Draft, draft_view
from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, person
from app_server.kernel.ratelimit import Limit
from app_server.logistics.service import Recipient

APPLYING = Limit("case-draft", 20, 60)
UPLOADS = Limit("case-material", 40, 60)
FULL_PAGE = 20


@endpoint("POST", "/cases/drafts", guard=person(1), status=201, limit=APPLYING)
async def open_draft(call: Call, body: DraftWanted) -> Draft:
    """Begin an application, prefilled with what government already knows."""
    return draft_view(await service.open_draft(call.principal, body.item_code))


@endpoint("PUT", "/cases/drafts/{draft_id}/materials/{code}/licence", guard=person(1))
async def answer_for_licence(call: Call, draft_id: UUID, code: str, body: LicenceAnswer) -> Draft:
    """Say whether a window may use the licence I showed it."""
    found = await service.answer_for_licence(
        call.principal, draft_id, code, body.number, agreed=body.agreed
    )
    return draft_view(found)


# No rate limit of its own: every submission uses up a draft, and drafts are limited.
@endpoint("POST", "/cases", guard=person(1), status=201, idempotent=True)
async def submit(call: Call, body: Submission) -> CaseView:
    """Hand a draft in."""
    view = await service.submit(call.principal, body.draft_id, body.act_proof)
    return replies.document(view, 201)


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
    return replies.document(await service.own_case(call.principal.subject, case_no))


@endpoint("GET", "/cases/{case_no}/application", guard=person(1))
async def read_application(call: Call, case_no: str) -> Application:
    """What I filled in and handed in."""
    return await _application(call, case_no)


@endpoint("GET", "/cases/{case_no}/clock", guard=person(1))
async def read_clock(call: Call, case_no: str) -> ClockReply:
    """Why my case is due when it is, day by day."""
    return await replies.clock(call, case_no)


@endpoint("GET", "/cases/{case_no}/documents", guard=person(1))
async def read_documents(call: Call, case_no: str) -> DocumentList:
    """The documents I was given."""
    return await replies.papers(call, case_no)


@endpoint("GET", "/cases/{case_no}/course", guard=person(1))
async def read_course(call: Call, case_no: str) -> CourseView:
    """The stages of my case, and where each part is handled."""
    return await replies.course(call, case_no)


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
    return await replies.own(call, case_no)


@endpoint("POST", "/cases/{case_no}/resubmit", guard=person(1))
async def resubmit(call: Call, case_no: str, body: Correction) -> CaseView:
    """Hand in again what pre-review gave back."""
    await service.resubmit(
        call.principal,
        case_no,
        call.expected_version(),
        body.data,
        body.note,
        body.act_proof,
    )
    return await replies.own(call, case_no)


@endpoint(
    "PUT",
    "/cases/{case_no}/materials/{code}",
    guard=person(1),
    raw=FILES,
    max_body=MAX_FILE,
    limit=UPLOADS,
)
async def put_material(call: Call, case_no: str, code: str, query: FileWanted) -> Application:
    """Replace a material that was asked for again, or give it one file more."""
    await service.put_material(call.principal, case_no, code, call.raw, query.name, more=query.more)
    return await _application(call, case_no)


@endpoint("PUT", "/cases/{case_no}/delivery", guard=person(1))
async def choose_delivery(call: Call, case_no: str, body: DeliveryWanted) -> CaseView:
    """Choose how the result comes to me."""
    to = Recipient(**body.recipient.model_dump()) if body.recipient else None
    await service.choose_delivery(
        call.principal, case_no, call.expected_version(), body.way, body.outlet_region, to
    )
    return await replies.own(call, case_no)


@endpoint("POST", "/cases/{case_no}/withdraw", guard=person(1))
async def withdraw(call: Call, case_no: str) -> CaseView:
    """Take my application back."""
    await service.withdraw(call.principal, case_no, call.expected_version())
    return await replies.own(call, case_no)


async def _application(call: Call, case_no: str) -> Application:
    view = await service.own_application(call.principal.subject, case_no)
    return Application.model_construct(**application_members(view))
