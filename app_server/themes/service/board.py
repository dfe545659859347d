"""The claim board: one city builds an item, two experts of others look, all cities get it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app_server.items import service as items
from app_server.items.errors import DraftOpen, NoSuchItem
from app_server.kernel import audit, clock, db, regions
from app_server.kernel.errors import InvalidInput, Problem
from app_server.kernel.ids import uuid7
from app_server.kernel.principal import Principal
from app_server.themes.errors import (
    AlreadyReviewed,
    ClaimExists,
    NoSuchClaim,
    NotAnExpert,
    NotInThisState,
    NotRunnable,
    NotYourClaim,
)
from app_server.themes.models import Claim, Expert, Review
from app_server.themes.rules.board import EDGES, EXPERTS, deeds
from app_server.themes.service.templates import needs_province

PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """What is local about an item in one city (R-PAR-10): who, where, under which phones."""

    region: str
    org: str
    department: str
    consult_phone: str
    complaint_phone: str
    address: str


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """An entry with what experts said of its present round, and what may be done next."""

    row: Claim
    reviews: tuple[Review, ...]
    can: tuple[str, ...]


async def the_claim(basic: str) -> ClaimFacts:
    """One entry; raises `NoSuchClaim`."""
    return await _facts(await _row(basic))


async def claims(state: str = "", region: str = "", after: UUID | None = None) -> list[Claim]:
    """A page of the board, oldest first."""
    found = Claim.all()
    if state:
        found = found.filter(state=state)
    if region:
        found = found.filter(region=region)
    if after:
        found = found.filter(id__gt=after)
    return await found.order_by("id").limit(PAGE)


async def _row(basic: str) -> Claim:
    row = await Claim.get_or_none(basic=basic)
    if row is None:
        raise NoSuchClaim
    return row


async def _facts(row: Claim) -> ClaimFacts:
    reviews = await Review.filter(claim_id=row.id, round=row.round).order_by("id")
    can = [name for name in deeds(row.state) if name not in {"pass", "send_back"}]
    can += ["review"] if row.state == "built" else []
    return ClaimFacts(row, tuple(reviews), tuple(can))


async def _move(principal: Principal, row: Claim, deed: str, note: str = "", **more: Any) -> None:
    """Move an entry along an edge; of many at once one succeeds (`NotInThisState`)."""
    source, to = EDGES[deed]
    line = {"at": clock.now().isoformat(), "deed": deed, "by": principal.name, "note": note}
    moved = await Claim.filter(id=row.id, state=source, version=row.version).update(
        state=to, version=row.version + 1, timeline=[*row.timeline, line], **more
    )
    if not moved:
        raise NotInThisState
    audit.record(principal, f"themes.claim_{deed}", f"claim:{row.basic}", to=to)


async def open_claim(principal: Principal, basic: str, name: str, theme: str = "") -> ClaimFacts:
    """Put an item on the board; raises `ProvinceOnly`, `ClaimExists`."""
    needs_province(principal)
    try:
        async with db.unit_of_work():
            row = await Claim.create(basic=basic, name=name, theme=theme, opened_at=clock.now())
            audit.record(principal, "themes.claim_opened", f"claim:{basic}")
    except asyncpg.UniqueViolationError as error:
        raise ClaimExists from error
    except Exception as error:
        if isinstance(error.__cause__, asyncpg.UniqueViolationError):
            raise ClaimExists from error
        raise
    return await _facts(row)


async def claim(principal: Principal, basic: str) -> ClaimFacts:
    """A city takes an entry; raises `NoSuchClaim`, `NotYourClaim`, `NotInThisState`."""
    if not principal.region or regions.level_of(principal.region) == "province":
        raise NotYourClaim
    async with db.unit_of_work():
        row = await _row(basic)
        city = regions.city_of(principal.region)
        await _move(principal, row, "claim", region=city, org=principal.org)
    return await the_claim(basic)


def _needs_city(principal: Principal, row: Claim) -> None:
    if not row.org or row.org != principal.org:
        raise NotYourClaim


async def release(principal: Principal, basic: str, reason: str) -> ClaimFacts:
    """Give an entry back; raises `NoSuchClaim`, `NotYourClaim`, `NotInThisState`."""
    async with db.unit_of_work():
        row = await _row(basic)
        _needs_city(principal, row)
        await _move(principal, row, "release", reason, region="", org="")
    return await the_claim(basic)


async def build(principal: Principal, basic: str, item_code: str) -> ClaimFacts:
    """Say which published item it became; raises as `release`, and `NotRunnable`."""
    row = await _row(basic)
    _needs_city(principal, row)
    try:
        item = await items.published(item_code)
    except NoSuchItem as error:
        raise NotRunnable from error
    here = item.basic_code == basic and regions.covers(row.region, item.region)
    if not here or not item.form_code or not item.functions["办理"]:
        raise NotRunnable
    async with db.unit_of_work():
        row = await _row(basic)
        _needs_city(principal, row)
        built: dict[str, Any] = {
            "item_code": item.code,
            "item_version": item.version,
            "round": row.round + 1,
        }
        await _move(principal, row, "build", **built)
    return await the_claim(basic)


async def review(principal: Principal, basic: str, *, passed: bool, opinion: str) -> ClaimFacts:
    """An expert of another city says yes or no; the second yes passes it, a no sends it back.

    Raises `NoSuchClaim`, `NotAnExpert`, `AlreadyReviewed`, `NotInThisState`.
    """
    async with db.unit_of_work():
        # One expert at a time: two first yeses at once would both miss that they are two.
        await db.lock(f"themes.claim:{basic}")
        row = await _row(basic)
        named = await Expert.exists(staff_id=principal.subject)
        if not named or not row.region or regions.covers(row.region, principal.region):
            raise NotAnExpert
        if principal.org == row.org:
            raise NotAnExpert
        if row.state != "built":
            raise NotInThisState
        said = Review.filter(claim_id=row.id, round=row.round)
        if await said.filter(staff_id=principal.subject).exists():
            raise AlreadyReviewed
        yes = await said.filter(passed=True).count() + int(passed)
        await Review.create(
            claim_id=row.id,
            round=row.round,
            staff_id=principal.subject,
            name=principal.name,
            org=principal.org,
            passed=passed,
            opinion=opinion,
            at=clock.now(),
        )
        audit.record(principal, "themes.claim_reviewed", f"claim:{basic}", passed=passed)
        if not passed:
            await _move(principal, row, "send_back", opinion)
        elif yes >= EXPERTS:
            await _move(principal, row, "pass")
    return await the_claim(basic)


async def replicate(principal: Principal, basic: str, places: Sequence[Place]) -> ClaimFacts:
    """Give every other city a draft of the item with what is local; their people settle it.

    Raises `ProvinceOnly`, `NoSuchClaim`, `NotInThisState`, `InvalidInput` (per place), and then
    nothing is written.
    """
    needs_province(principal)
    row = await _row(basic)
    if row.state != "reviewed":
        raise NotInThisState
    item = await items.version(row.item_code, row.item_version)
    _all_others(row.region, places)
    held = {regions.city_of(i.region): i.code for i, _ in await items.implementations(basic)}
    async with db.unit_of_work():
        replicas, errors = [], []
        for place in places:
            known = held.get(place.region)
            try:
                made = (known, "kept") if known else await _drafted(principal, item, place)
            except Problem as error:
                named = error.facts.get("errors") or [{"field": "org", "message": error.title}]
                errors += [
                    {"field": f"places.{place.region}.{e['field']}", "message": e["message"]}
                    for e in named
                ]
                continue
            replicas.append({"region": place.region, "item_code": made[0], "outcome": made[1]})
        if errors:
            raise InvalidInput(errors=errors[:50])
        await _move(principal, row, "replicate", replicas=replicas)
    return await the_claim(basic)


def _all_others(claiming: str, places: Sequence[Place]) -> None:
    province = claiming[:2] + "0000"
    wanted = {region.code for region in regions.children(province)} - {claiming}
    if any(place.org[2:6] != place.region[:4] for place in places):
        raise InvalidInput(errors=[{"field": "places", "message": "实施机构不属于所填的市"}])
    named = [place.region for place in places]
    if sorted(named) != sorted(wanted):
        missing = "、".join(sorted(wanted - set(named))) or "无"
        raise InvalidInput(
            errors=[
                {"field": "places", "message": f"须为其余各市各填一次本地参数，缺少：{missing}"}
            ]
        )


async def _drafted(principal: Principal, item: items.ItemFacts, place: Place) -> tuple[str, str]:
    local = localised(item, place)
    # The province only opens the draft, in its owner's name: four of their people publish it.
    owner = Principal(
        kind=principal.kind,
        id=principal.id,
        roles=principal.roles,
        org=place.org,
        region=place.region,
        name=principal.name,
    )
    try:
        draft = await items.open_draft(owner, local, origin="catalogue")
    except DraftOpen:
        return local.code, "open"
    # A wrong code or phone would only be found when the city submits it, months later.
    if wrong := [f for f in draft.findings if f.severity == "error"]:
        raise InvalidInput(errors=[{"field": f.field, "message": f.message} for f in wrong])
    return local.code, "drafted"


def localised(item: items.ItemFacts, place: Place) -> items.ItemFacts:
    """The item as another city's: the same in all that is locked, its own in what is local."""
    return item.model_copy(
        update={
            "code": f"{place.org}3{item.code[19:]}",
            "region": place.region,
            "org": place.org,
            "department": place.department,
            "consult_phone": place.consult_phone,
            "complaint_phone": place.complaint_phone,
            "address": place.address,
            "handle_areas": [],
            "forward_to": "",
            "local_code": "",
            "former_level": "",
            "village_code": "",
            "village_name": "",
            "provenance": f"由{item.department}建成，经专家评审复制推广",
            "version": 0,
        }
    )


