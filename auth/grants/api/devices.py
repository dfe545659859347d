"""Where I am signed in, on both surfaces, and whom my session acts for."""

from uuid import UUID

from app_server.kernel.http import Call, endpoint, person, staff
from app_server.kernel.ratelimit import Limit
from auth.grants import service
from auth.grants.api.presenting import bare_view, keep
from auth.grants.schemas import SessionView
from auth.grants.schemas.sessions import (
    ActingChoice,
    DeviceList,
    DeviceView,
    EndedView,
    EndQuery,
)


async def list_devices(call: Call) -> DeviceList:
    """The devices I am signed in on."""
    return DeviceList(
        items=[
            DeviceView(
                id=d.id,
                device=d.device,
                channel=d.channel,
                channel_name=d.channel_name,
                created_at=d.created_at,
                used_at=d.used_at,
                expires_at=d.expires_at,
                current=d.current,
            )
            for d in await service.devices_of(call.principal)
        ]
    )


async def end_device(call: Call, session_id: UUID) -> None:
    """Sign one of my devices out, everywhere within a second."""
    await service.end_device(call.principal, session_id)
    if session_id == call.principal.session:
        keep(call, call.principal.kind, "", None)


async def end_devices(call: Call, query: EndQuery) -> EndedView:
    """Sign all my other devices out, or this one too."""
    everywhere = query.which == "all"
    ended = await service.end_devices(call.principal, this_one_too=everywhere)
    if everywhere:
        keep(call, call.principal.kind, "", None)
    return EndedView(ended=ended)


for _path, _guard in (("/me/sessions", person(0)), ("/my/sessions", staff())):
    endpoint("GET", _path, guard=_guard)(list_devices)
    endpoint("DELETE", f"{_path}/{{session_id}}", guard=_guard)(end_device)
    endpoint("DELETE", _path, guard=_guard)(end_devices)


@endpoint("PUT", "/me/acting", guard=person(1), limit=Limit("acting", 60, 60))
async def act_for(call: Call, body: ActingChoice) -> SessionView:
    """Act for an organisation from now on in this session, or for myself again (R-ID-20)."""
    return await bare_view(await service.act_for(call.principal, body.organisation_id))
