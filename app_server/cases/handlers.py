"""What cases does about its own news and about paid bills; the words residents read."""

from app_server.cases import service
from app_server.cases.events import (
    CaseAccepted,
    CaseCorrected,
    CaseDecided,
    CaseNews,
    CaseProgressed,
    CaseSubmitted,
    CaseWithdrawn,
    CorrectionAsked,
)
from app_server.forms import service as forms
from app_server.kernel.events import handles
from notify import service as notify
from payments.events import BillPaid

SUBMITTED = notify.Template(
    "cases.submitted",
    "申请已提交",
    "您的“{item_name}”申请已提交，办件编号 {case_no}。部门将在五个工作日内告知是否受理。",
)
ACCEPTED = notify.Template(
    "cases.accepted",
    "申请已受理",
    "您的“{item_name}”（{case_no}）已受理{due}。",
    "您的“{item_name}”已受理，办件编号 {case_no}。",
)
CORRECTION = notify.Template(
    "cases.correction_asked",
    "请补正材料",
    "您的“{item_name}”（{case_no}）需要补正，请在 {due_on} 前完成，详情见办件页面。",
    "您的“{item_name}”需要补正，请在 {due_on} 前登录完成。",
)
CORRECTED = notify.Template(
    "cases.corrected",
    "补正已提交",
    "您的“{item_name}”（{case_no}）补正已提交，部门将在五个工作日内告知是否受理。",
)
APPROVED = notify.Template(
    "cases.approved",
    "已办结",
    "您的“{item_name}”（{case_no}）已准予，可在办件页面查看结果。",
    "您的“{item_name}”已办结，请登录查看结果。",
)
REFUSED = notify.Template(
    "cases.refused",
    "未予批准",
    "您的“{item_name}”（{case_no}）未予批准，理由见办件页面。如有异议可依法申请复议或提起诉讼。",
    "您的“{item_name}”已有结果，请登录查看。",
)
NOT_ACCEPTED = notify.Template(
    "cases.not_accepted",
    "不予受理",
    "您的“{item_name}”（{case_no}）不予受理，理由见办件页面。",
    "您的“{item_name}”未予受理，请登录查看理由。",
)
WITHDRAWN = notify.Template(
    "cases.withdrawn", "申请已撤回", "您的“{item_name}”（{case_no}）申请已撤回。"
)
PROGRESSED = notify.Template(
    "cases.progressed", "办理有进展", "您的“{item_name}”（{case_no}）有新的进展：{title}。"
)
DECISIONS = {"approved": APPROVED, "refused": REFUSED, "not_accepted": NOT_ACCEPTED}


async def _tell(event: CaseNews, template: notify.Template, mark: str = "", **more: str) -> None:
    await notify.send(
        person_id=event.person_id,
        template=template,
        params={"case_no": event.case_no, "item_name": event.item_name, **more},
        dedupe=f"{template.code}:{event.case_no}{mark}",
        link=f"/cases/{event.case_no}",
    )


@handles(CaseSubmitted)
async def close_draft(event: CaseSubmitted) -> None:
    """The draft has become a case."""
    await forms.mark_used(event.draft_id)


@handles(CaseSubmitted)
async def tell_submitted(event: CaseSubmitted) -> None:
    """Confirm the submission."""
    await _tell(event, SUBMITTED)


@handles(CaseAccepted)
async def tell_accepted(event: CaseAccepted) -> None:
    """Tell the promise."""
    await _tell(event, ACCEPTED, due=f",预计 {event.due_on} 前办结" if event.due_on else "")


@handles(CorrectionAsked)
async def tell_correction(event: CorrectionAsked) -> None:
    """Ask for what is missing."""
    await _tell(event, CORRECTION, f":{event.round}", due_on=event.due_on)


@handles(CaseCorrected)
async def tell_corrected(event: CaseCorrected) -> None:
    """Confirm the correction."""
    await _tell(event, CORRECTED, f":{event.round}")


@handles(CaseDecided)
async def tell_decision(event: CaseDecided) -> None:
    """Tell the outcome."""
    await _tell(event, DECISIONS[event.outcome])


@handles(CaseProgressed)
async def tell_progress(event: CaseProgressed) -> None:
    """Tell how far the department is."""
    await _tell(event, PROGRESSED, f":{event.line}", title=event.title)


@handles(CaseWithdrawn)
async def tell_withdrawn(event: CaseWithdrawn) -> None:
    """Confirm the withdrawal."""
    await _tell(event, WITHDRAWN)


@handles(BillPaid)
async def go_on_when_paid(event: BillPaid) -> None:
    """A paid bill of ours starts the clock of its case."""
    if event.source == "cases":
        await service.fee_paid(event.source_ref, event.bill_no)
