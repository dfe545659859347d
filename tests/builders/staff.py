"""Officers for tests."""

from app_server.kernel.principal import Principal
from auth.staff import service as staff

ORG = "11341602MB0000000X"


async def officer(
    *roles: str, login: str = "officer", region: str = "341602", org: str = ORG
) -> Principal:
    """A staff member with these roles (case_officer by default), as a principal."""
    given = list(roles or ("case_officer", "case_approver"))
    staff_id = await staff.add_staff(
        login=login,
        name="赵干事",
        org=org,
        org_name="演示住房城乡建设局",
        region=region,
        roles=given,
    )
    return Principal(
        kind="staff", id=staff_id, roles=frozenset(given), org=org, region=region, name="赵干事"
    )
