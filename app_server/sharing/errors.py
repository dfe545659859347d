"""What can go wrong when asking a registry."""

from app_server.kernel.errors import NotFound, ServiceUnavailable


class SharingUnavailable(ServiceUnavailable):
    """The registry does not answer, or its answer cannot be trusted."""

    code = "sharing.unavailable"
    title = "共享数据暂时无法获取，请稍后再试"


class NoSuchSharingService(NotFound):
    """No sharing service has this code."""

    code = "sharing.no_such_service"
    title = "没有这项共享服务"
