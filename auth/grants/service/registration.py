"""Registration: an account exists only after the population registry agreed (R-ID-01…05, 45).

While the registry is away a request waits (no account, the password only as its digest) and is
finished or refused later; a window officer may activate it with the card in hand.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.grants.errors import RegisteredAtProvince, RegistrationWaiting, TermsOutdated
from auth.grants.events import PersonRegistered, RegistrationDecided, RegistrationDue
from auth.grants.rules import TERMS_VERSION, checked_password
from auth.grants.service.passwords import digest_of, set_password
from auth.grants.service.sessions import NOWHERE, Granted, Place, open_session
from auth.identity import service as identity
from auth.identity.errors import DocumentExpired, IdentityMismatch, RegistryUnreachable
from auth.people import service as people
from auth.people.errors import AlreadyRegistered, NoSuchRegistration
from auth.people.service import NewPerson

SIGN_UP = "sign_up"
# Five contents, where the national guide (国办函〔2016〕108号) asks for three.
IN_REGISTRY = ("id_number", "name", "sex", "ethnic_group")
BY_CODE = ("mobile",)


@dataclass(frozen=True, slots=True)
class Registration:
    """What a resident fills in, already well-formed (R-ID-03)."""

    person: NewPerson
    code: str
    password: str
    terms_version: str
    channel: str = "web"


@dataclass(frozen=True, slots=True)
class Account:
    """What an account is opened with, once somebody has vouched for the person."""

    person: NewPerson
    password_digest: str
    terms_version: str
    channel: str


Afterwards = Callable[[UUID], Awaitable[None]]


async def register(
    wanted: Registration, place: Place = NOWHERE, then: Afterwards | None = None
) -> Granted:
    """Open an account of tier 1 and sign in; `then` is part of it or nothing is (a binding).

    Raises `RegisteredAtProvince`, `TermsOutdated`, `WeakPassword`, `CodeRefused`,
    `IdentityMismatch`, `DocumentExpired`, `AlreadyRegistered`, and `RegistrationWaiting` when the
    registry is away: then a request is kept. The code is used up only with the account or the
    request, so a typing error in a name does not cost another message.
    """
    who = wanted.person
    needs_province()
    checked_terms(wanted.terms_version)
    checked_password(wanted.password, who.phone, who.id_number, who.id_number[6:14])
    code_id = await people.check_code(who.phone, SIGN_UP, wanted.code)
    try:
        document = await _checked(who)
    except RegistryUnreachable:
        document = None
    digest = await digest_of(wanted.password)
    account = Account(who, digest, wanted.terms_version, wanted.channel)
    if document is None:
        await _leave_waiting(account, code_id)
    async with db.unit_of_work():
        await people.consume_code(code_id)
        person_id = await open_account(account, document)
        if then is not None:
            await then(person_id)
        return await open_session("person", person_id, wanted.channel, place=place)


def needs_province() -> None:
    """Raise `RegisteredAtProvince` on a city's platform, whoever asks (R-ID-23)."""
    settings = load()
    if settings.platform_tier != "province":
        raise RegisteredAtProvince(register_at=f"{settings.province_origin}/sign-up")


async def checked_digest(password: str, terms_version: str, *own: str) -> str:
    """The digest of a first password under the present terms; `TermsOutdated`, `WeakPassword`."""
    checked_terms(terms_version)
    return await digest_of(checked_password(password, *own))


def checked_terms(version: str) -> None:
    """Raise `TermsOutdated` unless these are the present terms."""
    if version != TERMS_VERSION:
        raise TermsOutdated(current=TERMS_VERSION)


async def _checked(who: NewPerson) -> identity.Document:
    return await identity.check_person(
        id_number=who.id_number, name=who.name, ethnic_group=who.ethnic_group, sex=who.sex
    )


async def _leave_waiting(account: Account, code_id: UUID) -> None:
    who = account.person
    if await people.find_by_id_number(who.id_number) or await people.phone_taken(who.phone):
        raise AlreadyRegistered
    async with db.unit_of_work():
        await people.consume_code(code_id)
        kept = await people.leave_registration(
            people.NewRegistration(
                who, account.password_digest, account.terms_version, account.channel
            )
        )
        audit.record(Principal(), "grants.registration_waits", f"registration:{kept.id}")
    raise RegistrationWaiting(
        request_id=str(kept.id), state="waiting", expires_at=kept.expires_at.isoformat()
    )


async def open_account(account: Account, document: identity.Document | None) -> UUID:
    """The account with its password, consent and first evidence, in the caller's unit of work.

    Without a document (a window officer vouched while the registry was away) there is no evidence
    of the registry. Raises `AlreadyRegistered`, `RegisteredAtProvince`.
    """
    needs_province()
    person_id = await people.add_person(account.person)
    principal = Principal(kind="person", id=person_id, channel=account.channel)
    await set_password(person_id, account.password_digest)
    if document is not None:
        said = identity.Proof(said_name=account.person.name)
        await identity.add_evidence(
            principal, person_id, "population_four_fields", said, contents=list(IN_REGISTRY)
        )
        await identity.note_document(principal, person_id, document, "population_registry")
    await identity.add_evidence(principal, person_id, "mobile_code", contents=list(BY_CODE))
    await people.grant_consent(principal, "terms", account.terms_version)
    audit.record(principal, "grants.registered", f"person:{person_id}", owner=person_id)
    announce(PersonRegistered(person_id=person_id, channel=account.channel))
    return person_id


async def ask_for_waiting() -> None:
    """Announce every waiting request that is due, and end what waited too long (a job does)."""
    for registration_id in await people.due_registrations():
        await people.postpone_registration(registration_id)
        announce(RegistrationDue(registration_id=registration_id))
    for registration_id in await people.expired_registrations():
        if await people.end_registration(registration_id, "expired", reason="expired"):
            announce(RegistrationDecided(registration_id=registration_id, outcome="expired"))
    await people.forget_registrations()


async def finish_waiting(registration_id: UUID) -> str:
    """Ask the registry about a waiting request again; answers what became of it.

    Doing it twice is doing it once. Call outside a unit of work.
    """
    try:
        held = await people.open_registration(registration_id, "waiting")
    except NoSuchRegistration:
        return "over"
    try:
        document = await _checked(held.wanted.person)
    except RegistryUnreachable:
        return "waiting"
    except (IdentityMismatch, DocumentExpired) as refusal:
        return await refuse_registration(registration_id, refusal.code)
    try:
        async with db.unit_of_work():
            await finish_registration(held, document)
    except AlreadyRegistered as refusal:
        return await refuse_registration(registration_id, refusal.code)
    return "finished"


async def finish_registration(
    held: people.RegistrationFacts, document: identity.Document | None, digest: str = ""
) -> UUID:
    """Turn a request into an account in the caller's unit of work; of two at once one does.

    Raises `NoSuchRegistration`, `AlreadyRegistered`.
    """
    wanted = held.wanted
    account = Account(
        wanted.person, digest or wanted.password_digest, wanted.terms_version, wanted.channel
    )
    person_id = await open_account(account, document)
    if not await people.end_registration(held.id, "finished", person_id=person_id):
        raise NoSuchRegistration
    announce(RegistrationDecided(registration_id=held.id, outcome="finished"))
    return person_id


async def refuse_registration(registration_id: UUID, reason: str) -> str:
    """End a request without an account; the person is told."""
    async with db.unit_of_work():
        if await people.end_registration(registration_id, "refused", reason=reason):
            announce(RegistrationDecided(registration_id=registration_id, outcome="refused"))
    return "refused"
