"""The life of an account: opened, transferred, suspended, resumed, cancelled (R-ID-30).

Every move is one conditional update of the member's row, one entry of history and one record;
what the officer may do ends with the commit, not when somebody hears of it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import Conflict, PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from auth.staff.errors import LoginTaken, NoSuchStaff, NotYourself, RegionOutside
from auth.staff.events import StaffCancelled, StaffSuspended, StaffTransferred
from auth.staff.models import HistoryEntry, Post, StaffMember
from auth.staff.rules import ADMIN_ROLES, checked_move, checked_roles, checked_window
from auth.staff.service import activation, binding, proposals, provisioning
from auth.staff.service.facts import tell_changed
from auth.staff.service.tree import check_scope, department

GIVEN = "随系统初始化"


@dataclass(frozen=True, slots=True)
class PostWanted:
    """A post as an administrator asks for it; no region means the department's."""

    department_id: UUID
    roles: tuple[str, ...]
    region: str = ""
    window_id: str = ""
    window_level: str = ""

    @property
    def administers(self) -> bool:
        """Whether two people must agree to it."""
        return bool(ADMIN_ROLES & set(self.roles))


@dataclass(frozen=True, slots=True)
class Opened:
    """A new account: its one-time code is said once; a proposal waits for administrators."""

    staff_id: UUID
    code: activation.Code
    proposal_id: UUID | None


async def _checked(by: Principal, wanted: PostWanted) -> tuple[PostWanted, str]:
    """The post in order, and its department's name."""
    roles = checked_roles(wanted.roles)
    checked_window(wanted.window_id, wanted.window_level, roles)
    at = await department(wanted.department_id)
    region = regions.region(wanted.region or at.region).code
    if not regions.covers(at.region, region):
        raise RegionOutside
    check_scope(by, region)
    return PostWanted(at.id, roles, region, wanted.window_id, wanted.window_level), at.name


async def open_account(
    by: Principal, *, login: str, name: str, post: PostWanted, reason: str
) -> Opened:
    """Open an account; an administrator's starts without roles and waits for the other one.

    Raises `LoginTaken`, `NoSuchDepartment`, `RolesExclude`, `WindowIncomplete`,
    `RegionOutside`, `BeyondYourRegion`, `AlreadyProposed`.
    """
    async with db.unit_of_work():
        wanted, department_name = await _checked(by, post)
        first = (
            PostWanted(wanted.department_id, (), wanted.region) if wanted.administers else wanted
        )
        staff_id = await _add(by, login, name, first, department_name, reason)
        code = await activation.issue(staff_id)
        waiting = None
        if wanted.administers:
            waiting = await proposals.propose(by, staff_id, stored(wanted), reason)
    return Opened(staff_id, code, waiting)


async def _add(
    by: Principal, login: str, name: str, post: PostWanted, department_name: str, reason: str
) -> UUID:
    staff_id, now = uuid7(), clock.now()
    added = await db.execute(
        "INSERT INTO staff_member (id, login, name, state, entitled_at, version, created_at) "
        "VALUES ($1,$2,$3,'active',$4,1,$4) ON CONFLICT (login) DO NOTHING",
        staff_id,
        login.strip().lower(),
        name,
        now,
    )
    if not added:
        raise LoginTaken
    after = await _take_post(staff_id, post, department_name, now)
    _remember(by, staff_id, "open", now, None, after, reason)
    await provisioning.announce_due(staff_id)
    return staff_id


async def give_account(by: Principal, login: str, name: str, post: PostWanted) -> UUID:
    """An account that comes with the instance, in the caller's unit of work."""
    wanted, department_name = await _checked(by, post)
    return await _add(by, login, name, wanted, department_name, GIVEN)


async def give_post(by: Principal, staff_id: UUID, post: PostWanted) -> None:
    """Bring the post of a given account up to date, in the caller's unit of work."""
    member = await held(by, staff_id, None)
    checked_move("transfer", member.state)
    wanted, department_name = await _checked(by, post)
    await _move_post(by, member, wanted, department_name, GIVEN)


async def transfer(
    by: Principal, staff_id: UUID, version: int, post: PostWanted, reason: str
) -> UUID | None:
    """Move an officer to another post; sessions of the old one are over.

    An administrator's post is only proposed: the answer is the proposal's id. Raises
    `NoSuchStaff`, `NotInThisState`, `PreconditionFailed`, and what `open_account` raises.
    """
    async with db.unit_of_work():
        member = await held(by, staff_id, version)
        checked_move("transfer", member.state)
        wanted, name = await _checked(by, post)
        if wanted.administers:
            return await proposals.propose(by, staff_id, stored(wanted), reason)
        await _move_post(by, member, wanted, name, reason)
    return None


async def confirm_proposal(by: Principal, proposal_id: UUID) -> None:
    """Confirm what another administrator proposed; the post is taken at once.

    Raises `NoSuchProposal`, `NeedsAnother`, `NotInThisState`, `NoSuchDepartment`.
    """
    async with db.unit_of_work():
        found = await proposals.decide(by, proposal_id, "confirmed")
        member = await held(by, found.staff_id, None)
        checked_move("transfer", member.state)
        wanted, name = await _checked(by, restored(found.post))
        proposer = Principal(kind="staff", id=found.by_id, name=found.by_name, region=by.region)
        await _move_post(proposer, member, wanted, name, found.reason, confirmed_by=by)


async def suspend(by: Principal, staff_id: UUID, version: int, reason: str) -> None:
    """Let an account rest; it is out at once. `NotInThisState`, `PreconditionFailed`."""
    await _change_state(by, staff_id, version, "suspend", reason)


