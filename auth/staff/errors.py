"""What can go wrong with staff."""

from app_server.kernel.errors import NotFound


class NoSuchStaff(NotFound):
    """No such staff member, or no longer in post."""

    code = "staff.no_such_staff"
    title = "没有找到该工作人员"
