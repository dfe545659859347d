"""An organisation in the standard field set: its identity apart from who acts for it (R-ID-40)."""

from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.crypto import sm3
from app_server.kernel.principal import Principal
from auth.federation.rules import ID_CARD, NATIONAL_LEVEL, fits_organisation_record
from auth.organisations import service as organisations
from auth.people import service as people

CREDIT_CODE = "001"  # GB/T 36903: holder by unified social credit code


def _key(kind: str, number: str) -> str:
    return sm3(f"{kind}{number}".encode()).hex()


async def organisation_record(principal: Principal, organisation_id: UUID) -> dict[str, Any]:
    """The record of an organisation, for its representative; every look is recorded.

    Raises `NoSuchOrganisation`, `RepresentativeOnly`.
    """
    given = await organisations.delegations_of(principal, organisation_id)
    facts = await organisations.organisation(organisation_id)
    record = {
        "identity": await _identity(facts),
        "accounts": [await _account(facts.credit_code, d) for d in given],
        "cd_operation": "D" if facts.state == "cancelled" else "U",
        "cd_time": clock.now().isoformat(timespec="seconds"),
        "cd_batch": "export",
    }
    if not fits_organisation_record(record):
        # Our own field set must never be what a reader refuses.
        raise RuntimeError("a composed record does not follow its own schema")
    async with db.single_statement():
        for owner in dict.fromkeys((facts.representative_id, *(d.delegate_id for d in given))):
            audit.record(
                principal,
                "federation.organisation_record_read",
                f"organisation:{organisation_id}",
                owner=owner,
            )
    return record


async def _identity(facts: organisations.OrganisationFacts) -> dict[str, Any]:
    legal = await people.person(facts.representative_id)
    held = await organisations.acting(facts.representative_id, facts.id)
    return {
        "certificate_key": _key(CREDIT_CODE, facts.credit_code),
        "certificate_sno": facts.credit_code,
        "corp_name": facts.name,
        "corp_status": facts.state,
        "corp_type": facts.kind,
        "corp_real_lvl": NATIONAL_LEVEL[held.level],
        "legal_name": legal.name,
        "legal_cert_type": ID_CARD,
        "legal_cert_no": legal.id_number,
        "legal_mobile": legal.phone,
    }


async def _account(credit_code: str, given: organisations.DelegationFacts) -> dict[str, Any]:
    agent = await people.person(given.delegate_id)
    ended = clock.local(given.revoked_at).date() if given.revoked_at else given.ends_on
    return {
        "acct_type": "agent",
        "certificate_sno": credit_code,
        "agent_name": agent.name,
        "agent_cert_type": ID_CARD,
        "agent_cert_key": _key(ID_CARD, agent.id_number),
        "agent_channel": "online",
        "agent_eff_date": given.begins_on.isoformat(),
        "agent_exp_date": min(given.ends_on, ended).isoformat(),
    }
