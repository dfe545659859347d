"""Administrator roles need two people: one proposes, the other administrator confirms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import Conflict
from app_server.kernel.principal import Principal
from auth.staff.errors import AlreadyProposed, NeedsAnother, NoSuchProposal
from auth.staff.models import Proposal
from auth.staff.rules import CONFIRMER, PROPOSAL_LIFE, may_confirm, region_prefix


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """A waiting proposal, as the other administrator reads it."""

    id: UUID
    staff_id: UUID
    login: str
    name: str
    post: dict[str, Any]
    department_name: str
    reason: str
    by_id: UUID
    by_name: str
    by_role: str
    at: datetime
    expires_at: datetime


async def propose(by: Principal, staff_id: UUID, post: dict[str, Any], reason: str) -> UUID:
    """File a proposal in the caller's unit of work; raises `NeedsAnother`, `AlreadyProposed`."""
    role = next((role for role in CONFIRMER if role in by.roles), None)
    if role is None or by.id is None:
        raise NeedsAnother
    now = clock.now()
    await db.lock(f"staff.proposal:{staff_id}")
    old = Proposal.filter(staff_id=staff_id, state="waiting")
    await old.filter(expires_at__lte=now).update(state="expired")
    if await old.exists():
        raise AlreadyProposed
    row = await Proposal.create(
        staff_id=staff_id,
        post=post,
        reason=reason,
        by_id=by.id,
        by_name=by.name,
        by_role=role,
        at=now,
        expires_at=now + PROPOSAL_LIFE,
    )
    audit.record(by, "staff.admin_proposed", f"staff:{staff_id}", purpose=reason)
    return row.id


async def decide(by: Principal, proposal_id: UUID, state: str) -> Proposal:
    """Close a waiting proposal, in the caller's unit of work; one of N parallel deciders does.

    Its proposer may withdraw it; only the other administrator may confirm, and never for
    themselves. Raises `NoSuchProposal`, `NeedsAnother`, `Conflict`.
    """
    found = await Proposal.get_or_none(id=proposal_id, state="waiting")
    if found is None or found.expires_at <= clock.now():
        raise NoSuchProposal
    if by.id == found.by_id:
        if state == "confirmed":
            raise NeedsAnother
    elif by.id == found.staff_id or not may_confirm(found.by_role, by.roles):
        raise NeedsAnother
    taken = await Proposal.filter(id=found.id, state="waiting").update(
        state=state, decided_by_id=by.id, decided_at=clock.now()
    )
    if not taken:
        raise Conflict
    audit.record(by, f"staff.admin_{state}", f"staff:{found.staff_id}")
    return found


async def refuse(by: Principal, proposal_id: UUID) -> None:
    """Refuse a proposal, or withdraw one's own."""
    async with db.unit_of_work():
        await decide(by, proposal_id, "refused")


async def drop_of(staff_id: UUID) -> None:
    """Nothing waits for somebody whose account changed its state."""
    await Proposal.filter(staff_id=staff_id, state="waiting").update(
        state="dropped", decided_at=clock.now()
    )


async def waiting(by: Principal, staff_id: UUID | None = None) -> list[ProposalFacts]:
    """The proposals that wait within the administrator's region, oldest first."""
    rows = await db.rows(
        "SELECT q.id, q.staff_id, m.login, m.name, q.post, d.name AS department_name, q.reason, "
        "q.by_id, q.by_name, q.by_role, q.at, q.expires_at FROM staff_proposal q "
        "JOIN staff_member m ON m.id = q.staff_id "
        "JOIN staff_department d ON d.id = (q.post->>'department_id')::uuid "
        "WHERE q.state='waiting' AND q.expires_at > $1 AND ($2::uuid IS NULL OR q.staff_id=$2) "
        "AND q.post->>'region' LIKE $3 ORDER BY q.id LIMIT 200",
        clock.now(),
        staff_id,
        region_prefix(by.region) + "%",
    )
    return [ProposalFacts(**{**dict(row), "post": orjson.loads(row["post"])}) for row in rows]
