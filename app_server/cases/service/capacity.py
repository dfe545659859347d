"""In whose name a case is filed, read and worked on: one's own, or an organisation's (R-ID-20)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app_server.cases.errors import ActingEnded, NoSuchCase, OtherCapacity
from app_server.cases.models import Case
from app_server.items import service as items
from app_server.kernel.principal import Principal
from auth.organisations import service as organisations
from auth.organisations.errors import BeyondDelegation, NoSuchOrganisation


@dataclass(frozen=True, slots=True)
class Filer:
    """An organisation a case is filed for, and on what ground."""

    organisation: organisations.OrganisationFacts
    delegation_id: UUID | None

    @property
    def columns(self) -> dict[str, Any]:
        """What the case's row keeps of it."""
        return {
            "organisation_id": self.organisation.id,
            "delegation_id": self.delegation_id,
            "applicant": self.organisation.name,
        }

    @property
    def facts(self) -> dict[str, str]:
        """What the record says: for whom, and by whose delegation."""
        found = {"organisation": str(self.organisation.id)}
        if self.delegation_id is not None:
            found["delegation"] = str(self.delegation_id)
            found["representative"] = str(self.organisation.representative_id)
        return found


async def filer_for(principal: Principal, item: items.ItemFacts) -> Filer | None:
    """The organisation the caller files this item for now; None when they file for themselves.

    Raises `ActingEnded`, and what `organisations.may_file` raises: asked of the tables at every
    filing, never of the token.
    """
    if principal.organisation is None:
        return None
    try:
        ground = await organisations.may_file(principal, item.code, item.account_tier)
    except NoSuchOrganisation as error:
        raise ActingEnded from error
    return Filer(ground.organisation, ground.delegation_id)


def checked_act(filer: Filer | None, item: items.ItemFacts, data: Mapping[str, Any]) -> str:
    """The act of this application that needs a proof of its own; a delegate may do none."""
    act = item.tier3_act(data)
    if act and filer is not None and filer.delegation_id is not None:
        raise BeyondDelegation(required_level=3)
    return act


async def may_read(person_id: UUID, row: Mapping[str, Any]) -> bool:
    """Whether a case is the person's: their own, or of an organisation they act for.

    The representative reads every case of the organisation, a delegate those they filed, as long
    as the delegation runs.
    """
    if row["organisation_id"] is None:
        return bool(row["person_id"] == person_id)
    try:
        ground = await organisations.acting(person_id, row["organisation_id"])
    except NoSuchOrganisation:
        return False
    return not ground.delegated or row["person_id"] == person_id


async def told_too(case_id: UUID) -> list[UUID]:
    """Who else learns what happens to a case: its organisation's representative (R-NTF-03)."""
    organisation = await Case.filter(id=case_id).values_list("organisation_id", flat=True)
    if not organisation or organisation[0] is None:
        return []
    facts = await organisations.organisation(organisation[0])  # type: ignore[arg-type]
    return [facts.representative_id]


async def own_case_for_deed(principal: Principal, case_no: str) -> tuple[Case, Filer | None]:
    """A case the caller may work on in the name it was filed in, and for whom.

    Raises `NoSuchCase`, `OtherCapacity`; for an organisation also what filing it again would.
    """
    case = await Case.get_or_none(case_no=case_no)
    if case is None or not await may_read(
        principal.subject,
        {"person_id": case.person_id, "organisation_id": case.organisation_id},
    ):
        raise NoSuchCase
    if case.organisation_id != principal.organisation:
        raise OtherCapacity(organisation_id=_text(case.organisation_id))
    item = await items.version(case.item_code, case.item_version)
    return case, await filer_for(principal, item)


async def shown(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The organisation of a case as its officer sees it."""
    if row["organisation_id"] is None:
        return None
    facts = await organisations.organisation(row["organisation_id"])
    return {
        "name": facts.name,
        "credit_code": facts.credit_code,
        "kind_name": facts.kind_name,
        "by_delegation": row["delegation_id"] is not None,
    }


def facts_of(case: Case) -> dict[str, str]:
    """What the record of a deed says of the organisation it was done for."""
    if case.organisation_id is None:
        return {}
    found = {"organisation": str(case.organisation_id)}
    return found | ({"delegation": str(case.delegation_id)} if case.delegation_id else {})


def _text(organisation_id: UUID | None) -> str | None:
    return str(organisation_id) if organisation_id else None
