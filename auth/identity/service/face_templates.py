"""The template of a person's registry photo, kept only where they agreed to it (人脸特征).

By default nothing of a face is stored. Who agrees spares the registry a question at the next
check: the template is made of the registry's photo, never of their own, sealed, and bound to the
engine and model that made it. Withdrawing the consent deletes it. Storing 100,000 persons' faces
must be filed with the province's cyberspace office within thirty working days.
"""

import base64
from uuid import UUID

import structlog
from prometheus_client import Gauge

from app_server.kernel import audit, clock, db
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.identity.events import FaceFilingDue
from auth.identity.models import FaceTemplate
from auth.identity.providers.face_engine import Template
from auth.identity.rules import FACE_TEMPLATE_CONSENT, FACE_TEMPLATE_LIFE, filing_mark
from auth.people import service as people

log = structlog.get_logger(__name__)

STORED = Gauge("wanshi_face_templates", "Persons whose face template is stored")


async def kept_template(person_id: UUID, engine_id: str, model_sha: str) -> Template | None:
    """The stored template if this very engine and model made it, consent stands and it is fresh."""
    row = await FaceTemplate.get_or_none(
        person_id=person_id, engine_id=engine_id, model_sha=model_sha
    )
    if row is None or row.created_at < clock.now() - FACE_TEMPLATE_LIFE:
        return None
    if await people.consent(person_id, FACE_TEMPLATE_CONSENT) is None:
        return None
    return Template(engine_id, model_sha, base64.b64decode(row.vector))


async def keep_template(principal: Principal, template: Template) -> bool:
    """Keep the template of the registry's photo if the person agreed; whether it was kept."""
    consent = await people.consent(principal.subject, FACE_TEMPLATE_CONSENT)
    if consent is None:
        return False
    async with db.unit_of_work():
        await FaceTemplate.update_or_create(
            {
                "engine_id": template.engine_id,
                "model_sha": template.model_sha,
                "vector": base64.b64encode(template.embedding).decode(),
                "consent_id": consent.id,
                "created_at": clock.now(),
            },
            person_id=principal.subject,
        )
        audit.record(
            principal, "identity.face_template_kept", "face_template", owner=principal.subject
        )
    return True


async def delete_template(person_id: UUID) -> int:
    """Delete what is stored of a face; answers how many rows (PIPL art. 47)."""
    return int(await FaceTemplate.filter(person_id=person_id).delete())


async def count_templates() -> int:
    """Count stored persons, show it to operators, and announce the filing duty at its marks."""
    count = await FaceTemplate.all().count()
    STORED.set(count)
    mark = filing_mark(count)
    if mark:
        log.error("face_filing_due", stored=count, mark=mark)
        async with db.unit_of_work():
            announce(FaceFilingDue(mark=mark, stored=count))
    return count
