"""What can go wrong with cases."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated


class LicenceUnfit(Conflict):
    """The shown licence cannot stand for this material: over, another holder's, another kind."""

    code = "cases.licence_unfit"
    title = "出示的证照不能用于这份材料，请核对证照种类和持证人，或请申请人重新亮证"


class BundleUnfit(Conflict):
    """What a bundle would consist of does not fit together; `faults` says why."""

    code = "cases.bundle_unfit"
    title = "所选事项暂时不能合并办理"


class NoSuchBundle(NotFound):
    """No bundle with this number is the caller's to see."""

    code = "cases.no_such_bundle"
    title = "没有找到这件“一件事”"


class NoSuchPart(NotFound):
    """The bundle has no such part, task or session."""

    code = "cases.no_such_part"
    title = "没有这个环节"


class LeadOnly(Forbidden):
    """Only the lead organisation closes, extends, or calls the others together (R-PAR-03)."""

    code = "cases.lead_only"
    title = "只有牵头单位可以进行这项操作"


class PartsOpen(Conflict):
    """Parts are still open that this joint mode waits for."""

    code = "cases.parts_open"
    title = "还有协办事项没有办结或承诺，暂不能办结"


class NoSuchCase(NotFound):
    """No such case, or the caller may not know of it."""

    code = "cases.no_such_case"
    title = "没有找到这个办件"


class ItemTierTooLow(Unauthenticated):
    """The item needs a higher real-person tier than the applicant holds (R-ID-06).

    `options` are the means that lead there, as code and name.
    """

    code = "kernel.tier_required"
    title = "办理此事项需要更高的实名等级"

    def __init__(self, required: int, held: int, options: list[dict[str, str]]) -> None:
        super().__init__(required_tier=required, held_tier=held, options=options)
        self.headers = {
            "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
            f'acr_values="urn:wanshi:acr:t{required}"'
        }


class ActingEnded(Forbidden):
    """The session acts for an organisation that its holder may no longer act for (R-ID-20)."""

    code = "cases.acting_ended"
    title = "您已不能以该单位名义办事，请切换身份后再试"


class OtherCapacity(Conflict):
    """The case was filed in another name than the session acts in; `organisation_id` says whose."""

    code = "cases.other_capacity"
    title = "请先切换到办理此件时的身份（个人或单位）"


class NotOnline(Conflict):
    """The item has no form: its guide can be read, it cannot be applied for here."""

    code = "cases.not_online"
    title = "该事项暂未开通网上申请，请按办事指南办理"


class AlreadyRunning(Conflict):
    """The person has a case of this item that is not finished."""

    code = "cases.already_running"
    title = "您已有一件同事项的办件正在办理"


class FormChanged(Conflict):
    """The item asks for another form than the draft was opened with."""

    code = "cases.form_changed"
    title = "事项表单已更新，请重新填写"


class NotInThisState(Conflict):
    """The action is not possible in the case's present state."""

    code = "cases.not_in_this_state"
    title = "办件当前状态不能进行此操作，请刷新后再看"


class ApproverNeeded(Forbidden):
    """Decisions are made by an approver, not by the officer who accepted."""

    code = "cases.approver_needed"
    title = "作出决定需要审批负责人"


class NotYourDeed(Forbidden):
    """The state table gives this deed to somebody else."""

    code = "cases.not_your_deed"
    title = "您的岗位不能进行此操作"


class LateDemand(Conflict):
    """A defect that could be seen in the first notice was not told then; `named` says which."""

    code = "cases.late_demand"
    title = "首次告知时已能发现的问题不得再次要求补正"


class BeyondTheGuide(InvalidInput):
    """Something is asked for that the item's published version does not ask for; `errors`."""

    code = "cases.beyond_the_guide"
    title = "不得要求办事指南以外的材料或条件"


class PointsUnmarked(InvalidInput):
    """A decision needs every review point marked; `errors` names those that are not."""

    code = "cases.points_unmarked"
    title = "还有审查要点没有填写结论"


