"""Registration with an officer's help in a hall (R-ID-39), and activation at the window (R-ID-45).

The officer checks card and registry; the resident sets the password with a code sent to their own
phone. The officer never sees it, and is named in the evidence.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal
from auth.grants.rules import checked_password
from auth.grants.service.passwords import digest_of
from auth.grants.service.registration import (
    checked_terms,
    finish_registration,
    needs_province,
    refuse_registration,
)
from auth.grants.service.sessions import NOWHERE, Granted, Place, open_session
from auth.identity import service as identity
from auth.identity.errors import IdentityMismatch
from auth.people import service as people
from auth.people.errors import AlreadyRegistered
from auth.people.service import NewPerson, NewRegistration, RegistrationFacts

WAITS = "awaiting_password"


def _purpose(registration_id: UUID) -> str:
    return f"assist:{registration_id.hex}"


async def begin_assisted(
    officer: Principal, who: NewPerson, card: identity.CardSeen
) -> RegistrationFacts:
    """Begin for a resident who stands at the window; a code goes to their phone.

    Raises `WindowNotAllowed`, `IdentityMismatch`, `DocumentExpired`, `RegistryUnreachable`,
    `AlreadyRegistered`, `CodeTooSoon`, `RegisteredAtProvince`.
    """
    needs_province()
    window = await identity.window_of(officer)
    if await people.find_by_id_number(who.id_number) or await people.phone_taken(who.phone):
        raise AlreadyRegistered
    identity.valid_document(
        identity.Document("alive", card.valid_from, card.valid_until), clock.today()
    )
    await identity.check_person(
        id_number=who.id_number, name=who.name, ethnic_group=who.ethnic_group, sex=who.sex
    )
    async with db.unit_of_work():
        kept = await people.leave_registration(
            NewRegistration(
                who,
                channel="window",
                officer=str(officer.subject),
                window=window.id,
                region=window.region,
                valid_from=card.valid_from,
                valid_until=card.valid_until,
                facts={"level": window.level},
            )
        )
        await people.send_code(who.phone, _purpose(kept.id))
        audit.record(officer, "grants.assisted_begun", f"registration:{kept.id}", window=window.id)
    return kept


async def send_assisted_code(registration_id: UUID) -> timedelta:
    """Send the resident another code; `NoSuchRegistration`, `CodeTooSoon`."""
    held = await people.open_registration(registration_id, WAITS)
    return await people.send_code(held.wanted.person.phone, _purpose(registration_id))


async def complete_assisted(
    registration_id: UUID,
    code: str,
    password: str,
    terms_version: str,
    place: Place = NOWHERE,
) -> Granted:
    """The resident sets the password: the account opens at tier 2, and they are signed in.

    Raises `NoSuchRegistration`, `TermsOutdated`, `WeakPassword`, `CodeRefused`,
    `IdentityMismatch`, `RegistryUnreachable`, `AlreadyRegistered`.
    """
    held = await people.open_registration(registration_id, WAITS)
    who = held.wanted.person
    checked_terms(terms_version)
    checked_password(password, who.phone, who.id_number, who.id_number[6:14])
    code_id = await people.check_code(who.phone, _purpose(registration_id), code)
    # A day may lie between the window and this moment.
    document = await identity.check_person(
        id_number=who.id_number, name=who.name, ethnic_group=who.ethnic_group, sex=who.sex
    )
    digest = await digest_of(password)
    held = replace(held, wanted=replace(held.wanted, terms_version=terms_version))
    async with db.unit_of_work():
        await people.consume_code(code_id)
        person_id = await finish_registration(held, document, digest)
        await _seen_at_window(held, person_id)
        return await open_session("person", person_id, "web", place=place)


async def _seen_at_window(held: RegistrationFacts, person_id: UUID) -> None:
    wanted = held.wanted
    # The officer vouched when the request began; the evidence bears their name, not the resident's.
    officer = Principal(kind="staff", id=UUID(wanted.officer), region=wanted.region)
    await identity.add_evidence(
        officer,
        person_id,
        "realname_window",
        identity.Proof(wanted.person.name, wanted.window, wanted.region),
        **wanted.facts,
    )


async def activate_waiting(
    officer: Principal, registration_id: UUID, card: identity.CardSeen
) -> UUID:
    """Open the account of a request that waits for the registry, card in hand (R-ID-36, 45).

    The registry is asked once more; its no ends the request. Raises `WindowNotAllowed`,
    `NoSuchRegistration`, `IdentityMismatch`, `DocumentExpired`, `AlreadyRegistered`.
    """
    window = await identity.window_of(officer)
    held = await people.open_registration(registration_id, "waiting")
    who = held.wanted.person
    if not (same(who.id_number, card.id_number) and same(who.name, card.name)):
        raise IdentityMismatch
    document = identity.valid_document(
        identity.Document("alive", card.valid_from, card.valid_until), clock.today()
    )
    answer = await identity.ask_four_fields(
        id_number=who.id_number, name=who.name, ethnic_group=who.ethnic_group, sex=who.sex
    )
    if answer == "mismatched":
        await refuse_registration(registration_id, IdentityMismatch.code)
        raise IdentityMismatch
    async with db.unit_of_work():
        person_id = await finish_registration(held, document if answer == "matched" else None)
        await identity.note_document(officer, person_id, document, "realname_window")
        proof = identity.Proof(who.name, window.id, window.region)
        await identity.add_evidence(
            officer, person_id, "realname_window", proof, level=window.level, registry=answer
        )
    return person_id
