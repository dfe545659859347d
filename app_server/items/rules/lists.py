"""Which lists an item stands on, and the figures of a set of items (R-ITM-26…31, 36, 37)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from app_server.items.rules.codes import APPLIED_FOR, ITEM_TYPES, LEVELS
from app_server.items.rules.facts import DEPTH_HANDLED
from app_server.items.rules.validators import TARGETS

# The nine of the provincial plan (R-ITM-27), then those that derive from the items.
LIST_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "powers": "行政权力事项清单",
        "services": "公共服务事项清单",
        "duties": "部门责任清单",
        "intermediaries": "行政审批中介服务事项清单",
        "special_funds": "财政专项资金管理清单",
        "charges": "收费目录清单",
        "investment_negative": "企业投资负面清单",
        "convenience": "便民服务事项清单",
        "qualifications": "职业资格资质认定目录清单",
    }
)
DERIVED_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "online": "“应上尽上”政务服务事项清单",
        "no_meeting": "“不见面”政务服务事项清单",
        "meet_once": "“见一次面”政务服务事项清单",
        "violations": "不在负面清单内仍需到现场的事项",
    }
)
FUNCTIONS = 4  # appointment, filing, handling and query (R-CAS-29)
# The province's two marks for the online share: when each had to be reached (R-ITM-37).
ONLINE_MARKS = ((date(2017, 12, 31), 85), (date(2018, 6, 30), 90))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the figures need of an item on a day."""

    code: str
    version: int
    name: str
    region: str
    org: str
    department: str
    item_type: str
    to_site_times: int
    online_depth: int
    fees: int
    services: int
    tags: frozenset[str]
    target_class: str
    promise_days: int
    functions: int
    negative: bool

    @property
    def lists(self) -> frozenset[str]:
        """The lists it stands on: tagged, and derived from what it is."""
        derived = {
            "powers": self.item_type != "20",
            "services": self.item_type == "20",
            "charges": self.fees > 0,
            "intermediaries": self.services > 0,
            "online": self.item_type in APPLIED_FOR,
            "no_meeting": self.to_site_times == 0,
            "meet_once": self.to_site_times == 1,
            "violations": self.to_site_times > 0 and not self.negative,
        }
        return self.tags | {name for name, holds in derived.items() if holds}


@dataclass(frozen=True, slots=True)
class Target:
    """A class of 13550: its items, those within the target, and the slowest."""

    name: str
    target_days: int
    items: int
    within: int
    slowest_days: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a set of items on a day."""

    total: int
    by_type: Mapping[str, int]
    by_level: Mapping[str, int]
    by_department: Mapping[str, int]
    by_list: Mapping[str, int]
    online: int
    online_share: float
    online_goal: int
    warning: str
    at_most_once: int
    at_most_once_share: float
    four_functions: int
    completeness: float
    targets: list[Target]


def online_goal(day: date) -> int:
    """The share in percent that had to be reached by a day; 0 before the first mark."""
    return max((share for due, share in ONLINE_MARKS if day >= due), default=0)


def share(part: int, whole: int) -> float:
    """A share in percent, to one place; of nothing, 0."""
    return round(100 * part / whole, 1) if whole else 0.0


def figures(items: Sequence[Standing], day: date) -> Figures:
    """Count everything once."""
    online = sum(i.online_depth >= DEPTH_HANDLED for i in items if i.item_type in APPLIED_FOR)
    applied = sum(i.item_type in APPLIED_FOR for i in items)
    once = sum(i.to_site_times <= 1 for i in items)
    goal, reached = online_goal(day), share(online, applied)
    short = bool(applied) and reached <= goal and goal > 0
    return Figures(
        total=len(items),
        by_type=_named(Counter(i.item_type for i in items), ITEM_TYPES),
        by_level=_named(Counter(i.code[18:19] for i in items), LEVELS),
        by_department=dict(Counter(i.department for i in items).most_common()),
        by_list=dict(Counter(name for i in items for name in i.lists)),
        online=online,
        online_share=reached,
        online_goal=goal,
        warning=f"网上可办率 {reached}%，未超过 {goal}%" if short else "",
        at_most_once=once,
        at_most_once_share=share(once, len(items)),
        four_functions=sum(i.functions == FUNCTIONS for i in items),
        completeness=share(sum(i.functions for i in items), FUNCTIONS * len(items)),
        targets=[_target(name, days, items) for name, days in TARGETS.items()],
    )


def _named(counts: Mapping[str, int], names: Mapping[str, str]) -> dict[str, int]:
    return {names[key]: counts.get(key, 0) for key in names}


def _target(name: str, days: int, items: Sequence[Standing]) -> Target:
    of_class = [i.promise_days for i in items if i.target_class == name]
    within = sum(d <= days for d in of_class)
    return Target(name, days, len(of_class), within, max(of_class, default=0))


def standing(row: Mapping[str, Any]) -> Standing:
    """A row of the standing query."""
    return Standing(**{**row, "tags": frozenset(row["tags"] or ())})
