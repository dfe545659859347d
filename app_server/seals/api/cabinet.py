"""The seal cabinet (印章柜) of the workbench: seals, their life, leave to use them, uses."""

from uuid import UUID

from app_server.kernel.http import Call, RawReply, endpoint, staff
from app_server.kernel.principal import Principal
from app_server.seals import service
from app_server.seals.rules import life
from app_server.seals.schemas import (
    SealApplied,
    SealHistory,
    SealLeaveList,
    SealLeaveView,
    SealLeaveWanted,
    SealList,
    SealStepView,
    SealStepWanted,
    SealUseList,
    SealUseView,
    SealView,
)
from auth.staff import service as staff_accounts

KEEPERS = staff(life.KEEPER)
EITHER = staff(life.KEEPER, life.AUTHORITY)


def _view(row: service.SealRow) -> SealView:
    names = [name for name in SealView.model_fields if name not in {"state_name", "steps"}]
    return SealView(
        **{name: getattr(row, name) for name in names},
        state_name=life.STATE_NAMES[row.state],
        steps=[name for name, edge in life.STEPS.items() if row.state in edge.sources],
    )


@endpoint("GET", "/seals", guard=EITHER)
async def list_seals(call: Call) -> SealList:
    """The seals of my organisation, or, for the authority, of my region."""
    return SealList(items=[_view(row) for row in await service.seals(call.principal)])


@endpoint("POST", "/seals", guard=KEEPERS, status=201)
async def apply_for_seal(call: Call, body: SealApplied) -> SealView:
    """Apply for a seal of my organisation."""
    by = call.principal
    officer = await staff_accounts.staff_member(by.subject)
    wanted = service.SealWanted(by.org, officer.org_name, by.region, body.name, body.picture)
    seal_id = await service.apply(by, wanted, service.Ground(body.document, body.note))
    return _view(await service.seen(by, seal_id))


@endpoint("GET", "/seals/{seal_id}", guard=EITHER)
async def one_seal(call: Call, seal_id: UUID) -> SealView:
    """One seal."""
    return _view(await service.seen(call.principal, seal_id))


@endpoint("GET", "/seals/{seal_id}/picture", guard=EITHER, reply_type="image/png")
async def seal_picture(call: Call, seal_id: UUID) -> RawReply:
    """The print of a seal."""
    row = await service.seen(call.principal, seal_id)
    return RawReply(bytes(row.picture), "image/png")


@endpoint("GET", "/seals/{seal_id}/steps", guard=EITHER)
async def seal_history(call: Call, seal_id: UUID) -> SealHistory:
    """What happened to a seal."""
    return SealHistory(
        items=[
            SealStepView(
                deed=row.deed,
                deed_name=life.STEPS[row.deed].deed,
                officer_name=row.officer_name,
                document=row.document,
                note=row.note,
                at=row.at,
            )
            for row in await service.steps(call.principal, seal_id)
        ]
    )


@endpoint("POST", "/seals/{seal_id}/steps", guard=EITHER)
async def take_step(call: Call, seal_id: UUID, body: SealStepWanted) -> SealView:
    """Take the next step of a seal's life; which role may, the step says."""
    service.check_role(call.principal, body.step)
    ground = service.Ground(body.document, body.note)
    await service.take(call.principal, seal_id, body.step, ground)
    return _view(await service.seen(call.principal, seal_id))


@endpoint("GET", "/seals/{seal_id}/leaves", guard=EITHER)
async def list_leaves(call: Call, seal_id: UUID) -> SealLeaveList:
    """Who may use a seal for what."""
    return await _leaves(call.principal, seal_id)


async def _leaves(principal: Principal, seal_id: UUID) -> SealLeaveList:
    names = list(SealLeaveView.model_fields)
    return SealLeaveList(
        items=[
            SealLeaveView(**{name: getattr(row, name) for name in names})
            for row in await service.leaves(principal, seal_id)
        ]
    )


@endpoint("POST", "/seals/{seal_id}/leaves", guard=KEEPERS, status=201)
async def give_leave(call: Call, seal_id: UUID, body: SealLeaveWanted) -> SealLeaveList:
    """Give leave to use a seal; answers all leaves of it."""
    await service.grant(call.principal, seal_id, service.LeaveWanted(**body.model_dump()))
    return await _leaves(call.principal, seal_id)


@endpoint("DELETE", "/seals/{seal_id}/leaves/{leave_id}", guard=KEEPERS)
async def take_leave_back(call: Call, seal_id: UUID, leave_id: UUID) -> None:
    """Take leave back."""
    await service.withdraw(call.principal, seal_id, leave_id)


@endpoint("GET", "/seals/{seal_id}/uses", guard=EITHER)
async def list_uses(call: Call, seal_id: UUID) -> SealUseList:
    """The last uses of a seal."""
    names = list(SealUseView.model_fields)
    return SealUseList(
        items=[
            SealUseView(**{name: getattr(row, name) for name in names})
            for row in await service.uses(call.principal, seal_id)
        ]
    )
