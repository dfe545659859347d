"""Rating one's own closed cases."""

from app_server.evaluations import service
from app_server.evaluations.schemas import Rating, RatingView, rating_view
from app_server.kernel.http import Call, endpoint, person


@endpoint("POST", "/cases/{case_no}/rating", guard=person(1))
async def rate(call: Call, case_no: str, body: Rating) -> RatingView:
    """Rate my closed case, once."""
    return rating_view(
        await service.rate(call.principal, case_no, body.score, body.tags, body.comment)
    )


@endpoint("GET", "/me/ratings/{case_no}", guard=person(1))
async def read_rating(call: Call, case_no: str) -> RatingView:
    """Whether I can rate this case, or how I did."""
    return rating_view(await service.evaluation(call.principal.subject, case_no))
