"""One-time codes as grants takes them: a phone has so many tries an hour, whatever they are for."""

from uuid import UUID

from auth.grants.rules import CODE_TRIES
from auth.grants.service import lockouts
from auth.people import service as people


async def checked_code(phone: str, purpose: str, code: str) -> UUID:
    """As `people.check_code`; raises `TooManyTries` besides `CodeRefused`.

    Five tries a code are people's limit; a fresh code every minute must not buy five more.
    """
    await lockouts.take(CODE_TRIES, "code", phone)
    return await people.check_code(phone, purpose, code)
