"""What can go wrong with licences."""

from app_server.kernel.errors import Conflict, NotFound


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
