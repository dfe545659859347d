"""Registration: an account exists only after the population registry agreed (R-ID-01…05)."""

from dataclasses import dataclass

from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.grants.errors import TermsOutdated
from auth.grants.events import PersonRegistered
from auth.grants.rules import TERMS_VERSION, checked_password
from auth.grants.service.passwords import digest_of, set_password
from auth.grants.service.sessions import Granted, open_session
from auth.identity import service as identity
from auth.people import service as people
from auth.people.service import NewPerson

SIGN_UP = "sign_up"


@dataclass(frozen=True, slots=True)
class Registration:
    """What a resident fills in, already well-formed (R-ID-03)."""

    person: NewPerson
    code: str
    password: str
    terms_version: str
    channel: str = "web"


async def register(wanted: Registration) -> Granted:
    """Open an account of tier 1 and sign in.

    Raises `TermsOutdated`, `WeakPassword`, `CodeRefused`, `IdentityMismatch`,
    `RegistryUnreachable`, `AlreadyRegistered`. The code is used up only when the account comes
    to be, so a typing error in a name does not cost another message.
    """
    if wanted.terms_version != TERMS_VERSION:
        raise TermsOutdated(current=TERMS_VERSION)
    who = wanted.person
    checked_password(wanted.password, who.phone, who.id_number, who.id_number[6:14])
    code_id = await people.check_code(who.phone, SIGN_UP, wanted.code)
    await identity.match_four_fields(
        id_number=who.id_number, name=who.name, ethnic_group=who.ethnic_group, sex=who.sex
    )
    digest = await digest_of(wanted.password)
    async with db.unit_of_work():
        await people.consume_code(code_id)
        person_id = await people.add_person(who)
        principal = Principal(kind="person", id=person_id, channel=wanted.channel)
        await set_password(person_id, digest)
        await identity.add_evidence(
            principal, person_id, "population_four_fields", at=str(clock.now())
        )
        await people.grant_consent(principal, "terms", wanted.terms_version)
        audit.record(principal, "grants.registered", f"person:{person_id}", owner=person_id)
        announce(PersonRegistered(person_id=person_id, channel=wanted.channel))
        return await open_session("person", person_id, wanted.channel)
