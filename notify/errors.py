"""What can go wrong with messages."""

from app_server.kernel.errors import NotFound


class NoSuchMessage(NotFound):
    """No such message in this inbox."""

    code = "notify.no_such_message"
    title = "没有这条消息"
