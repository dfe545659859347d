"""The life of a seal as one frozen table, and who may take which step (R-SEA-01).

申请 → 审核 → 制作 → 备案 → 发放 → (授权, 用印) → 挂失 / 停用 → 销毁.
"""

from dataclasses import dataclass
from types import MappingProxyType

from app_server.seals.errors import SamePerson, SealNotInThisState, UnknownStep


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: from which states, to which, its name, and whose hand it must not be.

    `not_by` names the earlier step whose officer may not take this one (two-person rule).
    """

    sources: frozenset[str]
    to: str
    deed: str
    role: str
    not_by: str | None = None


KEEPER, AUTHORITY = "seal_keeper", "seal_authority"

STEPS = MappingProxyType(
    {
        "apply": Edge(frozenset(), "applied", "申请", KEEPER),
        "approve": Edge(frozenset({"applied"}), "approved", "审核通过", AUTHORITY, "apply"),
        "reject": Edge(frozenset({"applied"}), "rejected", "审核不通过", AUTHORITY, "apply"),
        "make": Edge(frozenset({"approved"}), "made", "制作", AUTHORITY),
        "record": Edge(frozenset({"made"}), "recorded", "备案", AUTHORITY, "make"),
        "issue": Edge(frozenset({"recorded"}), "issued", "发放", KEEPER, "record"),
        "report_lost": Edge(frozenset({"issued"}), "lost", "挂失", KEEPER),
        "retire": Edge(frozenset({"issued", "lost"}), "retiring", "申请销毁", KEEPER),
        "destroy": Edge(frozenset({"retiring"}), "destroyed", "销毁", AUTHORITY, "retire"),
    }
)
STATE_NAMES = MappingProxyType(
    {
        "applied": "待审核",
        "approved": "待制作",
        "rejected": "未通过",
        "made": "待备案",
        "recorded": "待发放",
        "issued": "在用",
        "lost": "已挂失",
        "retiring": "待销毁",
        "destroyed": "已销毁",
    }
)
# A seal in one of these states holds its place: an organisation has one seal of a kind.
STANDING = frozenset({"applied", "approved", "made", "recorded", "issued"})


def step(name: str, state: str | None, officer: str, before: dict[str, str]) -> Edge:
    """The edge of a step that this officer may take now.

    `before` maps the steps taken so far to who took them. Raises `UnknownStep`,
    `SealNotInThisState`, `SamePerson` (R-SEA-01).
    """
    edge = STEPS.get(name)
    if edge is None:
        raise UnknownStep
    if (state not in edge.sources) if state else bool(edge.sources):
        raise SealNotInThisState
    if edge.not_by and before.get(edge.not_by) == officer:
        raise SamePerson
    return edge
