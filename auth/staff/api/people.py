"""Accounts: list, open, transfer, suspend, resume, cancel; and what waits for a second person."""

from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff
from auth.staff import service
from auth.staff.api import presenting
from auth.staff.rules import ROLES
from auth.staff.schemas import (
    CodeView,
    HistoryList,
    OpenAsked,
    PostAsked,
    ProposalList,
    ReasonAsked,
    RoleList,
    StaffDetail,
    StaffOpened,
    StaffPage,
    StaffQuery,
    TransferAsked,
)

ADMINISTRATORS = staff("system_admin", "security_admin")
READERS = staff("system_admin", "security_admin", "security_auditor")


@endpoint("GET", "/staff-roles", guard=READERS)
async def list_roles(call: Call) -> RoleList:
    """All roles of staff, and which are administrators'."""
    del call
    return RoleList(items=[presenting.role(code) for code in ROLES])


@endpoint("GET", "/staff", guard=READERS)
async def list_staff(call: Call, query: StaffQuery) -> StaffPage:
    """Accounts within my region, newest first."""
    found = await service.page_of_accounts(
        call.principal,
        state=query.state,
        text=query.q,
        department_id=query.department,
        role=query.role,
        after=paging.after(query.cursor),
    )
    full = len(found) == service.FULL_PAGE
    return StaffPage(
        items=[presenting.staff_line(line) for line in found],
        next=paging.cursor(found[-1].id) if full else None,
    )


@endpoint("POST", "/staff", guard=ADMINISTRATORS, status=201)
async def open_account(call: Call, body: OpenAsked) -> StaffOpened:
    """Open an account; the one-time code is in this reply and nowhere else."""
    opened = await service.open_account(
        call.principal,
        login=body.login,
        name=body.name,
        post=_wanted(body.post),
        reason=body.reason,
    )
    return StaffOpened(
        staff=await _detail(call, opened.staff_id),
        activation=CodeView(code=opened.code.text, expires_at=opened.code.expires_at),
    )


@endpoint("GET", "/staff/{staff_id}", guard=READERS)
async def read_staff(call: Call, staff_id: UUID) -> StaffDetail:
    """One account."""
    return await _detail(call, staff_id)


@endpoint("GET", "/staff/{staff_id}/history", guard=READERS)
async def read_history(call: Call, staff_id: UUID) -> HistoryList:
    """All moves of an account, newest first."""
    found = await service.history(call.principal, staff_id)
    return HistoryList(items=[presenting.history_line(line) for line in found])


@endpoint("POST", "/staff/{staff_id}/transfer", guard=ADMINISTRATORS)
async def transfer(call: Call, staff_id: UUID, body: TransferAsked) -> StaffDetail:
    """Another post; an administrator's waits for the other administrator."""
    await service.transfer(
        call.principal, staff_id, call.expected_version(), _wanted(body.post), body.reason
    )
    return await _detail(call, staff_id)


@endpoint("POST", "/staff/{staff_id}/suspend", guard=ADMINISTRATORS)
async def suspend(call: Call, staff_id: UUID, body: ReasonAsked) -> StaffDetail:
    """Let an account rest."""
    await service.suspend(call.principal, staff_id, call.expected_version(), body.reason)
    return await _detail(call, staff_id)


@endpoint("POST", "/staff/{staff_id}/resume", guard=ADMINISTRATORS)
async def resume(call: Call, staff_id: UUID, body: ReasonAsked) -> StaffDetail:
    """Let a resting account work again."""
    await service.resume(call.principal, staff_id, call.expected_version(), body.reason)
    return await _detail(call, staff_id)


@endpoint("POST", "/staff/{staff_id}/cancel", guard=ADMINISTRATORS)
async def cancel(call: Call, staff_id: UUID, body: ReasonAsked) -> StaffDetail:
    """Close an account for good."""
    await service.cancel(call.principal, staff_id, call.expected_version(), body.reason)
    return await _detail(call, staff_id)


@endpoint("POST", "/staff/{staff_id}/activation", guard=ADMINISTRATORS, status=201)
async def renew_activation(call: Call, staff_id: UUID) -> CodeView:
    """A new one-time code; earlier ones stop working."""
    code = await service.renew_activation(call.principal, staff_id)
    return CodeView(code=code.text, expires_at=code.expires_at)


@endpoint("GET", "/staff-proposals", guard=READERS)
async def list_proposals(call: Call) -> ProposalList:
    """Administrator roles that wait for a second person."""
    found = await service.waiting(call.principal)
    return ProposalList(items=[presenting.proposal(call.principal, facts) for facts in found])


@endpoint("POST", "/staff-proposals/{proposal_id}/confirm", guard=ADMINISTRATORS)
async def confirm_proposal(call: Call, proposal_id: UUID) -> None:
    """Confirm what the other administrator proposed."""
    await service.confirm_proposal(call.principal, proposal_id)


@endpoint("POST", "/staff-proposals/{proposal_id}/refuse", guard=ADMINISTRATORS)
async def refuse_proposal(call: Call, proposal_id: UUID) -> None:
    """Refuse it, or withdraw my own."""
    await service.refuse(call.principal, proposal_id)


def _wanted(asked: PostAsked) -> service.PostWanted:
    return service.PostWanted(
        asked.department_id,
        tuple(asked.roles),
        asked.region,
        asked.window_id,
        asked.window_level,
    )


async def _detail(call: Call, staff_id: UUID) -> StaffDetail:
    line = await service.account(call.principal, staff_id)
    return await presenting.staff_detail(call.principal, line)
