"""Officers, departments and department systems for tests."""

from uuid import UUID

from app_server.kernel.principal import Principal
from auth.staff import service as staff
from auth.staff.service import PostWanted
from auth.staff.service.demo import ACCOUNTS_KEY

ORG = "11341602MB0000000X"
PROVINCE = "11340000MB0000000M"


async def officer(
    *roles: str,
    login: str = "officer",
    region: str = "341602",
    org: str = ORG,
    name: str = "赵干事",
) -> Principal:
    """A staff member with these roles (case_officer by default), as a principal."""
    given = list(roles or ("case_officer", "case_approver"))
    window = ("A01", "county") if "realname_window" in given else ("", "")
    # Wide enough for every post a test gives within the province.
    await staff.ensure_department(code=org, name="演示住房城乡建设局", region="340000")
    staff_id = await staff.add_staff(
        login=login,
        name=name,
        org=org,
        org_name="演示住房城乡建设局",
        region=region,
        roles=given,
        window=window,
    )
    return Principal(
        kind="staff", id=staff_id, roles=frozenset(given), org=org, region=region, name=name
    )


async def administrator(role: str = "system_admin", region: str = "340000") -> Principal:
    """One of the three administrators (三员), called after the role."""
    return await officer(
        role, login=f"admin.{role.partition('_')[2]}.{role[:3]}", region=region, name="管理员"
    )


async def department(
    name: str = "政务服务中心", region: str = "341602", code: str = "", parent: UUID | None = None
) -> UUID:
    """A department below the demo organisation, or at the top with a code."""
    if not code and parent is None:
        parent = await staff.ensure_department(code=ORG, name="演示住房城乡建设局", region="340000")
    return await staff.add_department(
        staff.installer(), name=name, region=region, code=code, parent_id=parent
    )


async def opened(
    by: Principal, *, login: str = "li.new", roles: tuple[str, ...] = ("case_officer",)
) -> staff.Opened:
    """A newly opened account in a department of its own."""
    post = PostWanted(await department(f"{login}的部门"), roles)
    return await staff.open_account(by, login=login, name="李新", post=post, reason="新录用")


async def unified_system(by: Principal, department_id: UUID, scim_url: str) -> UUID:
    """A registered unified system whose SCIM service is the simulator's."""
    return await staff.register_system(
        by,
        code="ah-test",
        department_id=department_id,
        region="340000",
        wanted=staff.SystemWanted(
            name="测试督办系统",
            mode="unified",
            client_id="sim-ah-supervision",
            home_url=scim_url.partition("/scim")[0],
            scim_url=scim_url,
            scim_token=ACCOUNTS_KEY,
        ),
    )


async def mapped_system(by: Principal, url: str = "http://127.0.0.1:1") -> UUID:
    """A registered mapped system whose bind page is the simulator's."""
    owner = await staff.ensure_department(code=PROVINCE, name="演示数据资源管理局", region="340000")
    return await staff.register_system(
        by,
        code="ah-mapped",
        department_id=owner,
        region="340000",
        wanted=staff.SystemWanted(
            name="测试档案系统",
            mode="mapped",
            client_id="sim-ah-archive",
            home_url=url,
            bind_url=f"{url}/bind",
        ),
    )
