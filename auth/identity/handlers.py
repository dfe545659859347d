"""Reading from the outside what the clock asked for.

A failure is no reason to park: the next hour asks again, and a parked delivery would hold that up.
"""

import structlog

from app_server.kernel.events import Delivery, Ok, Outcome, Unknown, performs
from auth.identity import service
from auth.identity.events import PopulationChangesDue, RevocationListsDue
from auth.people.events import ConsentWithdrawn

log = structlog.get_logger(__name__)


@performs(PopulationChangesDue)
async def read_population_changes(event: PopulationChangesDue, delivery: Delivery) -> Outcome:
    """Read the change feed; the registry may be away for a while."""
    del event, delivery
    try:
        return Ok(f"{await service.read_changes()} 条涉及本平台用户")
    except OSError as error:
        log.warning("population_changes_not_read", error=repr(error))
        return Ok("人口库暂不可用，下次再读")


@performs(RevocationListsDue)
async def fetch_revocation_list(event: RevocationListsDue, delivery: Delivery) -> Outcome:
    """Fetch one authority's list; until then its certificates are refused when it runs out."""
    del delivery
    try:
        await service.fetch_revocation_list(event.authority)
    except OSError as error:
        log.warning("revocation_list_not_fetched", authority=event.authority, error=repr(error))
        return Ok("吊销列表暂不可用，下次再取")
    return Ok(event.authority)


@performs(ConsentWithdrawn)
async def delete_what_consent_covered(event: ConsentWithdrawn, delivery: Delivery) -> Outcome:
    """Without consent the voiceprint goes, also at the speech service (PIPL art. 47)."""
    del delivery
    if event.purpose in {service.FACE_CONSENT, service.FACE_TEMPLATE_CONSENT}:
        return Ok(f"已删除 {await service.delete_template(event.person_id)} 份")
    if event.purpose != service.VOICE_CONSENT:
        return Ok()
    try:
        removed = await service.remove_voiceprint(event.person_id)
    except OSError as error:
        return Unknown(repr(error))
    return Ok("已删除" if removed else "未登记")
