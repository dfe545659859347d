"""The tree of departments: opened, renamed, retired; never moved and never deleted."""

from dataclasses import dataclass
from uuid import UUID

from app_server.kernel import audit, db, regions
from app_server.kernel.errors import PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.kernel.settings import load
from auth.staff.errors import (
    BadOrgCode,
    BeyondYourRegion,
    DepartmentInUse,
    NoSuchDepartment,
    OrgCodeTaken,
    RegionOutside,
    WrongAuthority,
)
from auth.staff.models import Department
from auth.staff.rules import Authority, authority_of, checked_org_code, region_prefix


@dataclass(frozen=True, slots=True)
class DepartmentFacts:
    """One department of the tree, with how many people are in post there."""

    id: UUID
    parent_id: UUID | None
    code: str | None
    name: str
    region: str
    state: str
    version: int
    people: int


def here() -> Authority:
    """The authentication platform this instance is."""
    settings = load()
    return Authority(settings.platform_tier, settings.platform_region)


def check_authority(region: str, *, strict: bool) -> None:
    """Raise `WrongAuthority` for what belongs to another platform (R-ID-33, R-ID-42).

    A development instance of the province also plays the cities' staff, labelled as a demo;
    where real people are served, the province keeps none of them.
    """
    belongs, ours = authority_of(region), here()
    demo = not strict and ours.tier == "province" and not load().production
    if belongs != ours and not (demo and regions.covers(ours.region, region)):
        raise WrongAuthority(f"应接入{belongs.name}", authority=belongs.region)


def check_scope(by: Principal, region: str) -> None:
    """Raise `BeyondYourRegion` unless the administrator answers for the region."""
    if not regions.covers(by.region, region):
        raise BeyondYourRegion


async def department(department_id: UUID) -> Department:
    """An active department; raises `NoSuchDepartment`."""
    found = await Department.get_or_none(id=department_id, state="active")
    if found is None:
        raise NoSuchDepartment
    return found


async def departments(by: Principal) -> list[DepartmentFacts]:
    """All departments within the administrator's region, parents before children."""
    found = await db.rows(
        "SELECT d.id, d.parent_id, d.code, d.name, d.region, d.state, d.version, "
        "(SELECT count(*) FROM staff_post p JOIN staff_member m ON m.post_id = p.id "
        "WHERE p.department_id = d.id AND p.until IS NULL) AS people "
        "FROM staff_department d WHERE d.region LIKE $1 ORDER BY d.path",
        region_prefix(by.region) + "%",
    )
    return [DepartmentFacts(**dict(row)) for row in found]


async def places(by: Principal, department_id: UUID) -> list[regions.Region]:
    """The regions a post in a department may answer for: its own and those right below."""
    found = await department(department_id)
    check_scope(by, found.region)
    return [regions.region(found.region), *regions.children(found.region)]


async def add_department(
    by: Principal, *, name: str, region: str = "", code: str = "", parent_id: UUID | None = None
) -> UUID:
    """Open a department; at the top it needs a code of its own, below it may have one.

    Raises `BadOrgCode`, `OrgCodeTaken`, `NoSuchDepartment`, `RegionOutside`, `BeyondYourRegion`,
    `WrongAuthority`.
    """
    own = checked_org_code(code) if code else None
    return await place_department(by, name=name, region=region, own=own, parent_id=parent_id)


async def place_department(
    by: Principal, *, name: str, region: str, own: str | None, parent_id: UUID | None
) -> UUID:
    """Put a department into the tree under a code that was checked where it was typed."""
    async with db.unit_of_work():
        parent = await department(parent_id) if parent_id else None
        if parent is None and own is None:
            raise BadOrgCode
        region = regions.region(region or (parent.region if parent else "")).code
        if parent is not None and not regions.covers(parent.region, region):
            raise RegionOutside
        check_scope(by, region)
        check_authority(region, strict=False)
        new = uuid7()
        added = await db.execute(
            "INSERT INTO staff_department (id, parent_id, org_id, path, code, name, region, "
            "state, version, created_at) VALUES ($1,$2,$3,$4,$5,$6,$7,'active',1,now()) "
            "ON CONFLICT (code) DO NOTHING",
            new,
            parent.id if parent else None,
            new if own or parent is None else parent.org_id,
            f"{parent.path if parent else ''}{new.hex}/",
            own,
            name,
            region,
        )
        if not added:
            raise OrgCodeTaken
        audit.record(by, "staff.department_added", f"department:{new}")
    return new


async def _changeable(by: Principal, department_id: UUID, version: int) -> Department:
    found = await department(department_id)
    check_scope(by, found.region)
    if found.version != version:
        raise PreconditionFailed
    return found


async def rename_department(by: Principal, department_id: UUID, version: int, name: str) -> None:
    """Give a department another name; `NoSuchDepartment`, `PreconditionFailed`."""
    async with db.unit_of_work():
        found = await _changeable(by, department_id, version)
        changed = await db.execute(
            "UPDATE staff_department SET name=$3, version=version+1 "
            "WHERE id=$1 AND version=$2 AND state='active'",
            found.id,
            version,
            name,
        )
        if not changed:
            raise PreconditionFailed
        audit.record(by, "staff.department_renamed", f"department:{found.id}")


async def retire_department(by: Principal, department_id: UUID, version: int) -> None:
    """Close a department nobody stands in; raises `DepartmentInUse`."""
    async with db.unit_of_work():
        found = await _changeable(by, department_id, version)
        used = await db.value(
            "SELECT EXISTS (SELECT 1 FROM staff_post WHERE department_id=$1 AND until IS NULL) "
            "OR EXISTS (SELECT 1 FROM staff_department WHERE parent_id=$1 AND state='active') "
            "OR EXISTS (SELECT 1 FROM staff_system WHERE department_id=$1 AND state='active')",
            found.id,
        )
        if used:
            raise DepartmentInUse
        changed = await db.execute(
            "UPDATE staff_department SET state='retired', version=version+1 "
            "WHERE id=$1 AND version=$2 AND state='active'",
            found.id,
            version,
        )
        if not changed:
            raise PreconditionFailed
        audit.record(by, "staff.department_retired", f"department:{found.id}")
