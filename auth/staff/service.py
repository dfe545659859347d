"""Commands and queries of staff."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import regions
from auth.staff.errors import NoSuchStaff
from auth.staff.models import StaffMember
from auth.staff.rules import ROLES


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """A staff member as other contexts know one."""

    id: UUID
    login: str
    name: str
    org: str
    org_name: str
    region: str
    roles: tuple[str, ...]


def _facts(row: StaffMember) -> StaffFacts:
    return StaffFacts(
        row.id, row.login, row.name, row.org, row.org_name, row.region, tuple(row.roles)
    )


async def find_by_login(login: str) -> StaffFacts | None:
    """The active staff member of a login name."""
    row = await StaffMember.get_or_none(login=login.strip(), state="active")
    return _facts(row) if row else None


async def staff_member(staff_id: UUID) -> StaffFacts:
    """The facts of an active staff member; raises `NoSuchStaff`."""
    row = await StaffMember.get_or_none(id=staff_id, state="active")
    if row is None:
        raise NoSuchStaff
    return _facts(row)


async def add_staff(
    *, login: str, name: str, org: str, org_name: str, region: str, roles: list[str]
) -> UUID:
    """Add a staff member or bring an existing one up to date; raises `ValueError` for a role."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    regions.region(region)
    row, _ = await StaffMember.update_or_create(
        {"name": name, "org": org, "org_name": org_name, "region": region, "roles": roles},
        login=login,
    )
    return row.id
