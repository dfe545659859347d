"""Changing a password, and resetting a forgotten one by the phone and the ID number."""

from datetime import timedelta
from uuid import UUID

from app_server.kernel import audit, db
from app_server.kernel.crypto import blind_index, same
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.grants.errors import ResetRefused, SamePassword
from auth.grants.events import PasswordChanged
from auth.grants.rules import RESET_TRIES, checked_password, checked_staff_password
from auth.grants.service import lockouts
from auth.grants.service.passwords import (
    Claim,
    check_password,
    digest_of,
    has_password,
    set_password,
)
from auth.grants.service.sessions import end_sessions_of
from auth.people import service as people
from auth.staff import service as staff

RESET = "password_reset"


async def change_password(principal: Principal, old: str, new: str) -> None:
    """Set another password; every other session ends, this one stays.

    Raises `WeakPassword`, `SamePassword`, `SignInRefused`, `SignInLocked`.
    """
    if principal.kind == "staff":
        checked_staff_password(new, (await staff.staff_member(principal.subject)).login)
    else:
        who = await people.person(principal.subject)
        checked_password(new, who.phone, who.id_number, who.id_number[6:14])
    await check_password(Claim(principal.kind, principal.ref, principal.subject), old)
    if same(old, new):
        raise SamePassword
    digest = await digest_of(new)
    async with db.unit_of_work():
        await _replace(principal, digest, "password_changed", sparing=principal.session)


async def _replace(
    principal: Principal, digest: str, reason: str, *, sparing: UUID | None = None
) -> None:
    await set_password(principal.subject, digest)
    await end_sessions_of(principal.subject, reason, sparing=sparing)
    owner = principal.subject if principal.kind == "person" else None
    thing = f"{principal.kind}:{principal.subject}"
    audit.record(principal, f"grants.{reason}", thing, owner=owner)
    announce(PasswordChanged(subject_id=principal.subject, kind=principal.kind, reason=reason))


async def send_reset_code(phone: str) -> timedelta:
    """Send a code to a phone, whether or not an account has it; `CodeTooSoon`.

    Saying "no such account", or saying it sooner, would tell who is registered.
    """
    return await people.send_code(phone, RESET)


async def reset_password(phone: str, code: str, id_number: str, password: str) -> None:
    """Set a new password for who holds the phone and knows the whole ID number.

    Ends every session and every lock. Raises `WeakPassword`, `CodeRefused`, `CodeTriesSpent`,
    `TooManyTries`, and `ResetRefused` when phone and number are not one account's, or the account
    never had a password: the first sign-in sets it, with the consents it asks for (R-ID-25).
    """
    checked_password(password, phone, id_number, id_number[6:14])
    code_id = await people.check_code(phone, RESET, code)
    await lockouts.take(RESET_TRIES, "reset", phone)
    found = await people.find_by_login(phone)
    holder = await people.find_by_id_number(id_number.upper())
    # Before anything is said: a refusal takes as long as a reset.
    digest = await digest_of(password)
    if found is None or holder != found or not await has_password(found):
        raise ResetRefused
    who = await people.person(found)
    async with db.unit_of_work():
        await people.consume_code(code_id)
        await _replace(Principal(kind="person", id=found), digest, "password_reset")
    for login in filter(None, (who.phone, who.id_number, who.username)):
        await lockouts.release("login", "person", login.upper())


async def release_lock(officer: Principal, kind: str, login: str) -> None:
    """End the lock of an account before its time, by whichever login it is named.

    Tells nothing of whether there was one. What was typed is released as well where no account is.
    """
    logins = {login.strip().upper()}
    if kind == "staff":
        member = await staff.find_by_login(login)
        subject = member.id if member else None
    else:
        subject = await people.find_by_login(login)
        if subject is not None:
            who = await people.person(subject)
            logins |= {n.upper() for n in (who.phone, who.id_number, who.username) if n}
    async with db.unit_of_work():
        for one in sorted(logins):
            await lockouts.release("login", kind, one)
        if subject is not None:
            await lockouts.release("subject", str(subject))
            await lockouts.release("factor", str(subject))
        audit.record(
            officer,
            "grants.lock_released",
            f"login:{blind_index(login.strip().upper(), 'grants.released')[:16]}",
            owner=subject if kind == "person" else None,
        )
