"""Acting for an organisation in a session: chosen by its holder, reckoned anew at each look."""

from functools import partial
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.principal import Principal
from auth.grants.errors import SessionOver
from auth.grants.models import Session
from auth.grants.service.sessions import Granted, granted, principal_of, tell_revoked
from auth.organisations import service as organisations
from auth.organisations.errors import NotInThisState, OrganisationLapsed


async def act_for(principal: Principal, organisation_id: UUID | None) -> Granted:
    """Choose whom this session acts for from now on; nobody means oneself.

    Answers a token that says so. Raises `SessionOver`, `NoSuchOrganisation` (also for one the
    caller may not act for), `OrganisationLapsed`, `NotInThisState` (it awaits confirmation).
    """
    if principal.session is None:
        raise SessionOver
    facts: dict[str, str] = {}
    if organisation_id is not None:
        ground = await organisations.acting(principal.subject, organisation_id)
        if ground.organisation.state == "cancelled":
            raise OrganisationLapsed
        if ground.organisation.state != "active":
            raise NotInThisState(state=ground.organisation.state)
        facts = {"organisation": str(organisation_id)}
        if ground.delegation_id is not None:
            facts["delegation"] = str(ground.delegation_id)
            facts["representative"] = str(ground.organisation.representative_id)
    async with db.unit_of_work():
        row = await Session.select_for_update().get_or_none(id=principal.session, revoked_at=None)
        if row is None:
            raise SessionOver
        row.organisation_id = organisation_id
        await row.save(update_fields=["organisation_id"])
        audit.record(
            principal,
            "grants.acting_chosen",
            f"session:{row.id}",
            owner=principal.subject,
            **facts,
        )
        now = await principal_of(row)
    return granted(now, row.amr)


async def look_again_at(organisation_id: UUID, person_id: UUID | None = None) -> int:
    """Have tokens that act for an organisation looked at again, everybody's or one person's.

    Answers how many sessions there are. Call in a unit of work: processes are told after it.
    """
    found = await db.rows(
        "SELECT id FROM grants_session WHERE organisation_id=$1 AND revoked_at IS NULL "
        "AND expires_at > $2 AND ($3::uuid IS NULL OR subject_id=$3)",
        organisation_id,
        clock.now(),
        person_id,
    )
    for row in found:
        db.needed().then(partial(tell_revoked, row["id"]))
    return len(found)
