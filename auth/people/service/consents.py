"""Separate consents: given for one purpose, shown, withdrawn at any time (PIPL art. 15, 29)."""

from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.people.errors import ConsentMissing
from auth.people.events import ConsentGranted, ConsentWithdrawn
from auth.people.models import Consent


async def grant_consent(principal: Principal, purpose: str, text_version: str) -> UUID:
    """Record that the person agrees; answers the consent's id."""
    person_id = principal.subject
    async with db.unit_of_work():
        given = await Consent.create(
            person_id=person_id,
            purpose=purpose,
            text_version=text_version,
            granted_at=clock.now(),
        )
        audit.record(principal, "people.consent_granted", f"consent:{given.id}", owner=person_id)
        announce(ConsentGranted(person_id=person_id, purpose=purpose, text_version=text_version))
    return given.id


async def withdraw_consent(principal: Principal, purpose: str) -> None:
    """Take back every live consent to a purpose."""
    person_id = principal.subject
    async with db.unit_of_work():
        await Consent.filter(person_id=person_id, purpose=purpose, withdrawn_at=None).update(
            withdrawn_at=clock.now()
        )
        audit.record(principal, "people.consent_withdrawn", f"purpose:{purpose}", owner=person_id)
        announce(ConsentWithdrawn(person_id=person_id, purpose=purpose))


async def consent(person_id: UUID, purpose: str) -> Consent | None:
    """The live consent of a person to a purpose, if any."""
    return (
        await Consent.filter(person_id=person_id, purpose=purpose, withdrawn_at=None)
        .order_by("-granted_at")
        .first()
    )


async def needed_consent(person_id: UUID, purpose: str, consent_id: UUID) -> None:
    """Raise `ConsentMissing` unless this very consent is the person's and still stands."""
    if not await Consent.filter(
        id=consent_id, person_id=person_id, purpose=purpose, withdrawn_at=None
    ).exists():
        raise ConsentMissing
