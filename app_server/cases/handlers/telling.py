"""What applicants are told about their cases, in the words they read."""

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
    LicenceAsked,
    LimitExtended,
    LimitRecomputed,
    PreReviewEnded,
    PreReviewReturned,
    ResultWaits,
)
from app_server.cases.service import bundles, capacity
from app_server.kernel.events import handles
from notify import service as notify

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
LICENCE_ASKED = notify.Template(
    "cases.licence_asked",
    "请确认使用电子证照",
    "{asked_by}申请在“{item_name}”中使用您的“{licence_name}”，请核对后选择同意或不同意。",
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
        also=await capacity.told_too(event.case_id),
    )


@handles(CaseSubmitted)
async def tell_submitted(event: CaseSubmitted) -> None:
    """Confirm the submission; of a bundle only the whole is confirmed."""
    if not await bundles.bundle_of(event.case_no):
        await _tell(event, SUBMITTED)


@handles(CaseAccepted)
async def tell_accepted(event: CaseAccepted) -> None:
    """Tell the promise; a bundle has one of its own."""
    if not await bundles.bundle_of(event.case_no):
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
    """Tell the outcome; a part's approval is told with its bundle, a refusal at once."""
    if event.outcome != "approved" or not await bundles.bundle_of(event.case_no):
        await _tell(event, DECISIONS[event.outcome])


@handles(CaseClosed)
async def tell_closed(event: CaseClosed) -> None:
    """Tell that the result is there; a refusal has been told already."""
    if event.outcome == "approved" and not await bundles.bundle_of(event.case_no):
        await _tell(event, CLOSED)


@handles(CaseProgressed)
async def tell_progress(event: CaseProgressed) -> None:
    """Tell how far the department is."""
    await _tell(event, PROGRESSED, f":{event.line}", title=event.title)


@handles(CaseWithdrawn)
async def tell_withdrawn(event: CaseWithdrawn) -> None:
    """Confirm the withdrawal."""
    await _tell(event, WITHDRAWN)


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


@handles(LicenceAsked)
async def ask_holder(event: LicenceAsked) -> None:
    """The holder of a scanned licence decides on the own phone."""
    await notify.send(
        person_id=event.person_id,
        template=LICENCE_ASKED,
        params={
            "asked_by": event.asked_by,
            "item_name": event.item_name,
            "licence_name": event.licence_name,
        },
        dedupe=f"cases.licence_asked:{event.draft_id}:{event.material}:{event.number}",
        link=f"/drafts/{event.draft_id}/licences/{event.material}",
    )
