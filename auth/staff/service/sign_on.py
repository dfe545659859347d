"""What an officer's single sign-on to a department system rests on (R-ID-29, R-ID-31, R-ID-32)."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app_server.kernel import db
from app_server.kernel.principal import Principal
from auth.staff.errors import NoSuchStaff
from auth.staff.service.facts import StaffFacts, staff_member

Claims = dict[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class NeedsBinding:
    """The system maps accounts and this officer has none there yet: lead to the bind step."""

    system_id: UUID
    system_code: str
    system_name: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """No signing on: why, as a code for logs and a test for people to read."""

    reason: Literal["unknown_system", "not_attached", "not_in_post", "outside_department"]


@dataclass(frozen=True, slots=True)
class MySystem:
    """A system as one officer sees it."""

    id: UUID
    code: str
    name: str
    department_name: str
    mode: str
    home_url: str
    local_account: str | None


_OPEN = """
SELECT s.id, s.code, s.name, s.mode, s.home_url, d.name AS department_name, g.local_account,
  EXISTS (SELECT 1 FROM staff_department mine WHERE mine.id=$2
    AND starts_with(mine.path, d.path)) AS within
FROM staff_system s JOIN staff_department d ON d.id = s.department_id
LEFT JOIN staff_mapping g ON g.system_id = s.id AND g.staff_id=$1 AND g.unbound_at IS NULL
WHERE s.state='active'
"""


async def sign_on_facts(client_id: str, staff_id: UUID) -> Claims | NeedsBinding | NotAllowed:
    """The claims a system may be told about an officer now, or why there are none.

    Asked at every sign-on: cancelling, transferring out and unbinding all stop the next one.
    """
    try:
        member = await staff_member(staff_id)
    except NoSuchStaff:
        return NotAllowed("not_in_post")
    row = await db.row(f"{_OPEN} AND s.client_id=$3", staff_id, member.department_id, client_id)
    if row is None or row["mode"] == "none":
        return NotAllowed("not_attached" if row else "unknown_system")
    if row["mode"] == "unified":
        within = _claims(member) | {"roles": list(member.roles)}
        return within if row["within"] else NotAllowed("outside_department")
    if row["local_account"] is None:
        return NeedsBinding(row["id"], row["code"], row["name"])
    return _claims(member) | {"local_account": row["local_account"]}


def _claims(member: StaffFacts) -> Claims:
    return {
        "preferred_username": member.login,
        "name": member.name,
        "org": member.org,
        "org_name": member.org_name,
        "department": member.department_name,
        "region": member.region,
    }


async def my_systems(by: Principal) -> list[MySystem]:
    """The systems an officer can enter: unified ones of the department, and mapped ones."""
    member = await staff_member(by.subject)
    rows = await db.rows(
        f"SELECT id, code, name, department_name, mode, home_url, local_account FROM ({_OPEN}) o "
        "WHERE o.mode='mapped' OR (o.mode='unified' AND o.within) ORDER BY o.id",
        by.subject,
        member.department_id,
    )
    return [MySystem(**dict(row)) for row in rows]