class PointsFailed(Conflict):
    """A review point that did not pass allows no approval."""

    code = "cases.points_failed"
    title = "有审查要点不符合，不能准予"


class NoSuchProcedure(InvalidInput):
    """The item's version names no such special procedure, or not for so long."""

    code = "cases.no_such_procedure"
    title = "该事项没有这一特别程序，或所需时间超出上限"


class ExtensionRefused(Conflict):
    """No extension is possible: done before, too long, or nobody asked for one."""

    code = "cases.extension_refused"
    title = "不能延长：已延长过、超出可延长天数或没有待批准的申请"


class SamePerson(Forbidden):
    """Who asks does not approve."""

    code = "cases.same_person"
    title = "申请人与批准人不能是同一人"


class ForwardFirst(Conflict):
    """The higher authority decides: forward the case and take its word first."""

    code = "cases.forward_first"
    title = "该事项须先转报上级机关，并按其决定办理"


class NotForwardable(Conflict):
    """The item's version names no higher authority."""

    code = "cases.not_forwardable"
    title = "该事项不属于上报件"


class SubtaskOpen(Conflict):
    """Another organisation has not answered yet."""

    code = "cases.subtask_open"
    title = "协办事项尚未办结，暂不能作出决定"


class NoSuchSubtask(NotFound):
    """No such sub-task on this desk."""

    code = "cases.no_such_subtask"
    title = "没有找到这项协办事项"


class NotReopened(Conflict):
    """Only a machine's fresh decision that gave nothing away may be opened again."""

    code = "cases.not_reopened"
    title = "只能在规定时间内重新审查系统自动作出且未发证、未缴费的决定"


class NotTakenHere(Forbidden):
    """This window does not take the item in."""

    code = "cases.not_taken_here"
    title = "本窗口不能收取该事项的申请"


class ApplicantUnknown(NotFound):
    """Nobody is registered under this name and number."""

    code = "cases.applicant_unknown"
    title = "没有找到该申请人的实名账户，请先办理实名注册"


class NotTheReceiver(InvalidInput):
    """The number shown at the window is not the applicant's."""

    code = "cases.not_the_receiver"
    title = "出示的证件与申请人不一致"


class NoSuchDocument(NotFound):
    """No such document of this case."""

    code = "cases.no_such_document"
    title = "没有找到这份文书"


class CorrectionIncomplete(InvalidInput):
    """A material that was asked for again has not been replaced; `errors` names it."""

    code = "cases.correction_incomplete"
    title = "还有需要补正的材料没有重新上传"


class NumbersExhausted(Conflict):
    """No free case number was found in several tries."""

    code = "cases.numbers_exhausted"
    title = "办件编号繁忙，请稍后再试"


class SpanTooLong(InvalidInput):
    """Statistics cover at most 400 days, and the last day is not before the first."""

    code = "cases.span_too_long"
    title = "统计区间无效：结束日期不得早于开始日期，最长 400 天"


class DrawnByYourself(Conflict):
    """Whoever drew a flow last does not publish it: a second pair of eyes looks at it."""

    code = "cases.drawn_by_yourself"
    title = "最后修改的人不能自己发布，请由另一位流程设计员核对后发布"


class PaperHeld(Conflict):
    """A paper is asked for that a licence, a registry or an earlier application proves already."""

    code = "cases.paper_held"
    title = "政府已掌握的材料不得要求申请人再次提交"


class OriginalsAwaited(Conflict):
    """The item needs papers that have not arrived, or are not those on the list."""

    code = "cases.originals_awaited"
    title = "申请材料原件尚未核收，不能受理"


class NoOriginals(Conflict):
    """This case needs no papers, or has them."""

    code = "cases.no_originals"
    title = "该办件不需要寄送材料原件，或已核收"


class NotAnArchive(InvalidInput):
    """The bytes are no package of a finished case."""

    code = "cases.not_an_archive"
    title = "不是有效的电子档案包"


class NotArchivable(Conflict):
    """Only a case that is finished goes into a package."""

    code = "cases.not_archivable"
    title = "办件尚未办结，不能归档"
