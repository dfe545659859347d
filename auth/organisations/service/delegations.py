"""Delegations: granted by the representative, within a scope and dates, revoked at any time."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity import service as identity
from auth.organisations import events
from auth.organisations.errors import (
    DelegateNotFound,
    NoSuchDelegation,
    NoSuchOrganisation,
    NotInThisState,
    RepresentativeOnly,
)
from auth.organisations.models import Delegation, Organisation
from auth.organisations.rules import DELEGATION_EDGES, LONGEST_DELEGATION, checked_edge
from auth.people import service as people


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom to delegate to, what for (item codes or `*`), and from when till when (inclusive)."""

    delegate_name: str
    delegate_id_number: str
    items: tuple[str, ...]
    begins_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class DelegationFacts:
    """A delegation as the representative sees it; the delegate's name is masked."""

    id: UUID
    delegate_id: UUID
    delegate_name: str
    items: tuple[str, ...]
    begins_on: date
    ends_on: date
    state: str
    granted_at: datetime
    revoked_at: datetime | None
    version: int


async def own_organisation(principal: Principal, organisation_id: UUID) -> Organisation:
    """An organisation the caller represents, locked; raises `RepresentativeOnly`, `NoSuch…`."""
    row = await Organisation.select_for_update().get_or_none(id=organisation_id)
    if row is None:
        raise NoSuchOrganisation
    if row.representative_id != principal.subject:
        raise RepresentativeOnly
    if row.state != "active":
        raise NotInThisState(state=row.state)
    return row


def _checked_dates(begins_on: date, ends_on: date) -> None:
    today = clock.today()
    if ends_on < begins_on or ends_on < today:
        raise InvalidInput(
            errors=[{"field": "ends_on", "message": "截止日期不能早于开始日期或今天"}]
        )
    if ends_on - begins_on > LONGEST_DELEGATION:
        raise InvalidInput(errors=[{"field": "ends_on", "message": "授权期限最长三年"}])


async def grant(principal: Principal, organisation_id: UUID, wanted: Grant) -> UUID:
    """Let a real-named person act for the organisation; replaces an earlier one of theirs.

    Raises `NoSuchOrganisation`, `RepresentativeOnly`, `NotInThisState`, `InvalidInput`,
    `DelegateNotFound` (no account, or the name is another).
    """
    async with db.unit_of_work():
        await own_organisation(principal, organisation_id)
    _checked_dates(wanted.begins_on, wanted.ends_on)
    delegate = await people.find_by_id_number(wanted.delegate_id_number)
    if delegate is None or await identity.tier_of_person(delegate) < 1:
        raise DelegateNotFound
    facts = await people.person(delegate)
    if facts.name != wanted.delegate_name or delegate == principal.subject:
        raise DelegateNotFound
    async with db.unit_of_work():
        row = await own_organisation(principal, organisation_id)
        await Delegation.filter(
            organisation_id=row.id, delegate_id=delegate, state="active"
        ).update(state="revoked", revoked_at=clock.now())
        given = await Delegation.create(
            organisation_id=row.id,
            delegate_id=delegate,
            granted_by=principal.subject,
            items=list(wanted.items),
            begins_on=wanted.begins_on,
            ends_on=wanted.ends_on,
            granted_at=clock.now(),
        )
        thing = f"delegation:{given.id}"
        audit.record(principal, "organisations.delegated", thing, owner=delegate)
        announce(
            events.DelegationGranted(
                organisation_id=row.id,
                organisation_name=row.name,
                delegate_id=delegate,
                ends_on=wanted.ends_on.isoformat(),
            )
        )
    return given.id


async def revoke(principal: Principal, organisation_id: UUID, delegation_id: UUID) -> None:
    """End a delegation now; by the representative, or by the delegate who wants it no longer.

    Raises `NoSuchDelegation`, `NotInThisState`.
    """
    async with db.unit_of_work():
        row = await Organisation.get_or_none(id=organisation_id)
        given = await Delegation.get_or_none(id=delegation_id, organisation_id=organisation_id)
        if row is None or given is None:
            raise NoSuchDelegation
        if principal.subject not in {row.representative_id, given.delegate_id}:
            raise NoSuchDelegation
        checked_edge(DELEGATION_EDGES, given.state, "revoked")
        moved = await Delegation.filter(id=given.id, state="active").update(
            state="revoked", revoked_at=clock.now(), version=given.version + 1
        )
        if not moved:
            raise NotInThisState(state="revoked")
        thing = f"delegation:{given.id}"
        audit.record(principal, "organisations.delegation_revoked", thing, owner=given.delegate_id)
        announce(
            events.DelegationRevoked(
                organisation_id=row.id, organisation_name=row.name, delegate_id=given.delegate_id
            )
        )


async def delegations_of(principal: Principal, organisation_id: UUID) -> list[DelegationFacts]:
    """Every delegation of an organisation the caller represents, newest first."""
    row = await Organisation.get_or_none(id=organisation_id)
    if row is None:
        raise NoSuchOrganisation
    if row.representative_id != principal.subject:
        raise RepresentativeOnly
    given = await Delegation.filter(organisation_id=row.id).order_by("-granted_at").limit(100)
    return [
        DelegationFacts(
            d.id,
            d.delegate_id,
            await people.display_name(d.delegate_id),
            tuple(d.items),
            d.begins_on,
            d.ends_on,
            d.state,
            d.granted_at,
            d.revoked_at,
            d.version,
        )
        for d in given
    ]
