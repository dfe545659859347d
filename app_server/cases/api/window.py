"""Windows: take in for whoever stands there, put right, hand out."""

from uuid import UUID

from app_server.cases import service
from app_server.cases.rules import STATES
from app_server.cases.schemas import (
    Application,
    CaseView,
    FileWanted,
    application_members,
    case_members,
)
from app_server.cases.schemas.deeds import (
    LicenceShown,
    Presence,
    Receipt,
    WindowAnswers,
    WindowCase,
    WindowCorrection,
    WindowDraftWanted,
    WindowSubmission,
)
from app_server.forms.service import FILES, MAX_FILE, Draft, draft_view
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit

WINDOW = staff("case_window")
OUTLET = staff("case_window", "case_officer", "case_approver")
# Whoever tries numbers at a window is stopped; a busy one serves a person a minute.
CARDS = Limit("case-window-card", 20, 60, fail_closed=True)
SCANS = Limit("case-window-scan", 60, 60)


@endpoint("POST", "/window/drafts", guard=WINDOW, status=201, limit=CARDS)
async def open_draft(call: Call, body: WindowDraftWanted) -> Draft:
    """Begin an application for an applicant who is present and agrees."""
    card = service.Card(body.name, body.id_number)
    found = await service.open_at_window(
        call.principal, body.item_code, card, body.mode, body.outlet_region
    )
    return draft_view(found)


@endpoint("GET", "/window/drafts/{draft_id}", guard=WINDOW)
async def read_draft(call: Call, draft_id: UUID) -> Draft:
    """A draft I opened."""
    return draft_view(await service.window_draft(call.principal, draft_id))


@endpoint("PUT", "/window/drafts/{draft_id}", guard=WINDOW)
async def save_draft(call: Call, draft_id: UUID, body: WindowAnswers) -> Draft:
    """Write down what the applicant says."""
    version = call.expected_version()
    return draft_view(await service.save_at_window(call.principal, draft_id, version, body.data))


@endpoint(
    "PUT",
    "/window/drafts/{draft_id}/materials/{code}",
    guard=WINDOW,
    raw=FILES,
    max_body=MAX_FILE,
    limit=SCANS,
)
async def scan(call: Call, draft_id: UUID, code: str, query: FileWanted) -> Draft:
    """Add a scan of a paper."""
    found = await service.scan_at_window(
        call.principal, draft_id, code, call.raw, query.name, more=query.more
    )
    return draft_view(found)


@endpoint("POST", "/window/drafts/{draft_id}/materials/{code}/licence", guard=WINDOW, limit=CARDS)
async def ask_for_licence(call: Call, draft_id: UUID, code: str, body: LicenceShown) -> Draft:
    """Ask the holder whether the licence they show may stand for a paper."""
    found = await service.ask_for_licence(call.principal, draft_id, code, body.token)
    return draft_view(found)


@endpoint("POST", "/window/cases", guard=WINDOW, status=201, idempotent=True)
async def file_case(call: Call, body: WindowSubmission) -> WindowCase:
    """Hand the draft in, and receive it."""
    case_no = await service.file_at_window(call.principal, body.draft_id)
    return _told(case_no, "received")


@endpoint("POST", "/window/cases/{case_no}/presence", guard=WINDOW, limit=CARDS)
async def note_presence(call: Call, case_no: str, body: Presence) -> None:
    """The applicant stands here with their card: for half an hour I may take things in."""
    card = service.Card(body.name, body.id_number)
    await service.note_presence(call.principal, case_no, card)


@endpoint("GET", "/window/cases/{case_no}", guard=WINDOW)
async def read_present_case(call: Call, case_no: str) -> CaseView:
    """The case of whoever stands here, and what was asked of them."""
    return CaseView.model_construct(
        **case_members(await service.present_case(call.principal, case_no))
    )


@endpoint("GET", "/window/cases/{case_no}/application", guard=WINDOW)
async def read_present_application(call: Call, case_no: str) -> Application:
    """What whoever stands here filled in and handed in."""
    view = await service.present_case(call.principal, case_no)
    return Application.model_construct(**application_members(view))


@endpoint("POST", "/window/cases/{case_no}/corrections", guard=WINDOW)
async def correct(call: Call, case_no: str, body: WindowCorrection) -> WindowCase:
    """Take in what was asked for."""
    version = call.expected_version()
    await service.correct_at_window(call.principal, case_no, version, body.data, body.note)
    return _told(case_no, "received")


@endpoint(
    "PUT",
    "/window/cases/{case_no}/materials/{code}",
    guard=WINDOW,
    raw=FILES,
    max_body=MAX_FILE,
    limit=SCANS,
)
async def replace_material(call: Call, case_no: str, code: str, query: FileWanted) -> None:
    """Replace a material that was asked for again."""
    await service.put_material_at_window(
        call.principal, case_no, code, call.raw, query.name, more=query.more
    )


@endpoint("POST", "/cases/{case_no}/deliver", guard=OUTLET, limit=CARDS)
async def deliver(call: Call, case_no: str, body: Receipt) -> WindowCase:
    """Hand the result out; the card shown is the applicant's."""
    await service.deliver(
        call.principal,
        case_no,
        call.expected_version(),
        id_number=body.id_number,
        agent=body.agent,
    )
    return _told(case_no, "closed")


def _told(case_no: str, state: str) -> WindowCase:
    return WindowCase(case_no=case_no, state=state, state_name=STATES[state])
