"""What organisations does when the clock says so."""

from datetime import timedelta

from app_server.kernel.outbox import announce
from app_server.kernel.schedule import every
from auth.organisations import service
from auth.organisations.events import OrganisationCheckDue


@every("organisations.check_again", timedelta(minutes=10))
async def ask_for_checks() -> None:
    """Have the standing of organisations asked that were not asked for a day (R-ID-43)."""
    for organisation_id in await service.due_for_check():
        announce(OrganisationCheckDue(organisation_id=organisation_id))
