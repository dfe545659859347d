"""What other platforms say to us: one route, one signed message."""

from app_server.kernel.http import Call, RawReply, endpoint, own_credentials
from app_server.kernel.ratelimit import Limit
from auth.federation import service
from auth.federation.errors import PlatformRefused

MEDIA = "application/jose"


@endpoint(
    "POST",
    "/federation/messages",
    guard=own_credentials("partner", "signed message of a registered platform"),
    raw=(MEDIA, "application/octet-stream"),
    reply_type=MEDIA,
    max_body=8 * 1024,
    limit=Limit("federation", 12_000, 60),
)
async def take_message(call: Call) -> RawReply:
    """Answer a platform's signed message (decision 0010)."""
    try:
        text = call.raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise PlatformRefused from error
    return RawReply((await service.answer_message(text)).encode(), MEDIA)
