"""What can go wrong between platforms."""

from app_server.kernel.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    ServiceUnavailable,
    Unauthenticated,
)


class PlatformRefused(Unauthenticated):
    """The message is not one of a registered, active platform to us: nobody learns why."""

    code = "federation.platform_refused"
    title = "平台身份核验未通过"


class NotYourPart(Forbidden):
    """Such a message is another level's to send, or this platform does not answer it."""

    code = "federation.not_your_part"
    title = "该平台不能进行此操作"


class PlatformInvalid(InvalidInput):
    """The registration of a platform is not one we can stand for."""

    code = "federation.platform_invalid"
    title = "平台登记信息有误"


class WrongPlatform(InvalidInput):
    """A province keeps its own cities, a city its province and nobody else (R-ID-42)."""

    code = "federation.wrong_platform"
    title = "省级平台只登记本省的市，市级平台只登记所属省"


class PlatformTaken(Conflict):
    """The division has its platform already."""

    code = "federation.platform_taken"
    title = "该地区的平台已登记"


class NoSuchPlatform(NotFound):
    """No such platform is registered, or it rests."""

    code = "federation.no_such_platform"
    title = "没有找到该平台，或已停用"


class PeerUnreachable(ServiceUnavailable):
    """The other platform does not answer, or its answer is not its own."""

    code = "federation.peer_unreachable"
    title = "对方平台暂时无法连接，请稍后再试"


class NotRecognised(InvalidInput):
    """The ticket is wrong, used, too old or another browser's: nobody learns which."""

    code = "federation.not_recognised"
    title = "互认凭证无效或已失效，请重新登录"


class NotRegisteredHere(NotFound):
    """Who was proved elsewhere has no account at the province yet (R-ID-23)."""

    code = "federation.not_registered"
    title = "该用户尚未在省级平台注册"


class RecordConflicts(Conflict):
    """The record disagrees with what this platform knows; `reason` says in what."""

    code = "federation.record_conflicts"
    title = "用户信息与本平台已有信息不一致，请到政务大厅核对"


class HomeInvalid(InvalidInput):
    """The home city must be a city of the province."""

    code = "federation.home_invalid"
    title = "请选择本省的市"


class ProvinceOnly(Forbidden):
    """Only the province does this."""

    code = "federation.province_only"
    title = "此操作由省级平台办理"


class NoSuchImport(NotFound):
    """No such import of this platform."""

    code = "federation.no_such_import"
    title = "没有找到该导入任务"


class PartRefused(Conflict):
    """The part was sent before with other content, or the import takes no more."""

    code = "federation.part_refused"
    title = "该分片与已收到的不一致，或导入已结束"


class PartInvalid(InvalidInput):
    """The part cannot be read at all."""

    code = "federation.part_invalid"
    title = "分片格式不正确"
