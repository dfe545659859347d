"""A licence shown at a window by its code stands for a paper, once its holder agrees (R-CAS-27).

The officer scans the code of the holder's phone; the phone asks whether this window may use the
licence for this application; only then it is with the draft. The code serves one scan.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app_server.cases.errors import LicenceUnfit
from app_server.cases.events import LicenceAsked
from app_server.cases.service.prefill import proves
from app_server.cases.service.window import intake_of
from app_server.forms import service as forms
from app_server.forms.errors import NoSuchMaterial
from app_server.items import service as items
from app_server.kernel import audit, db, regions
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.licences import service as licences
from app_server.licences.errors import NoSuchLicence


async def ask_for_licence(
    officer: Principal, draft_id: UUID, code: str, token: str
) -> forms.DraftFacts:
    """Scan a shown licence and ask its holder whether it may stand for a material.

    Raises `NoSuchDraft` for a draft of another window, `NoSuchMaterial`, and `LicenceUnfit` for
    a code that is over, somebody else's licence, and one that proves something else.
    """
    intake = await intake_of(officer, draft_id)
    draft = await forms.draft(intake.person_id, draft_id)
    item = await items.published(draft.subject)
    wanted = next((m for m in item.materials if m.code == code), None)
    if wanted is None:
        raise NoSuchMaterial
    told = await licences.verify(officer, token)
    if not told.valid or told.licence is None:
        raise LicenceUnfit(reason=told.reason)
    try:
        licence = await licences.licence(intake.person_id, told.licence.id)
    except NoSuchLicence as error:
        raise LicenceUnfit(reason="holder") from error
    if not proves(licence, wanted.licence_type):
        raise LicenceUnfit(reason="type")
    facts: Mapping[str, Any] = {
        "name": licence.type_name,
        "number": licence.identifier,
        "as_of": licence.issued_on.isoformat(),
        "asked_by": f"{regions.full_name(officer.region)}窗口",
    }
    async with db.unit_of_work():
        await forms.propose(intake.person_id, draft_id, code, facts)
        announce(
            LicenceAsked(
                draft_id=draft_id,
                person_id=intake.person_id,
                material=code,
                number=licence.identifier,
                item_name=item.name,
                licence_name=licence.type_name,
                asked_by=facts["asked_by"],
            )
        )
    return await forms.draft(intake.person_id, draft_id)


async def answer_for_licence(
    principal: Principal, draft_id: UUID, code: str, number: str, *, agreed: bool
) -> forms.DraftFacts:
    """Say whether the licence may be used; raises as `forms.settle`, `LicenceUnfit` when it ended.

    What the holder sees is what is agreed to: `number` names it.
    """
    await forms.draft(principal.subject, draft_id)
    if agreed:
        held = await licences.licences_of(principal.subject)
        if not any(x.identifier == number and x.state == "valid" for x in held):
            raise LicenceUnfit(reason="ended")
    async with db.unit_of_work():
        await forms.settle(principal.subject, draft_id, code, number, agreed=agreed)
        audit.record(
            principal,
            "cases.licence_used" if agreed else "cases.licence_denied",
            f"draft:{draft_id}",
            owner=principal.subject,
            purpose=code,
        )
    return await forms.draft(principal.subject, draft_id)
