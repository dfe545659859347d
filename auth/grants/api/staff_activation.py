"""An officer sets a password with a one-time code; nobody else ever sees it."""

from app_server.kernel.http import Call, anyone, endpoint
from app_server.kernel.ratelimit import Limit
from auth.grants import service
from auth.grants.schemas import StaffActivation


@endpoint(
    "POST",
    "/activations",
    guard=anyone("staff"),
    limit=Limit("staff-activation", 10, 60, fail_closed=True),
)
async def activate_my_account(call: Call, body: StaffActivation) -> None:
    """Set my password with the code my administrator gave me."""
    del call
    await service.activate_staff(body.login, body.code, body.password)
