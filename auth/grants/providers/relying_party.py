"""Relying parties as they are called: the back-channel logout of OpenID Connect."""

import httpx

from app_server.kernel.events import Ok, Outcome, Rejected, Unknown

TIMEOUT_S = 5.0


async def tell_logout(address: str, token: str) -> Outcome:
    """Hand a logout token over; `Rejected` where it is refused for good (Back-Channel §2.8)."""
    try:
        async with httpx.AsyncClient(
            timeout=TIMEOUT_S, follow_redirects=False, trust_env=False
        ) as http:
            reply = await http.post(address, data={"logout_token": token})
    except httpx.HTTPError as error:
        return Unknown(type(error).__name__)
    if reply.is_success:
        return Ok(str(reply.status_code))
    if reply.status_code == 400:
        return Rejected("400")
    return Unknown(str(reply.status_code))
