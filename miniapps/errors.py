"""What can go wrong with mini-apps."""

from app_server.kernel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceUnavailable,
    Unauthenticated,
)


class PackageRefused(InvalidInput):
    """The package breaks a rule of packaging; `detail` says which, for its makers to mend."""

    code = "miniapps.package_refused"
    title = "应用包不符合打包要求"


class ManifestRefused(InvalidInput):
    """`app.json` is not a manifest; `errors` lists what is wrong, field by field."""

    code = "miniapps.manifest_refused"
    title = "应用清单 app.json 填写有误"


class NotYourApp(Forbidden):
    """The app belongs to another organisation, or serves a region that is not the uploader's."""

    code = "miniapps.not_your_app"
    title = "该应用不属于您的单位或地区"


class VersionTaken(Conflict):
    """This version number already stands for other content, or a newer one exists."""

    code = "miniapps.version_taken"
    title = "该版本号已被使用，请提高版本号后重新上传"


class TrialRefused(NotFound):
    """The trial link is over, forged, or its version is no longer on trial."""

    code = "miniapps.trial_refused"
    title = "体验链接无效或已过期，请向应用团队索取新的链接"


class BelowFloor(Conflict):
    """The version lies below the lowest one that may still be opened."""

    code = "miniapps.below_floor"
    title = "该版本低于允许使用的最低版本"


class AppSuspended(NotFound):
    """The app was taken down; `reason` says why, in words for residents."""

    code = "miniapps.suspended"
    title = "该应用已下架"


class NoSuchVersion(NotFound):
    """The app has no such version."""

    code = "miniapps.no_such_version"
    title = "没有这个应用版本"


class NotInThisState(Conflict):
    """The version is not in the state this step starts from; another step came first."""

    code = "miniapps.not_in_this_state"
    title = "该版本当前状态不能进行此操作"


class NotAReviewer(Forbidden):
    """Approval needs a reviewer whose division covers the app's regions."""

    code = "miniapps.not_a_reviewer"
    title = "您没有审核该应用的权限"


class TwoPersonsNeeded(Forbidden):
    """Uploader, the city's reviewer and the province's are three people (R-POR-14)."""

    code = "miniapps.two_persons_needed"
    title = "上传、市级审核和省级审核必须由三个人办理，您已经办过其中一步"


class NoSuchMiniApp(NotFound):
    """No app of this id is released."""

    code = "miniapps.no_such_app"
    title = "没有找到该应用，可能已下线"


class AppTierTooLow(Unauthenticated):
    """The app needs a higher real-person tier than the caller holds (R-ID-01…04)."""

    code = "kernel.tier_required"
    title = "使用此应用需要更高的实名等级"

    def __init__(self, required: int, held: int) -> None:
        super().__init__(required_tier=required, held_tier=held)
        self.headers = {
            "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", '
            f'acr_values="urn:wanshi:acr:t{required}"'
        }


class NoSuchLaunch(NotFound):
    """The launch is not the caller's, or it is over."""

    code = "miniapps.no_such_launch"
    title = "应用已关闭，请重新打开"


class ScopeNotDeclared(Forbidden):
    """The app's reviewed manifest does not ask for this permission; `scope` names it."""

    code = "miniapps.scope_undeclared"
    title = "该应用没有申请此项权限"


class ScopeUnapproved(Forbidden):
    """Review did not give the app this permission; `scope` names it."""

    code = "miniapps.scope_unapproved"
    title = "该应用的此项权限没有通过审核"


class ConsentNeeded(Conflict):
    """The person has not agreed to this permission, or no longer; `scope` names it."""

    code = "miniapps.consent_needed"
    title = "需要您同意后才能继续"


class UnknownMethod(BadRequest):
    """There is no such call of the bridge."""

    code = "miniapps.unknown_method"
    title = "没有这个接口"


class ForeignOrigin(Forbidden):
    """The call comes from another page than the one that was opened."""

    code = "miniapps.foreign_origin"
    title = "调用不是来自已打开的应用"


class ProofRefused(Forbidden):
    """The vendor's signature over the call is wrong, over, or another app's."""

    code = "miniapps.proof_invalid"
    title = "接口签名无效"


class NotPayable(Forbidden):
    """No bill of this app and this person that could be paid."""

    code = "miniapps.not_payable"
    title = "没有可以支付的账单"


class TooManyFavourites(Conflict):
    """The shelf is full; `most` says how many it holds."""

    code = "miniapps.too_many_favourites"
    title = "收藏的应用太多，请先取消一些"


class TicketRefused(BadRequest):
    """Unknown, expired, used before, or another app's: a stranger learns not which."""

    code = "miniapps.ticket_refused"
    title = "票据无效或已使用，请重新获取"


class PublicKeyRefused(InvalidInput):
    """The text is no public key a developer may sign with; `detail` says why."""

    code = "miniapps.public_key_refused"
    title = "开发者公钥无效"


class BadAppId(InvalidInput):
    """An app id is `ah`, a city's or the province's code, and the app's own word."""

    code = "miniapps.bad_app_id"
    title = "应用编号不正确"


class KeyTaken(Conflict):
    """The key is another organisation's, was ended, or there are too many already."""

    code = "miniapps.key_taken"
    title = "该公钥已被登记或停用，请另换一个"


class NoSuchKey(NotFound):
    """The organisation has no such key."""

    code = "miniapps.no_such_key"
    title = "没有这个公钥"


class NotSeenYet(Conflict):
    """The browser has not looked at the version, or could not open it."""

    code = "miniapps.not_seen_yet"
    title = "浏览器检查还没有完成，请稍等一两分钟再审核"


class NotWithheld(InvalidInput):
    """Review can hold back optional permissions only; an app without a required one is refused."""

    code = "miniapps.not_withheld"
    title = "只能不批准可选权限；必需权限不合适时请不予通过"


class ReleaseDocumentRefused(BadRequest):
    """The release document was altered, is over, or is no document of this platform."""

    code = "miniapps.release_document_refused"
    title = "发布文件无效或已过期"


class NoSuchService(NotFound):
    """The app has no such service, or no form for it."""

    code = "miniapps.no_such_service"
    title = "该应用没有这项服务"


class BackEndDown(ServiceUnavailable):
    """The app's own back end does not answer, or fails."""

    code = "miniapps.back_end_down"
    title = "提供这项服务的单位系统暂时不可用，请稍后再试"


class BackEndUnfit(ServiceUnavailable):
    """The app's own back end answered something else than its manifest says."""

    code = "miniapps.back_end_unfit"
    title = "提供这项服务的单位系统返回的内容有误，请稍后再试"


class BackEndRefused(InvalidInput):
    """The app's own back end refused; `detail` is its word to the person."""

    code = "miniapps.back_end_refused"
    title = "提供这项服务的单位没有受理"


class RequestUnsigned(Unauthenticated):
    """The request's signature, its key or its time is not good; `detail` says which."""

    code = "miniapps.request_unsigned"
    title = "请求签名无效"


class CodeRefused(Conflict):
    """No code for the app's own client; `error` is OAuth's own word for why."""

    code = "miniapps.code_refused"
    title = "暂时不能为该应用登录"


class UnknownVisitor(NotFound):
    """Nobody of this number ever opened this app, as far as the caller may know."""

    code = "miniapps.unknown_visitor"
    title = "应用没有这位用户"


class BillExists(Conflict):
    """There is a bill under this number of the app's already."""

    code = "miniapps.bill_exists"
    title = "该编号已开具过账单"
