"""An officer sets a password with the one-time code an administrator handed over.

A command of this floor because it sets a password; the code is auth.staff's.
"""

from app_server.kernel import audit, db
from app_server.kernel.principal import Principal
from auth.grants.rules import checked_staff_password
from auth.grants.service import lockouts
from auth.grants.service.passwords import digest_of, set_password
from auth.grants.service.sessions import end_sessions_of
from auth.staff import service as staff


async def activate_staff(login: str, code: str, password: str) -> None:
    """Set the password and end what was open before; the administrator never sees it.

    Raises `WeakPassword`, `ActivationRefused`. The code is used up only when the password is set.
    """
    checked_staff_password(password, login)
    # Before the code is looked at: a wrong code takes as long as a right one.
    digest = await digest_of(password)
    async with db.unit_of_work():
        staff_id = await staff.consume(login, code)
        member = await staff.staff_member(staff_id)
        await set_password(staff_id, digest)
        await lockouts.release("login", "staff", login.strip().upper())
        await end_sessions_of(staff_id, "password_set")
        principal = Principal(kind="staff", id=staff_id, name=member.name, channel="console")
        audit.record(principal, "grants.staff_activated", f"staff:{staff_id}")
