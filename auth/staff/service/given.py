"""Accounts that come with the instance: demo data and the first administrators."""

from uuid import UUID

from app_server.kernel import db
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.staff.models import Department, StaffMember
from auth.staff.rules import checked_roles
from auth.staff.service import accounts
from auth.staff.service.accounts import PostWanted
from auth.staff.service.facts import find_by_login
from auth.staff.service.tree import place_department


def installer() -> Principal:
    """Who an instance's first data is made by: nobody's account, over its whole region."""
    return Principal(
        kind="staff",
        roles=frozenset({"system_admin"}),
        region=load().platform_region,
        name="系统初始化",
    )


async def ensure_department(
    *, code: str, name: str, region: str, parent_id: UUID | None = None
) -> UUID:
    """The department of a code, opened when it is not there.

    The code is what other registers (a mini-app's manifest, an item) already go by.
    """
    found = await Department.get_or_none(code=code)
    if found is not None:
        return found.id
    return await place_department(
        installer(), name=name, region=region, own=code, parent_id=parent_id
    )


async def add_staff(
    *,
    login: str,
    name: str,
    org: str,
    org_name: str,
    region: str,
    roles: list[str],
    window: tuple[str, str] = ("", ""),
) -> UUID:
    """Add a given officer, or bring the post of one up to date; administrators come this way too.

    The two-person rule binds people; nobody was there before the first ones. Raises what
    `open_account` raises.
    """
    department_id = await ensure_department(code=org, name=org_name, region=region)
    wanted = PostWanted(department_id, checked_roles(roles), region, *window)
    by = installer()
    async with db.unit_of_work():
        row = await StaffMember.get_or_none(login=login)
        if row is None:
            return await accounts.give_account(by, login, name, wanted)
        held = await find_by_login(login)
        if (
            held is None
            or PostWanted(
                held.department_id,
                held.roles,
                held.region,
                held.window.id if held.window else "",
                held.window.level if held.window else "",
            )
            != wanted
        ):
            await accounts.give_post(by, row.id, wanted)
        return row.id
