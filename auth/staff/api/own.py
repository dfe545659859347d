"""An officer's own department systems: which can be entered, and the bind step (R-ID-31)."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from auth.staff import service
from auth.staff.rules import MODE_NAMES
from auth.staff.schemas import BindCodeView, MySystemList, MySystemView


@endpoint("GET", "/my/department-systems", guard=staff())
async def list_my_systems(call: Call) -> MySystemList:
    """The department systems I can enter, and those I can bind."""
    return MySystemList(
        items=[
            MySystemView(
                id=found.id,
                code=found.code,
                name=found.name,
                department_name=found.department_name,
                mode=found.mode,  # type: ignore[arg-type]
                mode_name=MODE_NAMES[found.mode],
                home_url=found.home_url,
                bound=found.mode == "unified" or found.local_account is not None,
                local_account=found.local_account,
            )
            for found in await service.my_systems(call.principal)
        ]
    )


@endpoint(
    "POST",
    "/my/department-systems/{system_id}/bind-codes",
    guard=staff(),
    status=201,
    limit=Limit("bind-code", 10, 600, fail_closed=True),
)
async def make_bind_code(call: Call, system_id: UUID) -> BindCodeView:
    """A one-time code to carry to the system's own bind page."""
    code, url = await service.bind_code(call.principal, system_id)
    return BindCodeView(code=code.text, expires_at=code.expires_at, bind_url=url)


@endpoint("POST", "/my/department-systems/{system_id}/unbind", guard=staff())
async def unbind_mine(call: Call, system_id: UUID) -> None:
    """Give up my mapping; the local account stays the system's."""
    await service.unbind_own(call.principal, system_id)
