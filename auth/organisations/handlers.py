"""Asking outside what the clock asked for."""

import structlog

from app_server.kernel.events import Delivery, Ok, Outcome, performs
from auth.organisations import service
from auth.organisations.events import OrganisationCheckDue

log = structlog.get_logger(__name__)


@performs(OrganisationCheckDue)
async def check_again(event: OrganisationCheckDue, delivery: Delivery) -> Outcome:
    """Ask the registering authority; when it is away, the next round asks again."""
    del delivery
    try:
        return Ok(await service.check_again(event.organisation_id))
    except OSError as error:
        log.warning("organisation_not_checked", error=repr(error))
        return Ok("登记机关暂不可用，下次再查")
