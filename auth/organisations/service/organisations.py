"""Organisations: registered against three libraries, told as facts, checked again each day."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from uuid import UUID

import structlog
from tortoise.exceptions import IntegrityError

from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.organisations import events
from auth.organisations.errors import (
    NoSuchOrganisation,
    OrganisationMismatch,
    OrganisationRegistered,
    RegistryUnreachable,
    RepresentativeNotVerified,
    RepresentativeOnly,
)
from auth.organisations.models import Organisation
from auth.organisations.providers.registries import Asked, registries
from auth.organisations.rules import (
    KIND_NAMES,
    ORGANISATION_EDGES,
    RECHECK_EVERY,
    all_agree,
    checked_edge,
    kind_of,
    organisation_code,
    sex_of,
)
from auth.people import service as people

log = structlog.get_logger(__name__)

REPRESENTATIVE_TIER = 1
SOURCE = "credit_code"
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Application:
    """What is filled in to register an organisation (R-ID-18), already well-formed.

    `credit_code` is checked; the organisation code is its characters 9 to 17; the old
    `registration_no` stands only where there is one.
    """

    credit_code: str
    name: str
    registration_no: str
    representative_name: str
    representative_id_number: str
    representative_ethnic_group: str


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """An organisation as other contexts know one."""

    id: UUID
    name: str
    credit_code: str
    kind: str
    kind_name: str
    certificate: str
    state: str
    representative_id: UUID


def facts_of(row: Organisation) -> OrganisationFacts:
    """A row as plain values."""
    return OrganisationFacts(
        row.id,
        row.name,
        row.credit_code,
        row.kind,
        KIND_NAMES[row.kind],
        kind_of(row.credit_code).certificate,
        row.state,
        row.representative_id,
    )


async def organisation(organisation_id: UUID) -> OrganisationFacts:
    """The facts of an organisation; raises `NoSuchOrganisation`."""
    row = await Organisation.get_or_none(id=organisation_id)
    if row is None:
        raise NoSuchOrganisation
    return facts_of(row)


async def register(principal: Principal, wanted: Application) -> OrganisationFacts:
    """Register an organisation on its first level.

    The representative comes first (R-ID-19); then the registering authority, the organisation-code
    library and the police library must all agree (R-ID-17). Filed by somebody else, it waits for
    the representative's word. Raises `RepresentativeNotVerified`, `OrganisationMismatch`,
    `RegistryUnreachable`, `OrganisationRegistered`.
    """
    representative = await _representative(wanted)
    answered = await _ask_libraries(wanted)
    if not all_agree(answered.values()):
        raise OrganisationMismatch
    state = "active" if representative == principal.subject else "awaiting_representative"
    now = clock.now()
    async with db.unit_of_work():
        try:
            row = await Organisation.create(
                credit_code=wanted.credit_code,
                name=wanted.name,
                kind=kind_of(wanted.credit_code).code,
                registration_no=wanted.registration_no,
                representative_id=representative,
                registered_by=principal.subject,
                state=state,
                checked_at=now,
                created_at=now,
            )
        except IntegrityError as error:
            raise OrganisationRegistered from error
        proof = identity.Proof(said_name=wanted.name)
        await identity.add_subject_evidence(
            principal, "organisation", row.id, SOURCE, proof, answered=answered
        )
        thing = f"organisation:{row.id}"
        audit.record(principal, "organisations.registered", thing, owner=representative)
        announce(
            events.OrganisationRegistered(
                organisation_id=row.id,
                organisation_name=row.name,
                representative_id=representative,
                registered_by=principal.subject,
                state=state,
            )
        )
    return facts_of(row)


async def _representative(wanted: Application) -> UUID:
    found = await people.find_by_id_number(wanted.representative_id_number)
    if found is None or await identity.tier_of_person(found) < REPRESENTATIVE_TIER:
        raise RepresentativeNotVerified
    facts = await people.person(found)
    if (facts.name, facts.ethnic_group) != (
        wanted.representative_name,
        wanted.representative_ethnic_group,
    ):
        raise OrganisationMismatch
    return found


async def _ask_libraries(wanted: Application) -> dict[str, bool]:
    """What each library answered; every one is asked, whatever the others say."""
    kind = kind_of(wanted.credit_code)
    asked = Asked(
        wanted.credit_code,
        wanted.name,
        wanted.registration_no,
        wanted.representative_name,
        wanted.representative_id_number,
    )
    questions: dict[str, Awaitable[bool]] = {
        kind.registry: registries().registered(kind.registry, asked),
        "organisation_code": registries().organisation_code(
            code=organisation_code(wanted.credit_code), name=wanted.name
        ),
        "police": _police(wanted),
    }
    try:
        answers = await asyncio.gather(*questions.values())
    except OSError as error:
        raise RegistryUnreachable from error
    return dict(zip(questions, answers, strict=True))


async def _police(wanted: Application) -> bool:
    answer = await identity.ask_four_fields(
        id_number=wanted.representative_id_number,
        name=wanted.representative_name,
        ethnic_group=wanted.representative_ethnic_group,
        sex=sex_of(wanted.representative_id_number),
    )
    if answer == "pending_manual_check":
        raise OSError("police")
    return answer == "matched"


async def confirm(principal: Principal, organisation_id: UUID) -> OrganisationFacts:
    """The representative's word for an organisation that somebody else registered.

    Raises `NoSuchOrganisation`, `RepresentativeOnly`, `NotInThisState`.
    """
    async with db.unit_of_work():
        row = await Organisation.select_for_update().get_or_none(id=organisation_id)
        if row is None:
            raise NoSuchOrganisation
        if row.representative_id != principal.subject:
            raise RepresentativeOnly
        if row.state != "awaiting_representative":
            checked_edge({}, row.state, "active")
        row.state = "active"
        await row.save(update_fields=["state"])
        audit.record(
            principal, "organisations.confirmed", f"organisation:{row.id}", owner=principal.subject
        )
    return facts_of(row)


async def due_for_check() -> list[UUID]:
    """Organisations whose standing was not asked for a day, the longest waiting first."""
    rows = await db.rows(
        "SELECT id FROM organisations_organisation WHERE checked_at < $1 "
        "ORDER BY checked_at LIMIT $2",
        clock.now() - RECHECK_EVERY,
        AT_ONCE,
    )
    return [row["id"] for row in rows]


async def check_again(organisation_id: UUID) -> str:
    """Ask the registering authority whether it still stands; answers the state (R-ID-43).

    Raises `OSError` when the authority is away: then yesterday's word stands.
    """
    row = await Organisation.get(id=organisation_id)
    library = kind_of(row.credit_code).registry
    stands = await registries().in_being(library, credit_code=row.credit_code)
    async with db.unit_of_work():
        row = await Organisation.select_for_update().get(id=organisation_id)
        row.checked_at = clock.now()
        if not stands and row.state != "cancelled":
            checked_edge(ORGANISATION_EDGES, row.state, "cancelled")
            row.state = "cancelled"
            announce(
                events.OrganisationCancelled(
                    organisation_id=row.id,
                    organisation_name=row.name,
                    representative_id=row.representative_id,
                )
            )
        elif stands and row.state == "cancelled":
            # The authority takes a cancellation back: the representative need not begin anew.
            row.state = "active"
        await row.save(update_fields=["checked_at", "state"])
    return row.state
