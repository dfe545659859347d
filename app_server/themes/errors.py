"""What can go wrong with themes, the claim board and the investment platform."""

from app_server.kernel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
)


class NoSuchTheme(NotFound):
    """No template of this code is published."""

    code = "themes.no_such_theme"
    title = "没有找到这个“一件事”"


class TemplateUnfit(InvalidInput):
    """A template does not hold together; `errors` says where and why."""

    code = "themes.template_unfit"
    title = "“一件事”模板有误，不能发布"


class TemplateChanged(Conflict):
    """The questions were answered for an earlier version."""

    code = "themes.template_changed"
    title = "“一件事”内容已更新，请重新回答问题"


class NotForYou(Forbidden):
    """The theme is for companies, or for persons, and the caller acts as the other."""

    code = "themes.not_for_you"
    title = "当前身份不能办理这个“一件事”，请切换个人或单位身份"


class NotHere(Conflict):
    """A part has no implementation in this place; `parts` names them."""

    code = "themes.not_here"
    title = "这个“一件事”在所选地区尚未开通"


class ProvinceOnly(Forbidden):
    """Only the province does this."""

    code = "themes.province_only"
    title = "该操作只能由省级进行"


class NoSuchClaim(NotFound):
    """The claim board has no such entry."""

    code = "themes.no_such_claim"
    title = "认领清单中没有这个事项"


class ClaimExists(Conflict):
    """The item stands on the board already."""

    code = "themes.claim_exists"
    title = "该事项已在认领清单中"


class NotInThisState(Conflict):
    """The entry is not (or no longer) in a state in which this can be done."""

    code = "themes.not_in_this_state"
    title = "该事项当前状态不能进行此操作，请刷新后再试"


class NotYourClaim(Forbidden):
    """Another city claimed the item."""

    code = "themes.not_your_claim"
    title = "该事项由其他城市认领"


class NotRunnable(Conflict):
    """What is said to be built is not a published item of the city that runs online."""

    code = "themes.not_runnable"
    title = "尚未发布可全程网办的实施事项，不能提交评审"


class NotAnExpert(Forbidden):
    """The caller was not named an expert, or belongs to the claiming city."""

    code = "themes.not_an_expert"
    title = "您不是可以评审该事项的专家"


class AlreadyReviewed(Conflict):
    """An expert speaks once on what was built."""

    code = "themes.already_reviewed"
    title = "您已评审过该事项"


class BadNotice(Unauthenticated):
    """A notice is not the investment platform's, or too old."""

    code = "themes.bad_notice"
    title = "通知签名无效"


class NoticeUnfit(BadRequest):
    """A signed notice cannot be read."""

    code = "themes.notice_unfit"
    title = "通知内容不正确"


class NoticeDiffers(Conflict):
    """The same number came before with other words."""

    code = "themes.notice_differs"
    title = "相同编号的通知内容不一致"


class NoSuchProject(NotFound):
    """Nothing was filed for this project code by the caller."""

    code = "themes.no_such_project"
    title = "没有找到该项目代码下的办件"


class NotYourProject(Forbidden):
    """Somebody else filed for this project code before."""

    code = "themes.not_your_project"
    title = "该项目代码已由其他单位申报，请核对项目代码"
