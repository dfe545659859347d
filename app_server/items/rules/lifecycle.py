"""The way of a draft (R-ITM-07): 草案 → 部门审核 → 编制审核 → 法制审核 → 已发布.

One frozen table; a review that is skipped has no edge, and each station is another person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app_server.items.errors import NotInThisState

STATE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "draft": "草案",
        "department_check": "部门审核",
        "establishment_review": "编制审核",
        "legal_review": "法制审核",
        "published": "已发布",
        "dropped": "已放弃",
    }
)
# Who reviews: the owner's own organisation, or the office its region named for it.
OFFICES = MappingProxyType({"establishment": "编制部门", "legal": "法制部门"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One move: where to, whose it is, and the column that remembers the person."""

    to: str
    by: str
    remembers: str


EDGES: Mapping[tuple[str, str], Edge] = MappingProxyType(
    {
        ("draft", "submit"): Edge("department_check", "owner", "editor"),
        ("draft", "drop"): Edge("dropped", "owner", ""),
        ("department_check", "pass"): Edge("establishment_review", "owner", "checker"),
        ("department_check", "return"): Edge("draft", "owner", ""),
        ("establishment_review", "pass"): Edge("legal_review", "establishment", "establishment"),
        ("establishment_review", "return"): Edge("draft", "establishment", ""),
        ("legal_review", "pass"): Edge("published", "legal", "legal"),
        ("legal_review", "return"): Edge("draft", "legal", ""),
    }
)
PEOPLE = ("editor", "checker", "establishment", "legal")
NEEDS_REASON = frozenset({"return", "drop"})


def edge(state: str, action: str) -> Edge:
    """The move; raises `NotInThisState`."""
    found = EDGES.get((state, action))
    if found is None:
        raise NotInThisState(state=state)
    return found


def actions(state: str) -> list[str]:
    """What may be done in a state, by somebody."""
    return [action for at, action in EDGES if at == state]
