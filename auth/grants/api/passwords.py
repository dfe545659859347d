"""Changing and resetting passwords; ending a lock."""

from app_server.kernel.http import Call, NotYourRole, anyone, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from auth.grants import service
from auth.grants.api.accounts import CODE_LIMIT, PROOF_LIMIT
from auth.grants.schemas import CodeRequest, CodeSent
from auth.grants.schemas.sessions import LockRelease, PasswordChange, PasswordReset
from auth.people import service as people

RESET_LIMIT = Limit("password-reset", 10, 60, fail_closed=True)


async def change_password(call: Call, body: PasswordChange) -> None:
    """Set another password; my other devices are signed out."""
    await service.change_password(call.principal, body.old_password, body.new_password)


for _path, _guard in (("/me/password", person(0)), ("/my/password", staff())):
    endpoint("PUT", _path, guard=_guard, limit=PROOF_LIMIT)(change_password)


@endpoint("POST", "/password-resets/codes", guard=anyone(), status=202, limit=CODE_LIMIT)
async def send_reset_code(call: Call, body: CodeRequest) -> CodeSent:
    """Send a one-time code to a phone, to set a new password with."""
    del call
    life = await service.send_reset_code(body.phone)
    return CodeSent(
        expires_in_s=int(life.total_seconds()),
        resend_after_s=int(people.RESEND_AFTER.total_seconds()),
    )


@endpoint("POST", "/password-resets", guard=anyone(), limit=RESET_LIMIT)
async def reset_password(call: Call, body: PasswordReset) -> None:
    """Set a new password with the phone's code and the whole ID number; all devices sign out."""
    del call
    await service.reset_password(body.phone, body.code, body.id_number, body.password)


RELEASERS = staff("security_admin", "realname_window")


@endpoint("POST", "/lock-releases", guard=RELEASERS, limit=PROOF_LIMIT)
async def release_lock(call: Call, body: LockRelease) -> None:
    """End the lock of a login before its time; says nothing of whether there was one.

    A window officer does it for a resident who stands there, the security administrator for all.
    """
    if body.kind == "staff" and "security_admin" not in call.principal.roles:
        raise NotYourRole
    await service.release_lock(call.principal, body.kind, body.login)