async def resume(by: Principal, staff_id: UUID, version: int, reason: str) -> None:
    """Let a resting account work again. `NotInThisState`, `PreconditionFailed`."""
    await _change_state(by, staff_id, version, "resume", reason)


async def cancel(by: Principal, staff_id: UUID, version: int, reason: str) -> None:
    """Close an account for good; its deeds keep its name. `NotInThisState`."""
    await _change_state(by, staff_id, version, "cancel", reason)


async def renew_activation(by: Principal, staff_id: UUID) -> activation.Code:
    """A new one-time code for an officer who has none or forgot the password."""
    async with db.unit_of_work():
        member = await held(by, staff_id, None)
        checked_move("transfer", member.state)
        code = await activation.issue(staff_id)
        audit.record(by, "staff.activation_renewed", f"staff:{staff_id}")
    return code


async def _change_state(
    by: Principal, staff_id: UUID, version: int, move: str, reason: str
) -> None:
    async with db.unit_of_work():
        member = await held(by, staff_id, version)
        edge = checked_move(move, member.state)
        before = await _post_now(member)
        now = clock.now()
        await _update(member, edge.to, now)
        if move == "cancel":
            await Post.filter(id=member.post_id).update(until=now)
            await activation.withdraw(staff_id)
            await binding.end_all_of(by, staff_id)
        after = None if edge.to == "cancelled" else before
        _remember(by, staff_id, move, now, before, after, reason)
        if move == "suspend":
            announce(StaffSuspended(staff_id=staff_id, at=now))
        elif move == "cancel":
            announce(StaffCancelled(staff_id=staff_id, at=now))
        await proposals.drop_of(staff_id)
        await provisioning.announce_due(staff_id)


async def held(by: Principal, staff_id: UUID, version: int | None) -> StaffMember:
    """The member's row, locked until the unit of work ends.

    Raises `NoSuchStaff` (also beyond the administrator's region), `NotYourself`,
    `PreconditionFailed`.
    """
    member = await StaffMember.select_for_update().get_or_none(id=staff_id)
    if member is None:
        raise NoSuchStaff
    post = await Post.get(id=member.post_id)
    if not regions.covers(by.region, post.region):
        raise NoSuchStaff
    if by.id == staff_id:
        raise NotYourself
    if version is not None and member.version != version:
        raise PreconditionFailed
    return member


async def _move_post(
    by: Principal,
    member: StaffMember,
    wanted: PostWanted,
    department_name: str,
    reason: str,
    confirmed_by: Principal | None = None,
) -> None:
    before, now = await _post_now(member), clock.now()
    await Post.filter(id=member.post_id).update(until=now)
    await _update(member, "active", now)
    after = await _take_post(member.id, wanted, department_name, now)
    _remember(by, member.id, "transfer", now, before, after, reason, confirmed_by)
    announce(StaffTransferred(staff_id=member.id, at=now))
    await provisioning.announce_due(member.id)


async def _update(member: StaffMember, to: str, now: datetime) -> None:
    # `now` was read after the row was locked: no session can have been opened later than it on
    # the old rights.
    changed = await db.execute(
        "UPDATE staff_member SET state=$4, version=version+1, entitled_at=$5 "
        "WHERE id=$1 AND version=$2 AND state=$3",
        member.id,
        member.version,
        member.state,
        to,
        now,
    )
    if not changed:
        raise Conflict
    db.needed().then(partial(tell_changed, member.id))


async def _take_post(
    staff_id: UUID, wanted: PostWanted, department_name: str, now: datetime
) -> dict[str, Any]:
    post = await Post.create(
        staff_id=staff_id,
        department_id=wanted.department_id,
        roles=list(wanted.roles),
        region=wanted.region,
        window_id=wanted.window_id,
        window_level=wanted.window_level,
        since=now,
    )
    await StaffMember.filter(id=staff_id).update(post_id=post.id)
    return _told(post, department_name)


async def _post_now(member: StaffMember) -> dict[str, Any]:
    post = await Post.get(id=member.post_id)
    name = await db.value("SELECT name FROM staff_department WHERE id=$1", post.department_id)
    return _told(post, str(name))


def _told(post: Post, department_name: str) -> dict[str, Any]:
    """A post as history keeps it: by name too, since departments are renamed."""
    return {
        "department_id": str(post.department_id),
        "department_name": department_name,
        "roles": list(post.roles),
        "region": post.region,
        "window_id": post.window_id,
        "window_level": post.window_level,
    }


def _remember(
    by: Principal,
    staff_id: UUID,
    move: str,
    now: datetime,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    reason: str,
    confirmed_by: Principal | None = None,
) -> None:
    db.needed().add(
        HistoryEntry.Meta.table,
        {
            "id": uuid7(),
            "staff_id": staff_id,
            "move": move,
            "effective_at": now,
            "before": before,
            "after": after,
            "reason": reason,
            "by_id": by.id,
            "by_name": by.name,
            "confirmed_by_id": confirmed_by.id if confirmed_by else None,
            "confirmed_by_name": confirmed_by.name if confirmed_by else "",
        },
    )
    actor = confirmed_by or by
    audit.record(actor, f"staff.{move}", f"staff:{staff_id}", purpose=reason)


def stored(wanted: PostWanted) -> dict[str, Any]:
    """A post as a proposal keeps it."""
    return asdict(wanted) | {
        "department_id": str(wanted.department_id),
        "roles": list(wanted.roles),
    }


def restored(kept: dict[str, Any]) -> PostWanted:
    """What `stored` kept."""
    given = kept | {"department_id": UUID(kept["department_id"]), "roles": tuple(kept["roles"])}
    return PostWanted(**given)
