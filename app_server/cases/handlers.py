"""What cases does about its own news and about paid bills; the words residents read."""

from app_server.cases import service
from app_server.cases.events import (
    CaseAccepted,
    CaseClosed,
    CaseCorrected,
    CaseDecided,
    CaseEnded,
    CaseNews,
    CaseProgressed,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    ClockPaused,
    ClockResumed,
    CorrectionAsked,
    CorrectionOverdue,
    DocumentDue,
    FlowActionDue,
    LimitExtended,
    LimitRecomputed,
    PrefillRetryDue,
    PreReviewEnded,
    PreReviewReturned,
    RegistryDue,
    ResultWaits,
)
from app_server.forms import service as forms
from app_server.forms.events import PaperRead
from app_server.kernel.events import Delivery, Ok, handles, performs
from app_server.kernel.working_days import CalendarChanged
from app_server.logistics.events import ParcelDelivered, ParcelMoved
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
    "已准予",
    "您的“{item_name}”（{case_no}）已准予，可在办件页面查看进展。",
)
CLOSED = notify.Template(
    "cases.closed",
    "已办结",
    "您的“{item_name}”（{case_no}）已办结，可在办件页面查看结果。",
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
RECEIVED = notify.Template(
    "cases.received",
    "已收件",
    "您的“{item_name}”（{case_no}）已收件，部门将告知是否受理。",
)
PRE_REVIEW_RETURNED = notify.Template(
    "cases.pre_review_returned",
    "预审退回补充",
    "您的“{item_name}”（{case_no}）预审需要补充，原因见办件页面。预审不是受理，补充后重新提交即可。",
    "您的“{item_name}”预审需要补充，请登录查看。",
)
PRE_REVIEW_FAILED = notify.Template(
    "cases.pre_review_failed",
    "预审不通过",
    "您的“{item_name}”（{case_no}）预审未通过，原因见办件页面。",
    "您的“{item_name}”预审未通过，请登录查看原因。",
)
CORRECTION_OVERDUE = notify.Template(
    "cases.correction_overdue",
    "补正期限已到",
    "您的“{item_name}”（{case_no}）补正期限已到，{return_on} 后仍未补正的，申请材料将退回。",
    "您的“{item_name}”补正期限已到，请尽快登录完成。",
)
PAUSED = notify.Template(
    "cases.clock_paused",
    "进入特别程序",
    "您的“{item_name}”（{case_no}）需要{procedure}，不超过 {days} 个工作日，"
    "所需时间不计入办理时限。",
)
RESUMED = notify.Template(
    "cases.clock_resumed",
    "特别程序结束",
    "您的“{item_name}”（{case_no}）特别程序已结束，办理时限继续计算{due}。",
)
EXTENDED = notify.Template(
    "cases.limit_extended",
    "办理期限延长",
    "您的“{item_name}”（{case_no}）经批准延长 {days} 个工作日，至 {due_on}，理由见告知书。",
    "您的“{item_name}”办理期限延长，请登录查看理由。",
)
RECOMPUTED = notify.Template(
    "cases.limit_recomputed",
    "办结日期调整",
    "因工作日历调整，您的“{item_name}”（{case_no}）预计办结日期为 {due_on}。",
)
RESULT_WAITS = notify.Template(
    "cases.result_waits",
    "结果可以领取",
    "您的“{item_name}”（{case_no}）结果已制成，{way}。",
    "您的“{item_name}”结果已制成，请登录查看。",
)
REOPENED = notify.Template(
    "cases.reopened",
    "重新审查",
    "您的“{item_name}”（{case_no}）由工作人员重新审查，原因见办件页面。",
)
RETURNED = notify.Template(
    "cases.returned",
    "申请材料已退回",
    "您的“{item_name}”（{case_no}）已退件，原因见办件页面。",
    "您的“{item_name}”已退件，请登录查看原因。",
)
FORCED = notify.Template(
    "cases.ended",
    "办件已终止",
    "您的“{item_name}”（{case_no}）已终止办理，原因见办件页面。",
    "您的“{item_name}”已终止办理，请登录查看原因。",
)
ENDINGS = {"returned": RETURNED, "ended": FORCED}
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
    """The draft has become a case; a machine may have read its papers meanwhile."""
    await forms.mark_used(event.draft_id)
    await service.take_checks(event.draft_id)


@handles(PaperRead)
async def take_checks(event: PaperRead) -> None:
    """A machine read a paper of a draft that had been handed in."""
    await service.take_checks(event.draft_id)


@handles(CaseSubmitted)
async def tell_submitted(event: CaseSubmitted) -> None:
    """Confirm the submission."""
    await _tell(event, SUBMITTED)


@handles(CaseAccepted)
async def tell_accepted(event: CaseAccepted) -> None:
    """Tell the promise."""
    await _tell(event, ACCEPTED, due=f"，预计 {event.due_on} 前办结" if event.due_on else "")


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


@handles(CaseClosed)
async def tell_closed(event: CaseClosed) -> None:
    """Tell that the result is there; a refusal has been told already."""
    if event.outcome == "approved":
        await _tell(event, CLOSED)


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
    """A paid bill of ours lets its case go on to making and delivery."""
    if event.source == "cases":
        await service.fee_paid(event.source_ref, event.bill_no)


@handles(CaseSubmitted)
async def watch_pre_review(event: CaseSubmitted) -> None:
    """Pre-review has a clock of its own."""
    await service.watch_pre_review(event.case_no)


@handles(CaseSubmitted)
async def accept_by_machine(event: CaseSubmitted) -> None:
    """Where the item allows, a machine looks first."""
    await service.accept_automatically(event.case_no)


@handles(CaseAccepted)
async def decide_by_machine(event: CaseAccepted) -> None:
    """Where the item allows, a machine may approve; it refuses nothing."""
    await service.decide_automatically(event.case_no)


@handles(CalendarChanged)
async def reckon_again(event: CalendarChanged) -> None:
    """Open limits go by the calendar that is in force."""
    await service.recompute(event.years)


@handles(PreReviewReturned)
async def tell_pre_review_returned(event: PreReviewReturned) -> None:
    """Pre-review asks for something."""
    await _tell(event, PRE_REVIEW_RETURNED, f":{event.version}")


@handles(PreReviewEnded)
async def tell_pre_review_ended(event: PreReviewEnded) -> None:
    """Pre-review is over, one way or the other."""
    template = RECEIVED if event.passed else PRE_REVIEW_FAILED
    await _tell(event, template, f":{event.version}")


@handles(CorrectionOverdue)
async def tell_correction_overdue(event: CorrectionOverdue) -> None:
    """Remind before the papers go back."""
    await _tell(event, CORRECTION_OVERDUE, f":{event.round}", return_on=event.return_on)


@handles(ClockPaused)
async def tell_paused(event: ClockPaused) -> None:
    """Tell the needed time (art. 45)."""
    await _tell(
        event,
        PAUSED,
        f":{event.version}",
        procedure=event.procedure,
        days=str(event.days),
    )


@handles(ClockResumed)
async def tell_resumed(event: ClockResumed) -> None:
    """Tell the new last day."""
    due = f"，预计 {event.due_on} 前办结" if event.due_on else ""
    await _tell(event, RESUMED, f":{event.version}", due=due)


@handles(LimitExtended)
async def tell_extended(event: LimitExtended) -> None:
    """Tell that it takes longer; the document says why (art. 42)."""
    await _tell(event, EXTENDED, days=str(event.days), due_on=event.due_on)


@handles(LimitRecomputed)
async def tell_recomputed(event: LimitRecomputed) -> None:
    """Tell the day that the changed calendar leads to."""
    await _tell(event, RECOMPUTED, f":{event.due_on}", due_on=event.due_on)


@handles(ResultWaits)
async def tell_result(event: ResultWaits) -> None:
    """Tell where the result is."""
    way = "请带身份证到所选窗口领取" if event.way == "window" else "即将寄出"
    await _tell(event, RESULT_WAITS, way=way)


@handles(CaseReopened)
async def tell_reopened(event: CaseReopened) -> None:
    """Tell that a person looks again."""
    await _tell(event, REOPENED, f":{event.version}")


@handles(CaseEnded)
async def tell_ended(event: CaseEnded) -> None:
    """Tell that it is over, and where the reason stands."""
    await _tell(event, ENDINGS[event.how])


@performs(DocumentDue)
async def make_document(event: DocumentDue, delivery: Delivery) -> Ok:
    """Set a document in type and store it; the same again changes nothing."""
    del delivery  # the content's own address is the key
    await service.make_document(event.document_id)
    return Ok()


@handles(CaseSubmitted)
async def begin_flow(event: CaseSubmitted) -> None:
    """The item's flow starts with the case."""
    await service.begin_flow(event.case_no)


@handles(FlowActionDue)
async def do_flow_action(event: FlowActionDue) -> None:
    """Do what the flow asks of the platform."""
    await service.act(event.case_no)


@handles(CaseSubmitted)
async def count_filed(event: CaseSubmitted) -> None:
    """The item's version was used (R-ITM-01)."""
    await service.count_use(event.case_no, "filed")


@handles(CaseClosed)
async def count_finished(event: CaseClosed) -> None:
    """The item's version served somebody to the end (R-ITM-01)."""
    await service.count_use(event.case_no, "finished")


@handles(ParcelDelivered)
async def close_signed(event: ParcelDelivered) -> None:
    """A signed parcel ends its case (R-CAS-35)."""
    if event.about.startswith(service.PARCEL):
        await service.parcel_signed(event.about.removeprefix(service.PARCEL), intact=event.intact)


@handles(ParcelMoved)
async def keep_returned(event: ParcelMoved) -> None:
    """A parcel nobody took waits at a window."""
    if event.state == "returned" and event.about.startswith(service.PARCEL):
        await service.parcel_came_back(event.about.removeprefix(service.PARCEL))


@performs(RegistryDue)
async def ask_registries(event: RegistryDue, delivery: Delivery) -> Ok:
    """Ask for what a filed case lacks; answered again it finds nothing missing."""
    del delivery
    await service.supply(event.case_no, event.turn)
    return Ok()


@performs(PrefillRetryDue)
async def retry_prefill(event: PrefillRetryDue, delivery: Delivery) -> Ok:
    """Ask the registries again; a draft that nothing is missing from is not asked for twice."""
    del event, delivery
    await service.retry_drafts()
    return Ok()
