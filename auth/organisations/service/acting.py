"""Who acts for an organisation, on which level, and for what (R-ID-20)."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.organisations.errors import (
    BeyondDelegation,
    LevelTooLow,
    NoSuchOrganisation,
    OrganisationLapsed,
)
from auth.organisations.models import Delegation, Organisation
from auth.organisations.rules import DELEGATE_LEVEL, Scope, level_held
from auth.organisations.service.organisations import OrganisationFacts, facts_of


@dataclass(frozen=True, slots=True)
class Acting:
    """On what ground somebody acts for an organisation; no delegation is the representative."""

    organisation: OrganisationFacts
    level: int
    delegation_id: UUID | None
    scope: Scope | None

    @property
    def delegated(self) -> bool:
        """Whether by delegation."""
        return self.delegation_id is not None


async def level_of(organisation_id: UUID) -> int:
    """The level an organisation's live evidence gives it."""
    proofs = await identity.evidence_of(organisation_id, "organisation")
    return max((identity.SOURCES[p.source].tier for p in proofs), default=0)


async def acting(person_id: UUID, organisation_id: UUID) -> Acting:
    """How a person acts for an organisation now; raises `NoSuchOrganisation` if they do not."""
    row = await Organisation.get_or_none(id=organisation_id)
    if row is None:
        raise NoSuchOrganisation
    held = await level_of(row.id)
    if row.representative_id == person_id:
        return Acting(facts_of(row), level_held(held, row.state, delegated=False), None, None)
    given = await _delegation(person_id, organisation_id)
    if given is None:
        raise NoSuchOrganisation
    level = level_held(held, row.state, delegated=True)
    return Acting(facts_of(row), level, given.id, given.scope())


async def _delegation(person_id: UUID, organisation_id: UUID) -> Delegation | None:
    today = clock.today()
    return await Delegation.filter(
        organisation_id=organisation_id,
        delegate_id=person_id,
        state="active",
        begins_on__lte=today,
        ends_on__gte=today,
    ).first()


async def organisations_of(person_id: UUID) -> list[Acting]:
    """Every organisation a person acts for, represented ones first."""
    own = await Organisation.filter(representative_id=person_id).order_by("created_at")
    today = clock.today()
    given = await Delegation.filter(
        delegate_id=person_id, state="active", begins_on__lte=today, ends_on__gte=today
    )
    ids = [row.id for row in own] + [d.organisation_id for d in given]
    return [await acting(person_id, organisation_id) for organisation_id in dict.fromkeys(ids)]


async def may_file(principal: Principal, item: str, min_level: int) -> Acting:
    """The ground on which the caller files an item for the organisation they act for now.

    Asked of the tables, not of the token: a delegation ends the moment it is revoked. Raises
    `NoSuchOrganisation`, `OrganisationLapsed`, `BeyondDelegation` (also for a delegate who
    personally holds tier 2), `LevelTooLow`.
    """
    if principal.organisation is None:
        raise NoSuchOrganisation
    ground = await acting(principal.subject, principal.organisation)
    if ground.organisation.state == "cancelled":
        raise OrganisationLapsed
    if ground.scope is not None and not ground.scope.covers(item, min_level, clock.today()):
        raise BeyondDelegation(delegate_level=DELEGATE_LEVEL, required_level=min_level)
    if ground.level < max(min_level, 1):
        raise LevelTooLow(required_level=min_level, held_level=ground.level)
    return ground
