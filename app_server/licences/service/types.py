"""The catalogue of types: written, published and retired by licence keepers (R-LIC-03/07/10)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app_server.kernel import audit, clock, db
from app_server.kernel.errors import InvalidInput, PreconditionFailed
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.licences.errors import TypeDraftThere, TypeMoved, UnknownType
from app_server.licences.models import LicenceType
from app_server.licences.rules import TYPES
from app_server.licences.rules.types import LicenceTypeSpec

PROVIDED_BY = "provided"


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """One version of a type."""

    id: UUID
    version: int
    state: str
    edition: int
    spec: LicenceTypeSpec
    published_at: datetime | None


def _facts(row: LicenceType) -> TypeFacts:
    return TypeFacts(
        row.id,
        row.version,
        row.state,
        row.edition,
        LicenceTypeSpec.model_validate(row.spec),
        row.published_at,
    )


async def published(code: str) -> TypeFacts:
    """The version of a type by which licences are issued today; raises `UnknownType`."""
    row = await LicenceType.get_or_none(code=code, state="published")
    if row is None and code in TYPES and not await LicenceType.filter(code=code).exists():
        await _provide(TYPES[code])
        row = await LicenceType.get_or_none(code=code, state="published")
    if row is None:
        raise UnknownType
    return _facts(row)


async def provide_types() -> None:
    """Enter the types that are there from the start; what is in the catalogue stays as it is."""
    for spec in TYPES.values():
        if not await LicenceType.filter(code=spec.code).exists():
            await _provide(spec)


async def _provide(spec: LicenceTypeSpec) -> None:
    await db.execute(
        "INSERT INTO licences_type (id, code, version, state, name, kind, trust_class, spec, by, "
        "edition, created_at, published_at) "
        "VALUES ($1, $2, 1, 'published', $3, $4, $5, $6::text::jsonb, $7, 1, $8, $8) "
        "ON CONFLICT DO NOTHING",
        uuid7(),
        spec.code,
        spec.name,
        spec.kind,
        spec.trust_class,
        orjson.dumps(spec.model_dump()).decode(),
        PROVIDED_BY,
        clock.now(),
    )


async def types(state: str = "", kind: str = "") -> list[TypeFacts]:
    """The catalogue by code and version, newest version first."""
    await provide_types()
    where: dict[str, Any] = {}
    if state:
        where["state"] = state
    if kind:
        where["kind"] = kind
    rows = await LicenceType.filter(**where).order_by("code", "-version").limit(1000)
    return [_facts(row) for row in rows]


async def type_counts() -> dict[str, int]:
    """How many types in use there are of each kind (R-LIC-07)."""
    await provide_types()
    rows = await db.rows(
        "SELECT kind, count(*) AS n FROM licences_type WHERE state = 'published' GROUP BY kind"
    )
    return {row["kind"]: row["n"] for row in rows}


async def type_version(type_id: UUID) -> TypeFacts:
    """One version; raises `UnknownType`."""
    row = await LicenceType.get_or_none(id=type_id)
    if row is None:
        raise UnknownType
    return _facts(row)


async def draft_type(keeper: Principal, spec: LicenceTypeSpec) -> TypeFacts:
    """Write a new type, or the next version of one; raises `TypeDraftThere`."""
    await provide_types()
    async with db.unit_of_work():
        await db.lock(f"licences.type:{spec.code}")
        latest = await LicenceType.filter(code=spec.code).order_by("-version").first()
        if latest is not None and latest.state == "draft":
            raise TypeDraftThere
        row = await LicenceType.create(
            code=spec.code, version=latest.version + 1 if latest else 1, **_columns(keeper, spec)
        )
        audit.record(keeper, "licences.type_drafted", f"licence_type:{row.id}")
    return _facts(row)


def _columns(keeper: Principal, spec: LicenceTypeSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "kind": spec.kind,
        "trust_class": spec.trust_class,
        "spec": spec.model_dump(),
        "by": keeper.ref,
    }


async def save_type(
    keeper: Principal, type_id: UUID, edition: int, spec: LicenceTypeSpec
) -> TypeFacts:
    """Change a draft; raises `UnknownType`, `PreconditionFailed`, `TypeMoved`, `InvalidInput`."""
    found = await type_version(type_id)
    if found.spec.code != spec.code:
        raise InvalidInput(errors=[{"field": "code", "message": "类型代码不能修改"}])
    async with db.unit_of_work():
        changes = {**_columns(keeper, spec), "edition": edition + 1}
        moved = await LicenceType.filter(id=type_id, state="draft", edition=edition).update(
            **changes
        )
        if not moved:
            raise _why_not(found, edition, "draft")
        audit.record(keeper, "licences.type_saved", f"licence_type:{type_id}")
    return await type_version(type_id)


async def publish_type(keeper: Principal, type_id: UUID, edition: int) -> TypeFacts:
    """Put a draft in force; the version before it retires in the same moment.

    Raises `UnknownType`, `PreconditionFailed`, `TypeMoved`.
    """
    found = await type_version(type_id)
    now = clock.now()
    async with db.unit_of_work():
        await db.lock(f"licences.type:{found.spec.code}")
        await LicenceType.filter(code=found.spec.code, state="published").update(
            state="retired", retired_at=now
        )
        moved = await LicenceType.filter(id=type_id, state="draft", edition=edition).update(
            state="published", published_at=now, edition=edition + 1
        )
        if not moved:
            raise _why_not(found, edition, "draft")
        audit.record(keeper, "licences.type_published", f"licence_type:{type_id}")
    return await type_version(type_id)


async def retire_type(keeper: Principal, type_id: UUID, edition: int) -> TypeFacts:
    """Take a type out of use: nothing is issued by it any more, what was issued stays.

    Raises `UnknownType`, `PreconditionFailed`, `TypeMoved`.
    """
    found = await type_version(type_id)
    async with db.unit_of_work():
        moved = await LicenceType.filter(id=type_id, state="published", edition=edition).update(
            state="retired", retired_at=clock.now(), edition=edition + 1
        )
        if not moved:
            raise _why_not(found, edition, "published")
        audit.record(keeper, "licences.type_retired", f"licence_type:{type_id}")
    return await type_version(type_id)


def _why_not(found: TypeFacts, edition: int, state: str) -> PreconditionFailed | TypeMoved:
    same = found.state == state
    return PreconditionFailed() if same and found.edition != edition else TypeMoved()
