"""Sessions that act for an organisation."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from app_server.kernel import clock
from app_server.kernel.principal import Principal
from auth.grants import service as grants
from auth.identity import service as identity
from auth.organisations import service as organisations
from auth.people import service as people


async def delegated(
    rep: Principal, organisation_id: UUID, delegate: Principal, *items: str
) -> UUID:
    """A delegation of a month from today."""
    facts = await people.person(delegate.subject)
    today = clock.today()
    wanted = organisations.Grant(
        facts.name, facts.id_number, items or ("*",), today, today + timedelta(days=30)
    )
    return await organisations.grant(rep, organisation_id, wanted)


async def acting(person: Principal, organisation_id: UUID | None) -> grants.Granted:
    """A fresh session of this person that acts for the organisation."""
    opened = await grants.open_session("person", person.subject, "web")
    return await grants.act_for(opened.principal, organisation_id)


def headers(granted: grants.Granted) -> dict[str, str]:
    """Authorization headers of a session."""
    return {"authorization": f"Bearer {granted.access_token}"}


async def raised(rep: Principal, organisation_id: UUID) -> None:
    """Bring an organisation to the second level by evidence."""
    facts = await organisations.organisation(organisation_id)
    proof = identity.Proof(said_name=facts.name)
    await identity.add_subject_evidence(
        rep, "organisation", organisation_id, "tax_account", proof, account_tail="TEST"
    )


def for_org(person: Principal, organisation_id: UUID | None) -> Principal:
    """The principal of a session that acts for an organisation."""
    return replace(person, organisation=organisation_id, level=1 if organisation_id else 0)
