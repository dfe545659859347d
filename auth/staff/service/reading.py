"""Reading the register of staff, as administrators of a region do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from app_server.kernel import db
from app_server.kernel.principal import Principal
from auth.staff.errors import NoSuchStaff
from auth.staff.rules import region_prefix
from auth.staff.service.facts import COLUMNS, JOINS

FULL_PAGE = 30


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account in a list: the present post, or the last one of a cancelled account."""

    id: UUID
    login: str
    name: str
    state: str
    version: int
    roles: tuple[str, ...]
    region: str
    window_id: str
    window_level: str
    department_id: UUID
    department_name: str
    org: str
    org_name: str
    since: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One entry of an account's history."""

    id: UUID
    move: str
    effective_at: datetime
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    by_name: str
    confirmed_by_name: str


@dataclass(frozen=True, slots=True)
class AccountThere:
    """What an officer has in one department system."""

    system_id: UUID
    name: str
    mode: str
    local_account: str
    active: bool
    at: datetime


def _line(row: asyncpg.Record) -> AccountLine:
    given = {name: row[name] for name in AccountLine.__slots__}
    return AccountLine(**given | {"roles": tuple(orjson.loads(row["roles"]))})


def _like(text: str) -> str:
    for char in ("\\", "%", "_"):
        text = text.replace(char, f"\\{char}")
    return f"%{text}%"


async def page_of_accounts(
    by: Principal,
    *,
    state: str = "",
    text: str = "",
    department_id: UUID | None = None,
    role: str = "",
    after: UUID | None = None,
) -> list[AccountLine]:
    """One page of accounts within the reader's region, newest first."""
    rows = await db.rows(
        f"SELECT {COLUMNS} FROM {JOINS} WHERE p.region LIKE $1 "
        "AND ($2 = '' OR m.state = $2) AND (m.name ILIKE $3 OR m.login ILIKE $3) "
        "AND ($4::uuid IS NULL OR starts_with(d.path, (SELECT path FROM staff_department "
        "WHERE id=$4))) AND ($5 = '' OR p.roles @> to_jsonb($5::text)) "
        "AND ($6::uuid IS NULL OR m.id < $6) ORDER BY m.id DESC LIMIT $7",
        region_prefix(by.region) + "%",
        state,
        _like(text.strip()),
        department_id,
        role,
        after,
        FULL_PAGE,
    )
    return [_line(row) for row in rows]


async def account(by: Principal, staff_id: UUID) -> AccountLine:
    """One account within the reader's region; raises `NoSuchStaff`."""
    row = await db.row(
        f"SELECT {COLUMNS} FROM {JOINS} WHERE m.id=$1 AND p.region LIKE $2",
        staff_id,
        region_prefix(by.region) + "%",
    )
    if row is None:
        raise NoSuchStaff
    return _line(row)


async def history(by: Principal, staff_id: UUID) -> list[HistoryLine]:
    """All moves of an account, newest first; raises `NoSuchStaff`."""
    await account(by, staff_id)
    rows = await db.rows(
        "SELECT id, move, effective_at, before, after, reason, by_name, confirmed_by_name "
        "FROM staff_history WHERE staff_id=$1 ORDER BY id DESC LIMIT 500",
        staff_id,
    )
    return [HistoryLine(**dict(row) | _posts(row)) for row in rows]


def _posts(row: asyncpg.Record) -> dict[str, Any]:
    return {side: orjson.loads(row[side]) if row[side] else None for side in ("before", "after")}


async def accounts_there(staff_id: UUID) -> list[AccountThere]:
    """What an officer has in department systems: pushed accounts and live mappings."""
    rows = await db.rows(
        "SELECT s.id AS system_id, s.name, s.mode, g.local_account, true AS active, "
        "g.bound_at AS at FROM staff_mapping g JOIN staff_system s ON s.id = g.system_id "
        "WHERE g.staff_id=$1 AND g.unbound_at IS NULL "
        "UNION ALL SELECT s.id, s.name, s.mode, '', a.active, a.pushed_at "
        "FROM staff_provisioned a JOIN staff_system s ON s.id = a.system_id WHERE a.staff_id=$1",
        staff_id,
    )
    return [AccountThere(**dict(row)) for row in rows]
