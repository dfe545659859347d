"""Mode B: an officer's local account in a system that keeps its own users (R-ID-31).

One to one per system while it lives. The officer proves the local account there: our one-time
code is carried to the system's page, and the system itself confirms over the partner surface.
Unbinding stops signing on through us; the local account is the system's and stays.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app_server.kernel import audit, clock, db
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from auth.staff.errors import (
    AccountTaken,
    BindCodeRefused,
    NoSuchMapping,
    NoSuchSystem,
    NotMapped,
)
from auth.staff.models import BindCode, DepartmentSystem, Mapping
from auth.staff.rules import BIND_CODE_LIFE
from auth.staff.service.activation import Code, digest, new_code
from auth.staff.service.facts import staff_member
from auth.staff.service.register import system

_PURPOSE = "staff.bind"


@dataclass(frozen=True, slots=True)
class MappingFacts:
    """One live mapping, as the system's administrator reads it."""

    id: UUID
    staff_id: UUID
    login: str
    name: str
    local_account: str
    bound_at: datetime


async def bind_code(by: Principal, system_id: UUID) -> tuple[Code, str]:
    """A one-time code for the officer themselves, and the page to carry it to.

    Raises `NoSuchSystem`, `NotMapped`, `AccountTaken`.
    """
    async with db.unit_of_work():
        found = await DepartmentSystem.get_or_none(id=system_id, state="active")
        if found is None:
            raise NoSuchSystem
        if found.mode != "mapped":
            raise NotMapped
        if await Mapping.filter(system_id=system_id, staff_id=by.subject, unbound_at=None).exists():
            raise AccountTaken
        code = Code(new_code(3), clock.now() + BIND_CODE_LIFE)
        await BindCode.create(
            system_id=system_id,
            staff_id=by.subject,
            digest=digest(code.text, _PURPOSE),
            expires_at=code.expires_at,
        )
        audit.record(by, "staff.bind_code_issued", f"system:{found.code}")
    return code, found.bind_url


async def bind(by: Principal, code: str, local_account: str) -> str:
    """A mapped system confirms whose local account it is; answers the officer's login.

    The code is used up with the mapping, by one conditional update. Raises `BindCodeRefused`,
    `NoSuchSystem`, `NotMapped`, `NoSuchStaff`, `AccountTaken`.
    """
    now = clock.now()
    async with db.unit_of_work():
        found = await DepartmentSystem.get_or_none(client_id=by.org, state="active")
        if found is None:
            raise NoSuchSystem
        if found.mode != "mapped":
            raise NotMapped
        staff_id: UUID | None = await db.value(
            "UPDATE staff_bind_code SET used_at=$3 WHERE digest=$1 AND system_id=$2 "
            "AND used_at IS NULL AND expires_at > $3 RETURNING staff_id",
            digest(code, _PURPOSE),
            found.id,
            now,
        )
        if staff_id is None:
            raise BindCodeRefused
        member = await staff_member(staff_id)
        added = await db.execute(
            "INSERT INTO staff_mapping (id, system_id, staff_id, local_account, bound_at, "
            "unbound_for, unbound_by) VALUES ($1,$2,$3,$4,$5,'','') ON CONFLICT DO NOTHING",
            uuid7(),
            found.id,
            staff_id,
            local_account,
            now,
        )
        if not added:
            raise AccountTaken
        audit.record(by, "staff.bound", f"staff:{staff_id}", purpose=found.code)
    return member.login


async def unbind_own(by: Principal, system_id: UUID) -> None:
    """The officer gives up a mapping; raises `NoSuchMapping`."""
    live = await Mapping.get_or_none(system_id=system_id, staff_id=by.subject, unbound_at=None)
    if live is None:
        raise NoSuchMapping
    await _unbind(by, live.id, "本人解除")


async def unbind(by: Principal, system_id: UUID, mapping_id: UUID, reason: str) -> None:
    """An administrator takes a mapping away; raises `NoSuchSystem`, `NoSuchMapping`."""
    await system(by, system_id)
    if not await Mapping.filter(id=mapping_id, system_id=system_id).exists():
        raise NoSuchMapping
    await _unbind(by, mapping_id, reason)


async def _unbind(by: Principal, mapping_id: UUID, reason: str) -> None:
    async with db.unit_of_work():
        ended = await Mapping.filter(id=mapping_id, unbound_at=None).update(
            unbound_at=clock.now(), unbound_for=reason, unbound_by=by.name
        )
        if not ended:
            raise NoSuchMapping
        audit.record(by, "staff.unbound", f"mapping:{mapping_id}", purpose=reason)


async def end_all_of(by: Principal, staff_id: UUID) -> None:
    """Give back the local accounts of somebody who left, in the caller's unit of work."""
    await Mapping.filter(staff_id=staff_id, unbound_at=None).update(
        unbound_at=clock.now(), unbound_for="账号注销", unbound_by=by.name
    )


async def mappings(
    by: Principal, system_id: UUID, after: UUID | None, limit: int
) -> list[MappingFacts]:
    """One page of a system's live mappings, newest first; raises `NoSuchSystem`."""
    await system(by, system_id)
    rows = await db.rows(
        "SELECT g.id, g.staff_id, m.login, m.name, g.local_account, g.bound_at "
        "FROM staff_mapping g JOIN staff_member m ON m.id = g.staff_id "
        "WHERE g.system_id=$1 AND g.unbound_at IS NULL AND ($2::uuid IS NULL OR g.id < $2) "
        "ORDER BY g.id DESC LIMIT $3",
        system_id,
        after,
        limit,
    )
    return [MappingFacts(**dict(row)) for row in rows]
