"""The guide as everybody reads it."""

from app_server.items.rules import Faq, ItemFacts, Material, Step, Tier3Act, TimeLimit
from app_server.kernel import regions
from app_server.kernel.http import Shape


class SavedMaterials(Shape):
    """How many materials were asked before, and are now."""

    before: int
    now: int


class Guide(Shape):
    """办事指南 of an item in force."""

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
    version: int
    saved_materials: SavedMaterials


_SAME = set(Guide.model_fields) & set(ItemFacts.model_fields)


def guide(item: ItemFacts) -> Guide:
    """The guide of an item."""
    return Guide(
        **{name: getattr(item, name) for name in _SAME},
        region_name=regions.full_name(item.region),
        fee_fen=item.fee_fen,
        saved_materials=SavedMaterials(before=item.materials_before, now=len(item.materials)),
    )
