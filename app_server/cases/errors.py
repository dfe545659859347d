"""What can go wrong with cases."""

from app_server.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated


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


class CorrectionIncomplete(InvalidInput):
    """A material that was asked for again has not been replaced; `errors` names it."""

    code = "cases.correction_incomplete"
    title = "还有需要补正的材料没有重新上传"


class NumbersExhausted(Conflict):
    """No free case number was found in several tries."""

    code = "cases.numbers_exhausted"
    title = "办件编号繁忙，请稍后再试"
