"""Signing in with a password, as a resident or as staff."""

from app_server.kernel.principal import Principal
from auth.grants.errors import SessionOver, SignInRefused
from auth.grants.service.passwords import check_password
from auth.grants.service.sessions import Granted, authenticated_again, open_session
from auth.people import service as people
from auth.staff import service as staff


async def sign_in_person(login: str, password: str, channel: str = "web") -> Granted:
    """Sign a resident in by phone, ID number or user name; `SignInRefused`, `SignInLocked`."""
    person_id = await people.find_by_login(login)
    await check_password(person_id, password)
    if person_id is None:
        raise SignInRefused
    return await open_session("person", person_id, channel)


async def sign_in_staff(login: str, password: str) -> Granted:
    """Sign a staff member in on the staff surface; `SignInRefused`, `SignInLocked`."""
    member = await staff.find_by_login(login)
    await check_password(member.id if member else None, password)
    if member is None:
        raise SignInRefused
    return await open_session("staff", member.id, "console")


async def prove_again(principal: Principal, password: str) -> None:
    """The holder of a session enters the password once more (RFC 9470, `prompt=login`).

    Raises `SessionOver`, `SignInRefused`, `SignInLocked`.
    """
    if principal.session is None:
        raise SessionOver
    await check_password(principal.subject, password)
    await authenticated_again(principal.session)
