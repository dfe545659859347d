"""The real-name window: an officer of a hall has seen person and card (R-ID-07).

Which window an officer sits at is known by their post, never said by the officer: a port, since
staff is a neighbour of this floor.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.crypto import same
from app_server.kernel.principal import Principal
from auth.identity.errors import IdentityMismatch, UnderReview, WindowNotAllowed
from auth.identity.providers.registries import Document, registries
from auth.identity.rules import checked_window
from auth.identity.service.evidence import Proof, add_evidence, tier_of_person
from auth.identity.service.registries import RegistryAnswer, ask_four_fields, valid_document
from auth.identity.service.reviews import must_not_be_under_review
from auth.identity.service.standing import note_document
from auth.people import service as people


@dataclass(frozen=True, slots=True)
class Window:
    """A window of a hall: its number, the hall's level, and its division."""

    id: str
    level: str
    region: str


@dataclass(frozen=True, slots=True)
class CardSeen:
    """What the officer reads from the card in their hand; no end of validity is 长期."""

    name: str
    id_number: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class WindowResult:
    """What the check at a window led to."""

    person_id: UUID
    tier: int
    registry: RegistryAnswer


WindowOf = Callable[[UUID], Awaitable[Window | None]]
_window_of: WindowOf | None = None


def find_windows_by(window_of: WindowOf) -> None:
    """Bind who knows the officers' windows (the registry does, once)."""
    global _window_of  # noqa: PLW0603 - a port is bound once at start
    _window_of = window_of


async def window_of(officer: Principal) -> Window:
    """The officer's real-name window; raises `WindowNotAllowed` (R-ID-07)."""
    if _window_of is None:
        raise RuntimeError("nobody knows the windows")
    window = await _window_of(officer.subject)
    if window is None:
        raise WindowNotAllowed(level="")
    checked_window(window.level)
    return window


async def verify_at_window(officer: Principal, card: CardSeen) -> WindowResult:
    """Raise a person who stands at the window with their card.

    The registry is asked as well; when it is away the officer's own check stands and the record
    says so (R-ID-36). Raises `WindowNotAllowed`, `IdentityMismatch` (nobody has this name and
    number here), `DocumentExpired`, `UnderReview`.
    """
    window = await window_of(officer)
    seen = valid_document(Document("alive", card.valid_from, card.valid_until), clock.today())
    person_id = await people.find_by_id_number(card.id_number)
    if person_id is None:
        raise IdentityMismatch
    facts = await people.person(person_id)
    if not same(facts.name, card.name):
        raise IdentityMismatch
    await must_not_be_under_review(person_id)
    answer = await ask_four_fields(
        id_number=facts.id_number,
        name=facts.name,
        ethnic_group=facts.ethnic_group,
        sex=facts.sex,
    )
    if answer == "mismatched":
        raise IdentityMismatch
    document = seen if answer == "pending_manual_check" else await _registered(card, seen)
    proof = Proof(said_name=card.name, window=window.id, region=window.region)
    async with db.unit_of_work():
        await note_document(officer, person_id, document, "realname_window")
        added = await add_evidence(
            officer, person_id, "realname_window", proof, level=window.level, registry=answer
        )
    if added is None:
        raise UnderReview
    return WindowResult(person_id, await tier_of_person(person_id), answer)


async def _registered(card: CardSeen, seen: Document) -> Document:
    """The registry's own dates where it has them: a forged card lasts no longer for it."""
    try:
        known = await registries().document(id_number=card.id_number, name=card.name)
    except OSError:
        return seen
    return valid_document(known, clock.today())
