"""What can go wrong with messages."""

from app_server.kernel.errors import NotFound, TooManyRequests


class NoSuchMessage(NotFound):
    """No such message in this inbox."""

    code = "notify.no_such_message"
    title = "没有这条消息"


class TooManyScreens(TooManyRequests):
    """Five open screens of one person listen already."""

    code = "notify.too_many_screens"
    title = "同时打开的页面太多"
