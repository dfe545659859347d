"""The guide as everybody reads it."""

import hashlib
from typing import Literal

from app_server.items.rules import (
    Faq,
    ItemFacts,
    Material,
    ReviewPoint,
    SpecialProcedure,
    Step,
    Tier3Act,
    TimeLimit,
)
from app_server.items.rules.codes import LEVELS
from app_server.kernel import regions
from app_server.kernel.http import Shape


class SavedMaterials(Shape):
    """How many materials were asked before, and are now."""

    before: int
    now: int


class Guide(Shape):
    """办事指南 of one version, the same on every channel: `digest` is of what it says (R-ITM-16).

    `link` leads to the item whatever its version will be; with `?version=` it stays this one.
    """

    code: str
    name: str
    region: str
    region_name: str
    department: str
    item_type: str
    min_tier: int
    tier3_acts: list[Tier3Act]
    legal_limit: TimeLimit | None
    promise_limit: TimeLimit | None
    fee_fen: int
    fee_note: str
    to_site_times: int
    materials: list[Material]
    conditions: list[str]
    steps: list[Step]
    basis: list[str]
    result_name: str
    consult_phone: str
    complaint_phone: str
    faqs: list[Faq]
    catalogue_code: str
    owner_kind: Literal["department", "enterprise"]
    audience: list[Literal["person", "company"]]
    case_kind: Literal["instant", "promise"]
    ways: list[Literal["window", "pc", "mobile", "courier"]]
    delivery: list[Literal["download", "window", "courier"]]
    online_depth: int
    online_pay: bool
    result_kind: Literal["certificate", "document", "approval", "none"]
    result_sample: str
    themes: list[str]
    target_class: str
    policies: list[str]
    notices: list[str]
    review_points: list[ReviewPoint]
    special_procedures: list[SpecialProcedure]
    intermediaries: list[str]
    appointment: bool
    address: str
    office_hours: str
    village_name: str
    level_name: str
    former_level_name: str
    link: str
    digest: str
    version: int
    saved_materials: SavedMaterials


_SAME = set(Guide.model_fields) & set(ItemFacts.model_fields)


def guide(item: ItemFacts) -> Guide:
    """The guide of an item."""
    return Guide(
        **{name: getattr(item, name) for name in _SAME},
        region_name=regions.full_name(item.region),
        fee_fen=item.fee_fen,
        level_name=LEVELS.get(item.level, ""),
        former_level_name=LEVELS.get(item.former_level, ""),
        link=f"/items/{item.code}",
        digest=hashlib.sha256(item.model_dump_json().encode()).hexdigest(),
        saved_materials=SavedMaterials(before=item.materials_before, now=len(item.materials)),
    )
