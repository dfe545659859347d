"""The register of department systems: how each signs its people on, and to whom it attaches.

Provincial departments choose a mode or none (R-ID-32); city and county systems attach to their
city's platform as unified users, and nowhere else (R-ID-42). Grants stands above staff: the
OAuth client of a system is only named here.
"""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, db, outbox, regions
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from app_server.kernel.wake import wake_workers
from auth.staff.errors import (
    NoSuchSystem,
    RegionOutside,
    SystemCodeTaken,
    SystemIncomplete,
)
from auth.staff.models import DepartmentSystem
from auth.staff.rules import checked_mode, region_prefix
from auth.staff.service.provisioning import announce_everybody
from auth.staff.service.tree import check_authority, check_scope, department


@dataclass(frozen=True, slots=True)
class SystemWanted:
    """What an administrator says about a system; an empty token keeps the one that is there."""

    name: str
    mode: str
    client_id: str = ""
    home_url: str = ""
    bind_url: str = ""
    scim_url: str = ""
    scim_token: str = ""


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """One registered system; the token is never told."""

    id: UUID
    code: str
    name: str
    department_id: UUID
    department_name: str
    region: str
    mode: str
    client_id: str | None
    home_url: str
    bind_url: str
    scim_url: str
    state: str
    version: int
    accounts: int
    mappings: int
    waiting: int
    parked: int


# The name deliveries to `handlers.push_account` are stored under.
PUSHES = "auth.staff.push_account"

_READ = f"""
SELECT s.id, s.code, s.name, s.department_id, d.name AS department_name, s.region, s.mode,
  s.client_id, s.home_url, s.bind_url, s.scim_url, s.state, s.version,
  (SELECT count(*) FROM staff_provisioned a WHERE a.system_id = s.id AND a.active) AS accounts,
  (SELECT count(*) FROM staff_mapping m WHERE m.system_id = s.id AND m.unbound_at IS NULL)
    AS mappings,
  (SELECT count(*) FROM kernel_delivery k WHERE k.handler = '{PUSHES}'
    AND k.state = 'ready' AND k.aggregate LIKE 'staff:' || s.id || ':%') AS waiting,
  (SELECT count(*) FROM kernel_delivery k WHERE k.handler = '{PUSHES}'
    AND k.state = 'parked' AND k.aggregate LIKE 'staff:' || s.id || ':%') AS parked
FROM staff_system s JOIN staff_department d ON d.id = s.department_id
"""


async def systems(by: Principal) -> list[SystemFacts]:
    """All systems within the administrator's region."""
    prefix = region_prefix(by.region) + "%"
    found = await db.rows(
        f"{_READ} WHERE s.region LIKE $1 ORDER BY s.state, s.id LIMIT 500", prefix
    )
    return [SystemFacts(**dict(row)) for row in found]


async def system(by: Principal, system_id: UUID) -> SystemFacts:
    """One system; raises `NoSuchSystem`, also beyond the administrator's region."""
    row = await db.row(f"{_READ} WHERE s.id=$1", system_id)
    if row is None or not regions.covers(by.region, row["region"]):
        raise NoSuchSystem
    return SystemFacts(**dict(row))


def _check(region: str, wanted: SystemWanted, *, has_token: bool) -> None:
    checked_mode(region, wanted.mode)
    needed = {
        "none": True,
        "unified": bool(wanted.client_id and wanted.scim_url and (wanted.scim_token or has_token)),
        "mapped": bool(wanted.client_id and wanted.bind_url),
    }
    if not needed[wanted.mode]:
        raise SystemIncomplete
    urls = [url for url in (wanted.home_url, wanted.bind_url, wanted.scim_url) if url]
    if load().production and any(not url.startswith("https://") for url in urls):
        raise SystemIncomplete("地址必须以 https:// 开头")


async def register_system(
    by: Principal, *, code: str, department_id: UUID, region: str, wanted: SystemWanted
) -> UUID:
    """Register a system with this platform; its mode unified tells it everybody it should know.

    Raises `WrongAuthority`, `WrongMode`, `SystemIncomplete`, `SystemCodeTaken`,
    `NoSuchDepartment`, `RegionOutside`, `BeyondYourRegion`.
    """
    async with db.unit_of_work():
        owner = await department(department_id)
        at = regions.region(region or owner.region).code
        if not regions.covers(owner.region, at):
            raise RegionOutside
        check_scope(by, at)
        check_authority(at, strict=True)
        _check(at, wanted, has_token=False)
        row = DepartmentSystem(
            id=uuid7(), code=code, department_id=owner.id, region=at, **_columns(wanted)
        )
        await _refuse_taken(row)
        await row.save()
        audit.record(by, "staff.system_registered", f"system:{code}", purpose=wanted.mode)
        await announce_everybody(row)
    return row.id


async def change_system(by: Principal, system_id: UUID, version: int, wanted: SystemWanted) -> None:
    """Change a system's name, mode or addresses; `PreconditionFailed`, `WrongMode`."""
    async with db.unit_of_work():
        row = await _held(by, system_id, version)
        _check(row.region, wanted, has_token=bool(row.scim_token))
        kept = row.scim_token
        row.update_from_dict(_columns(wanted))
        row.scim_token = wanted.scim_token or kept
        row.version += 1
        await _refuse_taken(row)
        await row.save()
        audit.record(by, "staff.system_changed", f"system:{row.code}", purpose=wanted.mode)
        await announce_everybody(row)


async def retire_system(by: Principal, system_id: UUID, version: int) -> None:
    """Detach a system: nobody signs on through us, its own accounts stay its own."""
    async with db.unit_of_work():
        row = await _held(by, system_id, version)
        row.state, row.version = "retired", row.version + 1
        await row.save(update_fields=["state", "version"])
        audit.record(by, "staff.system_retired", f"system:{row.code}")


async def push_again(by: Principal, system_id: UUID) -> int:
    """Let pushes the system refused for good run again, once it was mended; answers how many."""
    found = await system(by, system_id)
    parked = await db.rows(
        "SELECT id FROM kernel_delivery WHERE handler=$1 AND state='parked' "
        "AND aggregate LIKE 'staff:' || $2::text || ':%'",
        PUSHES,
        system_id,
    )
    async with db.unit_of_work() as uow:
        for row in parked:
            await outbox.replay(str(row["id"]))
        audit.record(by, "staff.pushed_again", f"system:{found.code}")
        uow.then(wake_workers)
    return len(parked)


async def _held(by: Principal, system_id: UUID, version: int) -> DepartmentSystem:
    row = await DepartmentSystem.select_for_update().get_or_none(id=system_id, state="active")
    if row is None or not regions.covers(by.region, row.region):
        raise NoSuchSystem
    if row.version != version:
        raise PreconditionFailed
    return row


def _columns(wanted: SystemWanted) -> dict[str, str | None]:
    return {
        "name": wanted.name,
        "mode": wanted.mode,
        "client_id": wanted.client_id or None,
        "home_url": wanted.home_url,
        "bind_url": wanted.bind_url,
        "scim_url": wanted.scim_url.rstrip("/"),
        "scim_token": wanted.scim_token or None,
    }


async def _refuse_taken(row: DepartmentSystem) -> None:
    await db.lock("staff.systems")
    taken = await db.value(
        "SELECT EXISTS (SELECT 1 FROM staff_system WHERE id<>$1 AND (code=$2 OR client_id=$3))",
        row.id,
        row.code,
        row.client_id,
    )
    if taken:
        raise SystemCodeTaken
