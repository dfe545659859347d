"""What a relying party is told of somebody: another name in each sector, consented claims only."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from app_server.kernel import audit, db
from app_server.kernel.crypto import blind_index
from app_server.kernel.principal import Principal
from auth.grants.models import Authorization, Client
from auth.grants.rules import consent_purpose, scope_of_claim
from auth.grants.service.jose import b64
from auth.grants.service.oauth.realms import RESIDENTS, Realm, realm_named
from auth.identity import service as identity
from auth.organisations import service as organisations
from auth.organisations.errors import NoSuchOrganisation
from auth.people import service as people
from auth.staff import service as staff


def _pairwise(client: Client, thing: UUID, purpose: str) -> str:
    return blind_index(f"{client.sector or client.client_id}\0{thing}", purpose)


def subject_in(sector: str, person_id: UUID) -> str:
    """The number a resident has in one sector; two sectors cannot compare theirs."""
    return blind_index(f"{sector}\0{person_id}", "grants.sub")


def subject_of(realm: Realm, client: Client, subject_id: UUID) -> str:
    """The `sub` a client sees: pairwise for residents; officers bear one number everywhere."""
    if realm is RESIDENTS:
        return subject_in(client.sector or client.client_id, subject_id)
    return str(subject_id)


def sid_of(client: Client, session_id: UUID) -> str:
    """The `sid` a client sees: two clients cannot join people by their sessions either."""
    return _pairwise(client, session_id, "grants.sid")[:32]


def purpose_of(client: Client, scope: str) -> str:
    """The consent's purpose for a scope at a client."""
    return consent_purpose(b64(client.id.bytes), scope)


async def consented(realm: Realm, client: Client, person: UUID, scopes: Iterable[str]) -> set[str]:
    """Those of the scopes that may be given now: consented to, or needing no consent."""
    found = set()
    for scope in scopes:
        if not realm.scopes[scope].consent or await people.consent(
            person, purpose_of(client, scope)
        ):
            found.add(scope)
    return found


async def ground_of(person_id: UUID, organisation_id: UUID | None) -> organisations.Acting | None:
    """On what ground somebody acts for an organisation now; None for whoever does not."""
    if organisation_id is None:
        return None
    try:
        return await organisations.acting(person_id, organisation_id)
    except NoSuchOrganisation:
        return None


async def released(client: Client, granted: Authorization, names: Iterable[str]) -> dict[str, Any]:
    """The values of claims, as far as consent still stands; what was given is put on record."""
    realm = realm_named(granted.realm)
    wanted = {name: scope for name in names if (scope := scope_of_claim(realm.name, name))}
    allowed = await consented(realm, client, granted.subject_id, set(wanted.values()))
    given = sorted(name for name, scope in wanted.items() if scope in allowed and name != "sub")
    if not given:
        return {}
    if realm is not RESIDENTS:
        known = await duty_facts(client, granted.subject_id)
        return {name: known[name] for name in given if name in known} if known else {}
    known = await _resident(granted.subject_id)
    if "organisation" in given:
        known |= await _organisation(granted)
        given = [name for name in given if name in known]
    caller = Principal(kind="client", id=client.id, name=client.name, channel="oauth")
    async with db.unit_of_work():
        audit.record(
            caller,
            "grants.claims_released",
            f"client:{client.client_id}",
            owner=granted.subject_id,
            purpose=client.name,
            claims=given,
        )
    return {name: known[name] for name in given}


async def _resident(person_id: UUID) -> dict[str, Any]:
    facts = await people.person(person_id)
    tier = await identity.tier_of_person(person_id)
    return {
        "name": facts.display_name,
        "tier": tier,
        "tier_name": identity.TIER_NAMES[tier],
        "real_name": facts.name,
        "phone_number": f"+86{facts.phone}",
        "phone_number_verified": True,
        "id_number": facts.id_number,
    }


async def _organisation(granted: Authorization) -> dict[str, Any]:
    """The organisation they signed in for, as far as they still act for it (R-ID-20)."""
    ground = await ground_of(granted.subject_id, granted.organisation_id)
    if ground is None or ground.level == 0:
        return {}
    facts = {
        "credit_code": ground.organisation.credit_code,
        "name": ground.organisation.name,
        "kind": ground.organisation.kind,
        "level": ground.level,
        "representative": not ground.delegated,
        "items": list(ground.scope.items) if ground.scope else [organisations.EVERY_ITEM],
    }
    return {"organisation": facts}


async def duty(client: Client, staff_id: UUID) -> Literal["", "bind", "barred"]:
    """Whether an officer may enter a department system, must bind an account first, or may not."""
    found = await staff.sign_on_facts(client.client_id, staff_id)
    if isinstance(found, staff.NotAllowed):
        return "barred"
    return "bind" if isinstance(found, staff.NeedsBinding) else ""


async def duty_facts(client: Client, staff_id: UUID) -> dict[str, Any]:
    """What a system may know of an officer now; nothing when they may no longer enter it."""
    found = await staff.sign_on_facts(client.client_id, staff_id)
    return found if isinstance(found, dict) else {}
