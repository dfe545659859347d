"""On what ground registries are asked for prefilling, and a person who does not want it."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.principal import Principal
from app_server.sharing.models import Refusal
from app_server.sharing.rules import PREFILL, PREFILL_TEXT, PREFILL_VERSION, STATUTORY
from auth.people import service as people


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether registries are asked for a person's forms, on what ground, and what is agreed to."""

    allowed: bool
    basis: str
    text: str
    text_version: str


async def ground_for_prefill(person_id: UUID) -> str | None:
    """The person's consent, else the authority's statutory duty; None for who refused."""
    if consent := await people.consent(person_id, PREFILL):
        return f"本人同意（{consent.text_version}，{consent.id}）"
    return None if await Refusal.exists(id=person_id) else STATUTORY


async def choice_of(person_id: UUID) -> Choice:
    """How a person has chosen."""
    ground = await ground_for_prefill(person_id)
    return Choice(ground is not None, ground or "", PREFILL_TEXT, PREFILL_VERSION)


async def set_choice(principal: Principal, allowed: bool) -> Choice:
    """Agree to prefilling, or refuse it; holds from the next draft on."""
    async with db.unit_of_work():
        if allowed:
            await people.grant_consent(principal, PREFILL, PREFILL_VERSION)
        else:
            await people.withdraw_consent(principal, PREFILL)
        await follow_consent(principal.subject, PREFILL, given=allowed)
    return await choice_of(principal.subject)


async def follow_consent(person_id: UUID, purpose: str, *, given: bool) -> None:
    """A consent was given or taken back, wherever that was done."""
    if purpose != PREFILL:
        return
    if given:
        await Refusal.filter(id=person_id).delete()
    else:
        await Refusal.get_or_create(defaults={"at": clock.now()}, id=person_id)
