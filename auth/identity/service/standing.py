"""True, lawful, valid (R-ID-43): the card's dates and the holder's life, kept up to date.

A card runs out by the calendar alone. Deaths, deregistrations and renewals come by the population
registry's change feed, read every hour.
"""

from typing import Any
from uuid import UUID

import structlog

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity.errors import IdentityLapsed, RegistryUnreachable
from auth.identity.events import PopulationChangesDue
from auth.identity.models import FeedPosition, Standing
from auth.identity.providers.registries import Document, PopulationChange, registries
from auth.identity.rules import LAPSES
from auth.identity.service.evidence import standing_of
from auth.identity.service.falls import tell_fall
from auth.people import service as people

log = structlog.get_logger(__name__)

POPULATION = "population"
MOST_ROUNDS = 100


async def note_document(
    principal: Principal, person_id: UUID, document: Document, source: str
) -> None:
    """Keep what a registry or a window officer's reading of the card said.

    In the caller's unit of work; the tier follows by itself.
    """
    told: dict[str, Any] = {
        "life": document.life,
        "valid_from": document.valid_from,
        "valid_until": document.valid_until,
        "source": source,
        "checked_at": clock.now(),
    }
    async with db.unit_of_work():
        held = await Standing.get_or_none(person_id=person_id)
        if held is None:
            await Standing.create(id=uuid7(), person_id=person_id, **told)
        else:
            await Standing.filter(id=held.id).update(**told)
        lost = document.life != "alive" or (
            document.valid_until is not None and document.valid_until < clock.today()
        )
        if lost:
            audit.record(principal, "identity.lapsed", f"person:{person_id}", owner=person_id)
            tell_fall("person", person_id, "lapsed")


async def needs_valid_identity(principal: Principal) -> None:
    """Raise `IdentityLapsed` when a card ran out or the registry knows of no living holder.

    What `auth.edge` found with the token counts: it is a minute old at most, and looked at again
    at once when something falls. A principal that did not come through it is looked up here.
    """
    reason = principal.lapse
    if reason is None:
        _, standing = await standing_of(principal.subject)
        reason = standing.lapse(clock.today())
    if reason:
        raise IdentityLapsed(LAPSES[reason], reason=reason)


async def recheck(principal: Principal) -> str:
    """Ask the registry about one's own card again (after a renewal); answers the lapse, if any.

    Raises `RegistryUnreachable`.
    """
    facts = await people.person(principal.subject)
    try:
        document = await registries().document(id_number=facts.id_number, name=facts.name)
    except OSError as error:
        raise RegistryUnreachable from error
    if document is not None:
        await note_document(principal, facts.id, document, "population_registry")
    _, standing = await standing_of(facts.id)
    return standing.lapse(clock.today())


async def ask_for_changes() -> None:
    """Announce that the change feed is to be read (the hourly job does, in its transaction)."""
    announce(PopulationChangesDue(feed=POPULATION))


async def read_changes() -> int:
    """Read the change feed to its end; answers how many entries concerned accounts here.

    Raises `OSError` when the registry is away: what was read so far is kept. Every entry and its
    position commit together, so that a crash repeats nothing and misses nothing.
    """
    concerned = 0
    for _ in range(MOST_ROUNDS):
        held = await FeedPosition.get_or_none(name=POPULATION)
        changes = await registries().changes(after=held.position if held else 0)
        if not changes:
            return concerned
        for change in changes:
            concerned += await _apply(change)
    return concerned


async def _apply(change: PopulationChange) -> bool:
    async with db.unit_of_work():
        await db.execute(
            "INSERT INTO identity_feed_position (name, position, read_at) VALUES ($1, $2, $3) "
            "ON CONFLICT (name) DO UPDATE SET position = $2, read_at = $3 "
            "WHERE identity_feed_position.position < $2",
            POPULATION,
            change.position,
            clock.now(),
        )
        person_id = await people.find_by_id_number(change.id_number)
        if person_id is None:
            return False
        await note_document(Principal(), person_id, change.document, "population_registry")
    return True
