"""What can go wrong with licences."""

from app_server.kernel.errors import Conflict, InvalidInput, NotFound


class NoSuchLicence(NotFound):
    """No such licence, or it is somebody else's."""

    code = "licences.no_such_licence"
    title = "没有找到这份证照"


class NotShowable(Conflict):
    """The licence is still being made, or no longer valid."""

    code = "licences.not_showable"
    title = "证照当前不可出示"


class AlreadyHeld(Conflict):
    """The type allows one live licence per holder, and there is one."""

    code = "licences.already_held"
    title = "已持有同类有效证照"


class UnknownType(NotFound):
    """The catalogue has no such type."""

    code = "licences.unknown_type"
    title = "证照目录中没有该类型"


class TypeMoved(Conflict):
    """The type's draft was changed, published or retired meanwhile."""

    code = "licences.type_moved"
    title = "证照类型已被他人修改，请刷新后再试"


class TypeDraftThere(Conflict):
    """The type has a draft already: go on with that one."""

    code = "licences.type_draft_there"
    title = "该证照类型已有草稿，请在草稿上修改"


class ContentUnfit(InvalidInput):
    """The content is not what the type's directory wants."""

    code = "licences.content_unfit"
    title = "证照内容不符合目录要求"


class HolderUnfit(Conflict):
    """Licences of this type are not given to this kind of holder."""

    code = "licences.holder_unfit"
    title = "该类证照不能发给此类持有人"


class LicenceMoved(Conflict):
    """The licence is not in a state from which this can be done, or somebody was quicker."""

    code = "licences.moved"
    title = "证照状态已发生变化，请刷新后再试"


class NoSuchFile(NotFound):
    """The licence has no file of this kind, or it is still being made."""

    code = "licences.no_such_file"
    title = "证照文件尚未生成"


class NoSuchStatusList(NotFound):
    """No list of this number has been begun."""

    code = "licences.no_such_status_list"
    title = "没有这个状态列表"


class NoSuchRequest(NotFound):
    """No such request, or it is not between these two."""

    code = "licences.no_such_request"
    title = "没有找到这条查看申请"


class RequestSettled(Conflict):
    """The request was answered, read, withdrawn, or has lapsed."""

    code = "licences.request_settled"
    title = "这条查看申请已处理或已超时"


class NoSuchAgent(NotFound):
    """Nobody is registered under this name and number."""

    code = "licences.no_such_agent"
    title = "没有找到该实名用户，请核对姓名和证件号码"


class NoSuchMandate(NotFound):
    """No such authorisation, or it is over."""

    code = "licences.no_such_mandate"
    title = "没有找到这条授权"


class MandateRefused(Conflict):
    """Oneself cannot be entrusted, nor too many at a time."""

    code = "licences.mandate_refused"
    title = "不能这样授权"


class NoSuchImport(NotFound):
    """No such imported row, or it is another office's."""

    code = "licences.no_such_import"
    title = "没有找到这条归集记录"


class ImportSettled(Conflict):
    """The row was taken in or dropped, or somebody is at it."""

    code = "licences.import_settled"
    title = "这条归集记录已处理"
