"""An officer's change of rights ends the sessions that were opened on the old ones (R-ID-29).

They are dead already when this runs (`sessions.alive` asks auth.staff): here they are ended in
our own books, so that lists show it and relying parties are told. Every session that ends, is
told to every relying party that got tokens in it.
"""

from app_server.kernel.events import Delivery, Ok, Outcome, handles, performs
from auth.grants import service
from auth.grants.events import RegistrationDue, RelyingPartyLogout, SessionEnded
from auth.grants.service import oauth
from auth.identity.events import TierMayHaveFallen
from auth.organisations.events import DelegationRevoked, OrganisationCancelled
from auth.staff.events import StaffCancelled, StaffSuspended, StaffTransferred


@handles(StaffTransferred)
async def end_sessions_of_the_old_post(event: StaffTransferred) -> None:
    """Sign in again, with what the new post allows."""
    await service.end_sessions_of(event.staff_id, "staff_transferred", event.at)


@handles(StaffSuspended)
async def end_sessions_of_a_resting_account(event: StaffSuspended) -> None:
    """Nobody works with an account that rests."""
    await service.end_sessions_of(event.staff_id, "staff_suspended", event.at)


@handles(StaffCancelled)
async def end_sessions_of_a_cancelled_account(event: StaffCancelled) -> None:
    """Whoever left is out for good."""
    await service.end_sessions_of(event.staff_id, "staff_cancelled")


@handles(DelegationRevoked)
async def look_again_at_a_delegate(event: DelegationRevoked) -> None:
    """Whose delegation ended acts for the organisation no longer (R-ID-20)."""
    await service.look_again_at(event.organisation_id, event.delegate_id)


@handles(OrganisationCancelled)
async def look_again_at_a_cancelled_organisation(event: OrganisationCancelled) -> None:
    """Nobody acts for an organisation that the registry cancelled (R-ID-43)."""
    await service.look_again_at(event.organisation_id)


@handles(TierMayHaveFallen)
async def look_again_at_an_organisations_level(event: TierMayHaveFallen) -> None:
    """An organisation whose evidence ended stands on a lower level (R-ID-21)."""
    if event.subject_kind == "organisation":
        await service.look_again_at(event.subject_id)


@handles(SessionEnded)
async def end_what_was_granted_in_it(event: SessionEnded) -> None:
    """The tokens of relying parties end with the session they came of."""
    await oauth.announce_logouts(event.session_id, event.reason)


@performs(RelyingPartyLogout)
async def tell_relying_party(event: RelyingPartyLogout, delivery: Delivery) -> Outcome:
    """Back-channel logout; retried until the relying party took it or refused it for good."""
    return await oauth.send_logout(event.authorization_id, delivery.id)


@performs(RegistrationDue)
async def finish_waiting_registration(event: RegistrationDue, delivery: Delivery) -> Outcome:
    """Ask the registry about a request that waits; while it is away the next minute asks again."""
    del delivery
    return Ok(await service.finish_waiting(event.registration_id))
