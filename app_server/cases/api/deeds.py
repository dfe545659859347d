"""What officers do with a case; each deed is one edge of the state table."""

from app_server.cases import service
from app_server.cases.api.replies import after
from app_server.cases.schemas import DeskCase
from app_server.cases.schemas.deeds import (
    Approval,
    Because,
    CorrectionWanted,
    ExtensionWanted,
    HigherWord,
    Points,
    Refusal,
    Suspension,
    Word,
)
from app_server.kernel.http import Call, endpoint, staff

OFFICERS = staff("case_officer", "case_approver")
APPROVERS = staff("case_approver")
HEADS = staff("case_head")
EXTENDERS = staff("case_approver", "case_head")
TAKERS = staff("case_officer", "case_approver", "case_window")


def _marks(points: Points) -> list[service.PointMark]:
    return [service.PointMark(p.code, p.mark, p.note) for p in points]


@endpoint("POST", "/cases/{case_no}/pass-pre-review", guard=OFFICERS)
async def pass_pre_review(call: Call, case_no: str, body: Word) -> DeskCase:
    """Pre-review passed: receive."""
    await service.pass_pre_review(call.principal, case_no, call.expected_version(), body.note)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/return-pre-review", guard=OFFICERS)
async def return_pre_review(call: Call, case_no: str, body: Because) -> DeskCase:
    """Pre-review asks for something more."""
    await service.return_pre_review(call.principal, case_no, call.expected_version(), body.reason)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/fail-pre-review", guard=OFFICERS)
async def fail_pre_review(call: Call, case_no: str, body: Because) -> DeskCase:
    """Pre-review failed: the case ends."""
    await service.fail_pre_review(call.principal, case_no, call.expected_version(), body.reason)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/receive", guard=TAKERS)
async def receive(call: Call, case_no: str) -> DeskCase:
    """Take the papers in."""
    await service.receive(call.principal, case_no, call.expected_version())
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/accept", guard=OFFICERS)
async def accept(call: Call, case_no: str) -> DeskCase:
    """Accept: the legal clock starts."""
    await service.accept(call.principal, case_no, call.expected_version())
    return await after(call, case_no)


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
        defects=[
            service.Defect(d.kind, d.code, d.ground, d.explanation, d.how) for d in body.items
        ],
    )
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/return-case", guard=OFFICERS)
async def return_case(call: Call, case_no: str, body: Because) -> DeskCase:
    """Give the papers back."""
    await service.return_case(call.principal, case_no, call.expected_version(), body.reason)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/begin-review", guard=OFFICERS)
async def begin_review(call: Call, case_no: str) -> DeskCase:
    """Take the case up."""
    await service.begin_review(call.principal, case_no, call.expected_version())
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/suspend", guard=OFFICERS)
async def suspend(call: Call, case_no: str, body: Suspension) -> DeskCase:
    """Stop the clock for a special procedure."""
    await service.suspend(
        call.principal,
        case_no,
        call.expected_version(),
        kind=body.kind,
        days=body.days,
        reason=body.reason,
    )
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/resume", guard=OFFICERS)
async def resume(call: Call, case_no: str, body: Word) -> DeskCase:
    """The special procedure is over."""
    await service.resume(call.principal, case_no, call.expected_version(), body.note)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/ask-extension", guard=OFFICERS)
async def ask_extension(call: Call, case_no: str, body: ExtensionWanted) -> DeskCase:
    """Ask for more days; somebody else approves."""
    await service.ask_extension(
        call.principal, case_no, call.expected_version(), days=body.days, reason=body.reason
    )
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/extend", guard=EXTENDERS)
async def extend(call: Call, case_no: str, body: Word) -> DeskCase:
    """Approve the extension; the applicant is told why."""
    await service.extend(call.principal, case_no, call.expected_version(), body.note)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/deny-extension", guard=EXTENDERS)
async def deny_extension(call: Call, case_no: str, body: Because) -> DeskCase:
    """Refuse the extension."""
    await service.deny_extension(call.principal, case_no, call.expected_version(), body.reason)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/forward", guard=OFFICERS)
async def forward(call: Call, case_no: str, body: Word) -> DeskCase:
    """Send the case up to the authority that decides it."""
    await service.forward(call.principal, case_no, call.expected_version(), body.note)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/report-back", guard=OFFICERS)
async def report_back(call: Call, case_no: str, body: HigherWord) -> DeskCase:
    """Take the higher authority's decision."""
    await service.report_back(
        call.principal,
        case_no,
        call.expected_version(),
        outcome=body.outcome,
        reason=body.reason,
    )
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/approve", guard=APPROVERS)
async def approve(call: Call, case_no: str, body: Approval) -> DeskCase:
    """Decide in favour, every review point marked."""
    await service.approve(
        call.principal, case_no, call.expected_version(), body.note, _marks(body.points)
    )
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/refuse", guard=OFFICERS)
async def refuse(call: Call, case_no: str, body: Refusal) -> DeskCase:
    """Do not accept, or decide against."""
    await service.refuse(
        call.principal, case_no, call.expected_version(), body.reason, _marks(body.points)
    )
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/hand-over", guard=OFFICERS)
async def hand_over(call: Call, case_no: str) -> DeskCase:
    """The paper is made and waits for its owner."""
    await service.hand_over(call.principal, case_no, call.expected_version())
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/reopen", guard=APPROVERS)
async def reopen(call: Call, case_no: str, body: Because) -> DeskCase:
    """Look again at a machine's decision."""
    await service.reopen(call.principal, case_no, call.expected_version(), body.reason)
    return await after(call, case_no)


@endpoint("POST", "/cases/{case_no}/end", guard=HEADS)
async def end(call: Call, case_no: str, body: Because) -> DeskCase:
    """Force an end."""
    await service.end(call.principal, case_no, call.expected_version(), body.reason)
    return await after(call, case_no)
