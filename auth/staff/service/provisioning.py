"""Mode A: what a unified system should know of an officer, and telling it (R-ID-29).

The push is of the present state, not of a change: repeated, late or reordered deliveries leave
the connected system where it should be. Each (system, officer) pair keeps its order.
"""

from uuid import UUID

from app_server.kernel import clock, db
from app_server.kernel.events import Ok, Outcome
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from auth.staff.events import ProvisioningDue
from auth.staff.models import DepartmentSystem, ProvisionedAccount
from auth.staff.providers.scim import Pushed, ScimEndpoint, User
from auth.staff.service.facts import COLUMNS, JOINS, roles_in

# The systems that should know somebody: those of a department at or above theirs, and those
# that were told before.
_CONCERNED = """
SELECT s.id FROM staff_system s JOIN staff_department sd ON sd.id = s.department_id
WHERE s.mode='unified' AND s.state='active' AND (
  EXISTS (SELECT 1 FROM staff_member m JOIN staff_post p ON p.id = m.post_id
    JOIN staff_department d ON d.id = p.department_id
    WHERE m.id=$1 AND m.state='active' AND starts_with(d.path, sd.path))
  OR EXISTS (SELECT 1 FROM staff_provisioned a WHERE a.system_id = s.id AND a.staff_id=$1))
"""


async def announce_due(staff_id: UUID) -> None:
    """Have every concerned system told, in the caller's unit of work."""
    for row in await db.rows(_CONCERNED, staff_id):
        _announce(row["id"], staff_id)


async def announce_everybody(system: DepartmentSystem) -> None:
    """Have a unified system told of everybody it should know, in the caller's unit of work."""
    if system.mode != "unified":
        return
    for row in await db.rows(
        "SELECT m.id FROM staff_member m JOIN staff_post p ON p.id = m.post_id "
        "JOIN staff_department d ON d.id = p.department_id "
        "JOIN staff_department sd ON sd.id = $1 "
        "WHERE m.state='active' AND starts_with(d.path, sd.path)",
        system.department_id,
    ):
        _announce(system.id, row["id"])


def _announce(system_id: UUID, staff_id: UUID) -> None:
    announce(
        ProvisioningDue(account=f"{system_id}:{staff_id}", system_id=system_id, staff_id=staff_id)
    )


async def push(system_id: UUID, staff_id: UUID) -> Outcome:
    """Tell one system how one officer's account stands now; runs outside any transaction."""
    system = await DepartmentSystem.get_or_none(id=system_id, mode="unified", state="active")
    if system is None:
        return Ok("no longer attached")
    row = await db.row(
        f"SELECT {COLUMNS}, starts_with(d.path, sd.path) AS within FROM {JOINS} "
        "JOIN staff_department sd ON sd.id=$2 WHERE m.id=$1",
        staff_id,
        system.department_id,
    )
    if row is None:
        return Ok("nobody")
    active = row["state"] == "active" and row["within"]
    known = await ProvisionedAccount.get_or_none(system_id=system_id, staff_id=staff_id)
    user = User(
        external_id=str(staff_id),
        user_name=row["login"],
        display_name=row["name"],
        active=active,
        organisation=row["org_name"],
        department=row["department_name"],
        roles=roles_in(row) if active else (),
    )
    endpoint = ScimEndpoint(system.scim_url, system.scim_token or "")
    told = await endpoint.put(user, known.remote_id if known else None)
    if isinstance(told, Pushed):
        if told.remote_id:
            await _remember(system_id, staff_id, told.remote_id, active=active)
        return Ok(told.remote_id)
    return told


async def _remember(system_id: UUID, staff_id: UUID, remote_id: str, *, active: bool) -> None:
    await db.execute(
        "INSERT INTO staff_provisioned (id, system_id, staff_id, remote_id, active, pushed_at) "
        "VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (system_id, staff_id) DO UPDATE "
        "SET remote_id=EXCLUDED.remote_id, active=EXCLUDED.active, pushed_at=EXCLUDED.pushed_at",
        uuid7(),
        system_id,
        staff_id,
        remote_id[:120],
        active,
        clock.now(),
    )
