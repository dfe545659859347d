"""Who an officer is now: facts from the present post, and since when they hold."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
import structlog

from app_server.kernel import db
from app_server.kernel.cache import Lost, redis
from auth.staff.errors import NoSuchStaff

log = structlog.get_logger(__name__)

CHANGED = "wanshi:staff-changed"


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """A service window: its number, and the level of the hall it stands in."""

    id: str
    level: str


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """A staff member as other contexts know one; `org` is the body whose code the post bears."""

    id: UUID
    login: str
    name: str
    org: str
    org_name: str
    region: str
    roles: tuple[str, ...]
    department_id: UUID
    department_name: str
    window: WindowFacts | None


# The post a row points at is the present one, or after cancellation the last one.
COLUMNS = (
    "m.id, m.login, m.name, m.state, m.version, m.created_at, p.roles, p.region, p.window_id, "
    "p.window_level, p.since, p.department_id, d.name AS department_name, d.path, "
    "o.code AS org, o.name AS org_name"
)
JOINS = (
    "staff_member m JOIN staff_post p ON p.id = m.post_id "
    "JOIN staff_department d ON d.id = p.department_id JOIN staff_department o ON o.id = d.org_id"
)


def roles_in(row: asyncpg.Record) -> tuple[str, ...]:
    """The roles of a row as PostgreSQL gives it."""
    return tuple(orjson.loads(row["roles"]))


def _facts(row: asyncpg.Record) -> StaffFacts:
    window = WindowFacts(row["window_id"], row["window_level"]) if row["window_id"] else None
    return StaffFacts(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        org=row["org"],
        org_name=row["org_name"],
        region=row["region"],
        roles=roles_in(row),
        department_id=row["department_id"],
        department_name=row["department_name"],
        window=window,
    )


async def find_by_login(login: str) -> StaffFacts | None:
    """The active staff member of a login name."""
    row = await db.row(
        f"SELECT {COLUMNS} FROM {JOINS} WHERE m.login=$1 AND m.state='active'",
        login.strip().lower(),
    )
    return _facts(row) if row else None


async def staff_member(staff_id: UUID) -> StaffFacts:
    """The facts of an active staff member; raises `NoSuchStaff`.

    Inside a unit of work the row is held, so that a session that is being opened and a transfer
    cannot pass each other unseen.
    """
    uow = db.current()
    if uow is not None and uow.transaction:
        # First alone: a join that waited for the lock would not see the new post.
        await db.execute("SELECT 1 FROM staff_member WHERE id=$1 FOR SHARE", staff_id)
    row = await db.row(
        f"SELECT {COLUMNS} FROM {JOINS} WHERE m.id=$1 AND m.state='active'", staff_id
    )
    if row is None:
        raise NoSuchStaff
    return _facts(row)


async def entitled_since(staff_id: UUID) -> datetime | None:
    """Since when an officer's rights are what they are; None when there are none (R-ID-29).

    A session opened before that moment is over, even when nobody was told yet.
    """
    moment: datetime | None = await db.value(
        "SELECT entitled_at FROM staff_member WHERE id=$1 AND state='active'", staff_id
    )
    return moment


async def tell_changed(staff_id: UUID) -> None:
    """Have every process look again before it believes a token of this officer's."""
    try:
        await redis().publish(CHANGED, str(staff_id))
    except Lost as error:
        # Every process asks the database again within a minute: late, never lost.
        log.warning("staff_change_not_published", error=str(error))
