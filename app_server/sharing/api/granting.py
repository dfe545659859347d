"""Applications to use data services, for both sides (R-DAT-13)."""

from typing import Any
from uuid import UUID

from app_server.kernel import clock, paging
from app_server.kernel.http import Call, endpoint, staff
from app_server.kernel.ratelimit import Limit
from app_server.sharing import service
from app_server.sharing.rules.grants import GrantWanted
from app_server.sharing.rules.states import STATE_NAMES
from app_server.sharing.schemas.calls import (
    GrantAsked,
    GrantMove,
    SharingGrantPage,
    SharingGrantQuery,
    SharingGrantView,
    SharingKey,
)

EDITORS = staff("data_steward", "data_lead")
LEADS = staff("data_lead")
FULL_PAGE = 50


@endpoint("POST", "/sharing/services/{code}/grants", guard=EDITORS, status=201)
async def apply_for_grant(call: Call, code: str, body: GrantAsked) -> SharingGrantView:
    """Apply for a service in my organisation's name."""
    told = body.model_dump(exclude={"org_name"})
    wanted = GrantWanted(**told | {"purposes": tuple(body.purposes), "fields": tuple(body.fields)})
    return _view(await service.apply(call.principal, code, body.org_name, wanted))


@endpoint("GET", "/sharing/grants", guard=EDITORS)
async def list_grants(call: Call, query: SharingGrantQuery) -> SharingGrantPage:
    """What my organisation applied for, or was asked."""
    before = paging.after(query.cursor)
    found = await service.applications(call.principal, query.side, query.state, before)
    following = paging.cursor(found[-1].id) if len(found) == FULL_PAGE else None
    return SharingGrantPage(items=[_view(row) for row in found], next=following)


@endpoint("GET", "/sharing/grants/{grant_id}", guard=EDITORS)
async def read_grant(call: Call, grant_id: UUID) -> SharingGrantView:
    """One application of or to my organisation."""
    return _view(await service.a_grant(call.principal, grant_id))


async def _decided(call: Call, grant_id: UUID, move: str, body: GrantMove) -> SharingGrantView:
    version = call.expected_version()
    return _view(await service.decide(call.principal, grant_id, version, move, body.note))


@endpoint("POST", "/sharing/grants/{grant_id}/approve", guard=LEADS)
async def approve_grant(call: Call, grant_id: UUID, body: GrantMove) -> SharingGrantView:
    """Approve an application to my organisation."""
    return await _decided(call, grant_id, "approve", body)


@endpoint("POST", "/sharing/grants/{grant_id}/refuse", guard=LEADS)
async def refuse_grant(call: Call, grant_id: UUID, body: GrantMove) -> SharingGrantView:
    """Refuse an application to my organisation."""
    return await _decided(call, grant_id, "refuse", body)


@endpoint("POST", "/sharing/grants/{grant_id}/revoke", guard=LEADS)
async def revoke_grant(call: Call, grant_id: UUID, body: GrantMove) -> SharingGrantView:
    """End a grant at once, with its key."""
    return await _decided(call, grant_id, "revoke", body)


@endpoint("POST", "/sharing/grants/{grant_id}/withdraw", guard=EDITORS)
async def withdraw_grant(call: Call, grant_id: UUID, body: GrantMove) -> SharingGrantView:
    """Take my organisation's application back."""
    version = call.expected_version()
    return _view(await service.withdraw(call.principal, grant_id, version, body.note))


@endpoint(
    "POST",
    "/sharing/grants/{grant_id}/key",
    guard=LEADS,
    status=201,
    limit=Limit("sharing-keys", 20, 3_600),
)
async def give_key(call: Call, grant_id: UUID) -> SharingKey:
    """A key for a grant in force; asked again, a new secret."""
    client_id, secret = await service.key_of(call.principal, grant_id)
    return SharingKey(client_id=client_id, client_secret=secret)


def _view(row: Any) -> SharingGrantView:
    names = SharingGrantView.model_fields
    told = {name: getattr(row, name) for name in names if hasattr(row, name)}
    decided = clock.local(row.decided_at).date() if row.decided_at else clock.today()
    return SharingGrantView(
        **told,
        state_name=STATE_NAMES[row.state],
        overdue=decided > row.due_on,
        expired=row.state == "granted" and row.expires_on < clock.today(),
    )
