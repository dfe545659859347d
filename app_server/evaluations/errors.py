"""What can go wrong with ratings."""

from app_server.kernel.errors import Conflict, NotFound


class NotInvited(NotFound):
    """There is no closed case of the caller's to rate under this number."""

    code = "evaluations.not_invited"
    title = "没有可以评价的办件"


class AlreadyRated(Conflict):
    """One rating per case (国办发〔2019〕51号)."""

    code = "evaluations.already_rated"
    title = "这个办件已经评价过了"
