"""What can go wrong with mini-apps."""

from app_server.kernel.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
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
    """The app's reviewed manifest does not ask for this permission."""

    code = "miniapps.scope_not_declared"
    title = "该应用没有申请此项权限"


class TicketRefused(BadRequest):
    """Unknown, expired, used before, or another app's: a stranger learns not which."""

    code = "miniapps.ticket_refused"
    title = "票据无效或已使用，请重新获取"


class PublicKeyRefused(InvalidInput):
    """The text is no public key a developer may sign with; `detail` says why."""

    code = "miniapps.public_key_refused"
    title = "开发者公钥无效"


class ReleaseDocumentRefused(BadRequest):
    """The release document was altered, is over, or is no document of this platform."""

    code = "miniapps.release_document_refused"
    title = "发布文件无效或已过期"
