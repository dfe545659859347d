"""A change of a user is told to the home city, in the order of the changes (R-ID-24)."""

from app_server.kernel.events import Delivery, Outcome, handles, performs
from auth.federation import service
from auth.federation.events import ImportPartArrived, UserPushDue
from auth.grants.events import PersonRegistered
from auth.identity.events import EvidenceAdded, TierMayHaveFallen


@handles(PersonRegistered)
async def push_new_user(event: PersonRegistered) -> None:
    """The home city learns of a new user."""
    await service.user_changed(event.person_id)


@handles(EvidenceAdded)
async def push_new_proof(event: EvidenceAdded) -> None:
    """The home city learns that a user proved more.

    What a city itself brought is no news to it.
    """
    if event.subject_kind == "person" and event.source != "city_legacy":
        await service.user_changed(event.subject_id)


@handles(TierMayHaveFallen)
async def push_fallen_tier(event: TierMayHaveFallen) -> None:
    """The home city learns that a proof counts no longer, or that the account ended."""
    if event.subject_kind == "person":
        await service.user_changed(event.subject_id)


@performs(UserPushDue)
async def push_user(event: UserPushDue, delivery: Delivery) -> Outcome:
    """Tell the platform; the delivery's id is the idempotency key."""
    return await service.push(event.platform, event.person_id, delivery.id)


@performs(ImportPartArrived)
async def merge_import_part(event: ImportPartArrived, delivery: Delivery) -> Outcome:
    """Merge a part of a city's legacy users; it asks the population registry first."""
    del delivery
    return await service.merge_part(event.import_id, event.number)
