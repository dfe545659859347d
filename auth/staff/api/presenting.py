"""Staff facts in the shapes of the replies, with Chinese names beside codes."""

from typing import Any
from uuid import UUID

from app_server.kernel import regions
from app_server.kernel.principal import Principal
from auth.staff import service
from auth.staff.rules import (
    ADMIN_ROLES,
    DEEDS,
    LEVEL_NAMES,
    MODE_NAMES,
    ROLES,
    STATE_NAMES,
    authority_of,
    may_confirm,
    moves_from,
)
from auth.staff.schemas import (
    AccountThereView,
    DepartmentView,
    HistoryView,
    PostView,
    ProposalView,
    RoleView,
    StaffDetail,
    StaffLine,
    SystemView,
    WindowView,
)


def role(code: str) -> RoleView:
    """A role with its name."""
    return RoleView(code=code, name=ROLES.get(code, code), administrator=code in ADMIN_ROLES)


def post(kept: dict[str, Any], department_name: str = "") -> PostView:
    """A post as history and proposals keep it."""
    level = kept["window_level"]
    return PostView(
        department_id=UUID(str(kept["department_id"])),
        department_name=department_name or kept["department_name"],
        roles=[role(code) for code in kept["roles"]],
        region=kept["region"],
        region_name=regions.full_name(kept["region"]),
        window=WindowView(id=kept["window_id"], level=level, level_name=LEVEL_NAMES[level])
        if kept["window_id"]
        else None,
    )


def _post_of(line: service.AccountLine) -> PostView:
    return post(
        {
            "department_id": line.department_id,
            "department_name": line.department_name,
            "roles": line.roles,
            "region": line.region,
            "window_id": line.window_id,
            "window_level": line.window_level,
        }
    )


def staff_line(line: service.AccountLine) -> StaffLine:
    """An account in a list."""
    return StaffLine(**_line(line))


def _line(line: service.AccountLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "login": line.login,
        "name": line.name,
        "state": line.state,
        "state_name": STATE_NAMES[line.state],
        "org_name": line.org_name,
        "post": _post_of(line),
        "since": line.since,
    }


async def staff_detail(by: Principal, line: service.AccountLine) -> StaffDetail:
    """An account in full, as this administrator may act on it."""
    waiting = await service.waiting(by, line.id)
    acts: list[str] = []
    if by.id != line.id and by.roles & {"system_admin", "security_admin"}:
        acts = moves_from(line.state)
        acts += ["activation"] if line.state == "active" else []
    return StaffDetail(
        **_line(line),
        version=line.version,
        created_at=line.created_at,
        actions=acts,  # type: ignore[arg-type]
        activation_until=await service.pending_until(line.id),
        proposal=proposal(by, waiting[0]) if waiting else None,
        accounts=[
            AccountThereView(
                system_id=there.system_id,
                name=there.name,
                mode=there.mode,
                mode_name=MODE_NAMES[there.mode],
                local_account=there.local_account,
                active=there.active,
                at=there.at,
            )
            for there in await service.accounts_there(line.id)
        ],
    )


def proposal(by: Principal, facts: service.ProposalFacts) -> ProposalView:
    """A waiting proposal, and whether this administrator may confirm it."""
    mine = by.id == facts.by_id
    return ProposalView(
        id=facts.id,
        staff_id=facts.staff_id,
        login=facts.login,
        name=facts.name,
        post=post(facts.post, facts.department_name),
        reason=facts.reason,
        by_name=facts.by_name,
        by_role_name=ROLES[facts.by_role],
        at=facts.at,
        expires_at=facts.expires_at,
        mine=mine,
        may_confirm=not mine and by.id != facts.staff_id and may_confirm(facts.by_role, by.roles),
    )


def history_line(line: service.HistoryLine) -> HistoryView:
    """One move of an account."""
    return HistoryView(
        id=line.id,
        move=line.move,  # type: ignore[arg-type]
        move_name=DEEDS[line.move],
        effective_at=line.effective_at,
        before=post(line.before) if line.before else None,
        after=post(line.after) if line.after else None,
        reason=line.reason,
        by_name=line.by_name,
        confirmed_by_name=line.confirmed_by_name,
    )


def department(facts: service.DepartmentFacts) -> DepartmentView:
    """One department of the tree."""
    level = regions.level_of(facts.region)
    return DepartmentView(
        id=facts.id,
        parent_id=facts.parent_id,
        code=facts.code,
        name=facts.name,
        region=facts.region,
        region_name=regions.full_name(facts.region),
        level=level,
        level_name=LEVEL_NAMES[level],
        state=facts.state,  # type: ignore[arg-type]
        version=facts.version,
        people=facts.people,
    )


def system(facts: service.SystemFacts) -> SystemView:
    """One department system."""
    level = regions.level_of(facts.region)
    return SystemView(
        id=facts.id,
        code=facts.code,
        name=facts.name,
        department_id=facts.department_id,
        department_name=facts.department_name,
        region=facts.region,
        level=level,
        level_name=LEVEL_NAMES[level],
        authority_name=authority_of(facts.region).name,
        mode=facts.mode,  # type: ignore[arg-type]
        mode_name=MODE_NAMES[facts.mode],
        client_id=facts.client_id,
        home_url=facts.home_url,
        bind_url=facts.bind_url,
        scim_url=facts.scim_url,
        state=facts.state,  # type: ignore[arg-type]
        version=facts.version,
        accounts=facts.accounts,
        mappings=facts.mappings,
        waiting=facts.waiting,
        parked=facts.parked,
    )
