"""Signing in: a resident by password or passkey, an officer by password and a second factor."""

from uuid import UUID

from app_server.kernel.principal import Principal
from auth.grants.errors import SessionOver, SignInRefused
from auth.grants.rules import ADDRESS_TRIES, network_of
from auth.grants.service import lockouts, passkeys
from auth.grants.service.passkeys import Ceremony, Credential, Holder
from auth.grants.service.passwords import Claim, check_password
from auth.grants.service.second_factors import enter
from auth.grants.service.sessions import (
    NOWHERE,
    Granted,
    Place,
    authenticated_again,
    open_session,
)
from auth.people import service as people
from auth.staff import service as staff


async def proved_person(login: str, password: str, place: Place) -> UUID:
    """The resident whose password it is; `SignInRefused`, `SignInLocked`, `TooManyTries`."""
    person_id = await people.find_by_login(login)
    await check_password(Claim("person", login, person_id, place.address), password)
    if person_id is None:
        raise SignInRefused
    return person_id


async def sign_in_person(
    login: str, password: str, channel: str = "web", place: Place = NOWHERE
) -> Granted:
    """Sign a resident in by phone, ID number or user name; raises as `proved_person`."""
    person_id = await proved_person(login, password, place)
    return await open_session("person", person_id, channel, place=place)


async def sign_in_staff(login: str, password: str, place: Place = NOWHERE) -> Granted:
    """Sign a staff member in on the staff surface.

    Raises `SignInRefused`, `SignInLocked`, `TooManyTries`; after a right password
    `SecondFactorNeeded` or `PasswordOutdated`, which say how to go on.
    """
    member = await staff.find_by_login(login)
    who = member.id if member else None
    await check_password(Claim("staff", login, who, place.address), password)
    if member is None:
        raise SignInRefused
    return await enter(member.id, ("pwd",), place)


async def passkey_challenge(place: Place) -> Ceremony:
    """Begin to sign in with whichever passkey the authenticator has; `TooManyTries`."""
    await lockouts.take(ADDRESS_TRIES, "passkey", network_of(place.address))
    return await passkeys.assertion_options("person", None, None)


async def sign_in_by_passkey(
    challenge_id: UUID, credential: Credential, place: Place = NOWHERE
) -> Granted:
    """Sign a resident in by a passkey alone; raises `FactorRefused`."""
    found = await passkeys.prove_passkey("person", None, challenge_id, credential)
    return await open_session("person", found.subject_id, "web", passkeys.amr_of(found), place)


async def prove_again(principal: Principal, password: str) -> None:
    """The holder of a session enters the password once more (RFC 9470, `prompt=login`).

    Raises `SessionOver`, `SignInRefused`, `SignInLocked`.
    """
    if principal.session is None:
        raise SessionOver
    await check_password(Claim(principal.kind, principal.ref, principal.subject), password)
    await authenticated_again(principal.session)


async def passkey_challenge_again(principal: Principal) -> Ceremony:
    """Begin to prove a passkey within a session; raises `SessionOver`."""
    if principal.session is None:
        raise SessionOver
    holder = Holder(principal.kind, principal.subject)
    return await passkeys.assertion_options(principal.kind, principal.session, holder)


async def prove_again_by_passkey(
    principal: Principal, challenge_id: UUID, credential: Credential
) -> None:
    """The holder of a session proves a passkey of theirs once more; raises `FactorRefused`."""
    if principal.session is None:
        raise SessionOver
    holder = Holder(principal.kind, principal.subject)
    found = await passkeys.prove_passkey(
        principal.kind, principal.session, challenge_id, credential, holder
    )
    await authenticated_again(principal.session, passkeys.amr_of(found))
