"""What can go wrong with seals."""

from app_server.kernel.errors import Conflict


class NoUsableSeal(Conflict):
    """The organisation has no active seal."""

    code = "seals.no_usable_seal"
    title = "该部门没有可用的电子印章"


class NotAuthorised(Conflict):
    """The seal may not be used for this: no authorisation, another digest, or used before."""

    code = "seals.not_authorised"
    title = "没有有效的用印授权"
