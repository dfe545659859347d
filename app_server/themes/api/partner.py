"""What the investment platform says to us."""

from app_server.kernel.http import Call, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from app_server.themes import service
from app_server.themes.schemas.themes import NoticeTaken

MAX_NOTICE = 8 * 1024


@endpoint(
    "POST",
    "/callbacks/investment",
    guard=anyone("partner"),
    raw=("application/json",),
    max_body=MAX_NOTICE,
    status=200,
    limit=Limit("investment-notices", 6_000, 60),
)
async def take_notice(call: Call) -> NoticeTaken:
    """Take a signed notice about a project."""
    return NoticeTaken(repeated=not await service.take_notice(call.headers, call.raw))
