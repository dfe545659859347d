"""The state tables of sharing: an entry, a data service, a grant, an update duty, an error report.

Each is frozen; a transition is a conditional update on the expected state and version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app_server.sharing.errors import NotInThisState


@dataclass(frozen=True, slots=True)
class Edge:
    """One move: from which states, and to which."""

    sources: frozenset[str]
    to: str


def _table(**edges: tuple[tuple[str, ...], str]) -> Mapping[str, Edge]:
    return MappingProxyType(
        {name: Edge(frozenset(sources), to) for name, (sources, to) in edges.items()}
    )


# A published entry is published again with what was drafted meanwhile.
RESOURCE = _table(
    publish=(("draft", "published"), "published"),
    retire=(("published",), "retired"),
)
SERVICE = _table(
    publish=(("registered",), "published"),
    pause=(("published",), "paused"),
    resume=(("paused",), "published"),
    retire=(("registered", "published", "paused"), "retired"),
)
GRANT = _table(
    approve=(("asked",), "granted"),
    refuse=(("asked",), "refused"),
    withdraw=(("asked",), "withdrawn"),
    revoke=(("granted",), "revoked"),
)
DUTY = _table(finish=(("open",), "done"))
REPORT = _table(uphold=(("open",), "upheld"), reject=(("open",), "rejected"))
TABLES = MappingProxyType(
    {"resource": RESOURCE, "service": SERVICE, "grant": GRANT, "duty": DUTY, "report": REPORT}
)
STATE_NAMES = MappingProxyType(
    {
        "draft": "编制中",
        "published": "已发布",
        "retired": "已停用",
        "registered": "已登记",
        "paused": "已暂停",
        "asked": "待审批",
        "granted": "已授权",
        "refused": "未批准",
        "withdrawn": "已撤回",
        "revoked": "已撤销",
        "open": "待处理",
        "done": "已完成",
        "upheld": "已更正",
        "rejected": "经核实无误",
    }
)


def checked_move(table: Mapping[str, Edge], move: str, state: str) -> str:
    """The state a move leads to; raises `NotInThisState`."""
    edge = table[move]
    if state not in edge.sources:
        raise NotInThisState(state=state)
    return edge.to
