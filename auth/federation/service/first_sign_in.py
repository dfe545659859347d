"""The first sign-in of somebody whose account a platform brought: they set a password (R-ID-25).

No password is ever imported or pushed. Phone and ID number must be one account's, and the code
proves the phone: neither alone opens it.
"""

from datetime import timedelta

from app_server.kernel import audit, db
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.grants.service.registration import checked_digest
from auth.identity import service as identity
from auth.people import service as people
from auth.people.errors import CodeRefused

PURPOSE = "first_sign_in"


async def send_first_code(phone: str) -> timedelta:
    """Send a code to a phone, whether or not an account waits for it; `CodeTooSoon`."""
    return await people.send_code(phone, PURPOSE)


async def set_first_password(
    phone: str, id_number: str, code: str, password: str, terms_version: str, place: grants.Place
) -> grants.Granted:
    """Set the password of an account that has none, and sign in.

    Raises `TermsOutdated`, `WeakPassword`, and `CodeRefused` for all else: nobody learns whether
    the code was wrong, the account is another's, or has its password already.
    """
    code_id = await people.check_code(phone, PURPOSE, code)
    digest = await checked_digest(password, terms_version, phone, id_number, id_number[6:14])
    person_id = await people.find_by_id_number(id_number)
    if person_id is None or (await people.person(person_id)).phone != phone:
        raise CodeRefused
    principal = Principal(kind="person", id=person_id, channel="web")
    async with db.unit_of_work():
        await db.lock(f"federation.first_sign_in:{person_id}")
        if await grants.has_password(person_id):
            raise CodeRefused
        await people.consume_code(code_id)
        await grants.set_password(person_id, digest)
        await people.grant_consent(principal, "terms", terms_version)
        await identity.add_evidence(principal, person_id, "mobile_code", contents=["mobile"])
        audit.record(principal, "federation.first_password", f"person:{person_id}", owner=person_id)
        return await grants.open_session("person", person_id, "web", place=place)
