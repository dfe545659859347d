"""Registries beside the items: materials, intermediaries, negative list, old entries, offices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from pydantic import Field

from app_server.items.errors import NoSuchEntry
from app_server.items.rules.codes import is_uscc
from app_server.items.rules.facts import Fact
from app_server.items.service.catalogue import entry, needs_province
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import Conflict, InvalidInput
from app_server.kernel.principal import Principal

_KEEP = "ON CONFLICT DO NOTHING"
Rows = Sequence[Mapping[str, Any]]


class LibraryFacts(Fact):
    """A material as the library knows it (R-ITM-22); `source_class` is its trust, A–D."""

    code: str = Field(pattern=r"^[A-Za-z0-9-]{2,40}$")
    name: str = Field(min_length=2, max_length=120)
    kind: Literal["certificate", "form", "picture", "report", "contract", "statement"]
    issuer: str = Field(default="", max_length=80)
    source_class: Literal["A", "B", "C", "D"]
    kinds: list[Literal["picture", "pdf"]] = ["picture"]
    valid_days: int | None = Field(default=None, ge=1, le=36500)
    licence_type: str = Field(default="", max_length=40)
    data_service: str = Field(default="", max_length=60)
    commitment: str = Field(default="", max_length=60)
    template_url: str = Field(default="", max_length=300)
    note: str = Field(default="", max_length=300)
    active: bool = True
    version: int = 1


class AgencyFacts(Fact):
    """An agency of the directory with what it may do (R-ITM-15)."""

    uscc: str
    name: str = Field(min_length=2, max_length=120)
    region: str
    services: list[str]
    phone: str = Field(default="", max_length=20)
    state: Literal["valid", "suspended"] = "valid"
    reason: str = Field(default="", max_length=300)
    version: int = 1


async def ensure_registries(
    *,
    offices: Rows = (),
    materials: Sequence[LibraryFacts] = (),
    intermediaries: Rows = (),
    agencies: Sequence[AgencyFacts] = (),
    negative: Rows = (),
    entries: Rows = (),
) -> None:
    """Put rows that are not there yet, in one statement (for seeds)."""
    rows: list[tuple[str, Mapping[str, Any]]] = [
        *(("items_review_office", {"id": _office_id(o)} | dict(o)) for o in offices),
        *(("items_material", m.model_dump()) for m in materials),
        *(("items_intermediary", i) for i in intermediaries),
        *(("items_agency", a.model_dump()) for a in agencies),
        *(("items_negative", n) for n in negative),
        *(("items_old_entry", e) for e in entries),
    ]
    async with db.unit_of_work() as uow:
        for table, row in rows:
            uow.add(table, row, on_conflict=_KEEP)


def _office_id(office: Mapping[str, Any]) -> str:
    # One row a region and kind: its own identity needs no randomness.
    kind = {"establishment": "1", "legal": "2"}[office["kind"]]
    return f"00000000-0000-7000-8000-{kind}{int(office['region']):011d}"


async def name_office(
    principal: Principal, region: str, kind: Literal["establishment", "legal"], org: str, name: str
) -> None:
    """Say which organisation reviews for a region; raises `ProvinceOnly`, `InvalidInput`."""
    needs_province(principal)
    regions.region(region)
    if not is_uscc(org):
        raise InvalidInput(errors=[{"field": "org", "message": "统一社会信用代码不正确"}])
    async with db.unit_of_work() as uow:
        uow.add(
            "items_review_office",
            {
                "id": _office_id({"kind": kind, "region": region}),
                "region": region,
                "kind": kind,
                "org": org,
                "name": name,
            },
            on_conflict="ON CONFLICT (region, kind) DO UPDATE SET org = excluded.org, "
            "name = excluded.name",
        )
        audit.record(principal, "items.office_named", f"region:{region}", kind=kind, org=org)


async def offices() -> list[Mapping[str, Any]]:
    """All review offices."""
    return await db.rows(
        "SELECT region, kind, org, name FROM items_review_office ORDER BY region, kind"
    )


async def keep_material(principal: Principal, facts: LibraryFacts) -> int:
    """Add a material to the library, or change the one of its present version (R-ITM-22).

    Raises `ProvinceOnly`, `Conflict`.
    """
    needs_province(principal)
    row = facts.model_dump() | {"version": facts.version + 1}
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in row if name != "code")
    async with db.unit_of_work() as uow:
        held = await db.value("SELECT version FROM items_material WHERE code = $1", facts.code)
        if (held or 0) != (facts.version if held else 0) and held is not None:
            raise Conflict
        number = facts.version + 1 if held else 1
        uow.add(
            "items_material",
            row | {"version": number},
            on_conflict=f"ON CONFLICT (code) DO UPDATE SET {changes} "
            "WHERE items_material.version = excluded.version - 1",
        )
        audit.record(principal, "items.material_kept", f"material:{facts.code}", version=number)
    return number


async def library(query: str = "", after: str = "", limit: int = 50) -> list[LibraryFacts]:
    """The library in code order; `query` is part of a name."""
    rows = await db.rows(
        "SELECT to_jsonb(m)::text AS row FROM items_material m WHERE code > $1 "
        "AND position($2 IN name) > 0 ORDER BY code LIMIT $3",
        after,
        query,
        limit,
    )
    return [LibraryFacts.model_validate_json(row["row"]) for row in rows]


async def intermediaries() -> list[Mapping[str, Any]]:
    """The list of intermediary services (行政审批中介服务事项清单)."""
    return await db.rows("SELECT code, name, basis, note FROM items_intermediary ORDER BY code")


async def keep_intermediary(principal: Principal, row: Mapping[str, str]) -> None:
    """Add or change an intermediary service; raises `ProvinceOnly`."""
    needs_province(principal)
    async with db.unit_of_work() as uow:
        uow.add(
            "items_intermediary",
            row,
            on_conflict="ON CONFLICT (code) DO UPDATE SET name = excluded.name, "
            "basis = excluded.basis, note = excluded.note",
        )
        audit.record(principal, "items.intermediary_kept", f"intermediary:{row['code']}")


async def keep_agency(principal: Principal, facts: AgencyFacts) -> None:
    """Enter an agency, suspend it or let it work again; raises `InvalidInput`, `ProvinceOnly`."""
    needs_province(principal)
    regions.region(facts.region)
    known = {row["code"] for row in await intermediaries()}
    problems = [
        *([] if is_uscc(facts.uscc) else [("uscc", "统一社会信用代码不正确")]),
        *([("services", "中介服务不在清单内")] if set(facts.services) - known else []),
        *(
            [("reason", "暂停须写明原因")]
            if facts.state == "suspended" and not facts.reason
            else []
        ),
    ]
    if problems:
        raise InvalidInput(errors=[{"field": f, "message": m} for f, m in problems])
    async with db.unit_of_work() as uow:
        uow.add(
            "items_agency",
            facts.model_dump(),
            on_conflict="ON CONFLICT (uscc) DO UPDATE SET name = excluded.name, "
            "region = excluded.region, services = excluded.services, phone = excluded.phone, "
            "state = excluded.state, reason = excluded.reason, "
            "version = items_agency.version + 1",
        )
        audit.record(principal, "items.agency_kept", f"agency:{facts.uscc}", state=facts.state)


def _unexplained(facts: AgencyFacts) -> bool:
    return facts.state == "suspended" and not facts.reason


async def agencies(services: Sequence[str] = (), region: str = "") -> list[AgencyFacts]:
    """The agencies of services (all, when none is named), suspended ones last."""
    rows = await db.rows(
        "SELECT to_jsonb(a)::text AS row FROM items_agency a "
        "WHERE (cardinality($1::text[]) = 0 OR services ?| $1::text[]) AND region LIKE $2 "
        "ORDER BY state DESC, uscc",
        list(services),
        region + "%",
    )
    return [AgencyFacts.model_validate_json(row["row"]) for row in rows]


async def keep_negative(principal: Principal, code: str, reason: str, basis: str) -> None:
    """Put a catalogue item on the negative list (R-ITM-31); raises `ProvinceOnly`, as `entry`."""
    needs_province(principal)
    await entry(code)
    since: date = clock.today()
    async with db.unit_of_work() as uow:
        uow.add(
            "items_negative",
            {"catalogue_code": code, "reason": reason, "basis": basis, "since": since},
            on_conflict="ON CONFLICT (catalogue_code) DO UPDATE SET reason = excluded.reason, "
            "basis = excluded.basis",
        )
        audit.record(principal, "items.negative_kept", f"catalogue:{code}")


async def drop_negative(principal: Principal, code: str) -> None:
    """Take a catalogue item off the negative list; raises `ProvinceOnly`, `NoSuchEntry`."""
    needs_province(principal)
    async with db.unit_of_work():
        if not await db.execute("DELETE FROM items_negative WHERE catalogue_code = $1", code):
            raise NoSuchEntry
        audit.record(principal, "items.negative_dropped", f"catalogue:{code}")


async def negative_list() -> list[Mapping[str, Any]]:
    """What may not be handled online, and why."""
    return await db.rows(
        "SELECT n.catalogue_code, c.facts->>'name' AS name, n.reason, n.basis, n.since "
        "FROM items_negative n JOIN items_catalogue c ON c.code = n.catalogue_code ORDER BY 1"
    )


async def keep_entry(principal: Principal, url: str, code: str, department: str) -> None:
    """Say where an old address leads (R-ITM-39); raises `ProvinceOnly`."""
    needs_province(principal)
    async with db.unit_of_work() as uow:
        uow.add(
            "items_old_entry",
            {"url": url, "code": code, "department": department},
            on_conflict="ON CONFLICT (url) DO UPDATE SET code = excluded.code, "
            "department = excluded.department",
        )
        audit.record(principal, "items.entry_kept", f"item:{code}")


async def entry_of(url: str) -> str:
    """The item an old address stood for; raises `NoSuchEntry`."""
    code = await db.value("SELECT code FROM items_old_entry WHERE url = $1", url)
    if code is None:
        raise NoSuchEntry
    return str(code)


async def entries(after: str = "", limit: int = 100) -> list[Mapping[str, Any]]:
    """Old addresses with where they lead, in order of the address."""
    return await db.rows(
        "SELECT url, code, department FROM items_old_entry WHERE url > $1 ORDER BY url LIMIT $2",
        after,
        limit,
    )
