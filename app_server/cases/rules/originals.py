"""Papers that must reach the office before an application counts (R-LOG-01).

They stand in the case's `handling`: awaited → arrived, or differs until an officer has settled it.
The five days of art. 32 and the legal clock begin when they are there.
"""

from collections.abc import Mapping
from typing import Any

from app_server.items.service import ItemFacts

WAITS = "等待申请材料原件送达，受理期限尚未开始计算"
STATE_NAMES = {"awaited": "待寄送", "arrived": "已核收", "differs": "清单不一致，待核实"}


def wanted(item: ItemFacts) -> list[dict[str, str]]:
    """The custody list: each original by its name, once."""
    return [{"name": m.name, "number": "1"} for m in item.materials if m.original and m.required]


def awaited(handling: Mapping[str, Any]) -> bool:
    """Whether a case still waits for papers."""
    return bool(handling.get("originals", {}).get("state", "arrived") != "arrived")
