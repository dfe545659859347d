"""What a holder has."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app_server.kernel import clock
from app_server.licences.errors import NoSuchLicence
from app_server.licences.models import Licence
from app_server.licences.rules.states import STATE_NAMES, state_on
from auth.people.service import masked_name


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """A licence as its holder sees it in a list."""

    id: UUID
    identifier: str
    type_name: str
    holder_masked: str
    issuer_name: str
    issued_on: date
    expires_on: date | None
    state: str
    state_name: str


def facts_of(row: Licence) -> LicenceFacts:
    """The facts of a row; a licence past its last day is expired, whatever the row says."""
    state = state_on(row.state, row.expires_on, clock.today())
    return LicenceFacts(
        row.id,
        row.identifier,
        row.type_name,
        masked_name(row.holder_name),
        row.issuer_name,
        row.issued_on,
        row.expires_on,
        state,
        STATE_NAMES[state],
    )


async def licences_of(holder_id: UUID) -> list[LicenceFacts]:
    """All licences of a holder, newest first."""
    return [facts_of(row) for row in await Licence.filter(holder_id=holder_id).order_by("-id")]


async def licence(holder_id: UUID, licence_id: UUID) -> LicenceFacts:
    """One licence of a holder; raises `NoSuchLicence` for somebody else's."""
    row = await Licence.get_or_none(id=licence_id, holder_id=holder_id)
    if row is None:
        raise NoSuchLicence
    return facts_of(row)
