"""The catalogue list (目录清单) above the implementations: locks (三级四同) and ceilings (限高).

What places share they may not change; what the province caps they may only better.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from app_server.items.rules.facts import Fact, ItemFacts, TimeLimit

CatalogueState = Literal["proposed", "active", "declined", "cancelled"]
# 三级四同: the four elements that are equal in province, city and county (R-ITM-04, R-ITM-05).
LOCKED = MappingProxyType(
    {"name": "事项名称", "item_type": "事项类型", "basis": "设定依据", "code": "基本编码"}
)


class Ceilings(Fact):
    """What a line department of the province allows at most; None caps nothing (R-ITM-28)."""

    promise_days: int | None = Field(default=None, ge=1, le=400)
    materials: list[str] | None = None
    fee_fen: int | None = Field(default=None, ge=0)
    steps: int | None = Field(default=None, ge=1)
    conditions: int | None = Field(default=None, ge=0)


class CatalogueFacts(Fact):
    """What an item is in every place: one basic code, one name, one type, one legal basis."""

    code: str = Field(pattern=r"^(34|00)(0[1-9]|10|20)[0-9]{5}([0-9]{3}|[0-9]{2}Y)$")
    name: str = Field(min_length=2, max_length=120)
    item_type: str = Field(pattern=r"^(0[1-9]|10|20)$")
    basis: list[str] = Field(min_length=1)
    lead: str = Field(default="", max_length=80)
    ceilings: Ceilings = Ceilings()
    version: int = 0


def locked_differences(item: ItemFacts, above: CatalogueFacts) -> list[str]:
    """The locked elements in which an implementation differs from its catalogue item."""
    differs = {
        "name": item.name != above.name,
        "item_type": item.item_type != above.item_type,
        "basis": set(item.basis) != set(above.basis),
        "code": item.basic_code != above.code,
    }
    return [name for name, differ in differs.items() if differ]


def with_locked(item: ItemFacts, above: CatalogueFacts) -> ItemFacts:
    """The implementation as its catalogue item now wants it: how a change flows down."""
    return item.model_copy(
        update={
            "name": above.name,
            "item_type": above.item_type,
            "basis": above.basis,
            "catalogue_code": above.code,
        }
    )


def above_ceilings(item: ItemFacts, caps: Ceilings) -> Iterator[tuple[str, str, str]]:
    """Code, field and sentence of every ceiling an implementation breaks (R-ITM-28)."""
    if caps.promise_days is not None and days_of(item.promise_limit) > caps.promise_days:
        yield "C01", "promise_limit", f"承诺时限超过省级上限 {caps.promise_days} 个工作日"
    if caps.materials is not None:
        known = set(caps.materials)
        if more := [m.name for m in item.materials if m.name not in known]:
            yield "C02", "materials", f"材料超出省级标准清单：{'、'.join(more)}"
    if caps.fee_fen is not None and item.fee_fen > caps.fee_fen:
        yield "C03", "fee", f"收费超过省级上限 {caps.fee_fen / 100:.2f} 元"
    if caps.steps is not None and len(item.steps) > caps.steps:
        yield "C04", "steps", f"办理环节超过省级上限 {caps.steps} 个"
    if caps.conditions is not None and len(item.conditions) > caps.conditions:
        yield "C05", "conditions", f"受理条件超过省级上限 {caps.conditions} 条"


def days_of(limit: TimeLimit | None) -> int:
    """A limit in days; nothing promised means at once (即办)."""
    return limit.days if limit else 0


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The names whose values differ."""
    return sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