async def keep_expert(principal: Principal, staff_id: UUID, name: str) -> None:
    """Name an expert; raises `ProvinceOnly`."""
    needs_province(principal)
    async with db.unit_of_work():
        await Expert.update_or_create(
            {"name": name, "named_at": clock.now(), "named_by": principal.ref}, staff_id=staff_id
        )
        audit.record(principal, "themes.expert_named", f"staff:{staff_id}")


async def drop_expert(principal: Principal, staff_id: UUID) -> None:
    """Let an expert go; raises `ProvinceOnly`."""
    needs_province(principal)
    async with db.unit_of_work():
        await Expert.filter(staff_id=staff_id).delete()
        audit.record(principal, "themes.expert_dropped", f"staff:{staff_id}")


async def experts() -> list[tuple[UUID, str, datetime]]:
    """Everybody who may review."""
    return [(row.staff_id, row.name, row.named_at) for row in await Expert.all().order_by("name")]


async def ensure_claims(wanted: Sequence[Mapping[str, str]]) -> None:
    """Put entries on the board as the demo tells them; what stands there stays."""
    async with db.unit_of_work() as uow:
        for one in wanted:
            uow.add(
                "themes_claim",
                {
                    "id": uuid7(),
                    "basic": one["basic"],
                    "name": one["name"],
                    "theme": one.get("theme", ""),
                    "state": one["state"],
                    "version": 1,
                    "region": one.get("region", ""),
                    "org": one.get("org", ""),
                    "item_code": one.get("item_code", ""),
                    "item_version": int(bool(one.get("item_code"))),
                    "round": int(bool(one.get("item_code"))),
                    "replicas": [],
                    "timeline": [],
                    "opened_at": clock.now(),
                },
                on_conflict="ON CONFLICT (basic) DO NOTHING",
            )
