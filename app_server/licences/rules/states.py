"""The states of a licence and of a type, and the moves between them."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

State = Literal["making", "valid", "suspended", "superseded", "revoked", "expired"]
Move = Literal["seal", "suspend", "resume", "change", "renew", "revoke", "expire"]

STATE_NAMES = MappingProxyType(
    {
        "making": "制证中",
        "valid": "有效",
        "suspended": "暂停",
        "superseded": "已变更",
        "revoked": "已撤销",
        "expired": "已过期",
    }
)
EDGES = MappingProxyType(
    {
        "making": frozenset({"valid", "revoked"}),
        "valid": frozenset({"suspended", "superseded", "revoked", "expired"}),
        "suspended": frozenset({"valid", "revoked", "expired"}),
        "superseded": frozenset[str](),
        "revoked": frozenset[str](),
        "expired": frozenset[str](),
    }
)
# Whoever holds one of these cannot be given a second of a one-per-holder type.
LIVE = frozenset({"making", "valid", "suspended"})


@dataclass(frozen=True, slots=True)
class Edge:
    """One move: from which states, to which, and what people call it."""

    sources: frozenset[str]
    to: State
    deed: str


MOVES = MappingProxyType(
    {
        "seal": Edge(frozenset({"making"}), "valid", "制作完成"),
        "suspend": Edge(frozenset({"valid"}), "suspended", "暂停"),
        "resume": Edge(frozenset({"suspended"}), "valid", "恢复"),
        "change": Edge(frozenset({"valid"}), "superseded", "变更"),
        "renew": Edge(frozenset({"valid"}), "superseded", "延续"),
        "revoke": Edge(frozenset({"making", "valid", "suspended"}), "revoked", "撤销"),
        "expire": Edge(frozenset({"valid", "suspended"}), "expired", "到期失效"),
    }
)
# What an officer may do; the seal comes by the decision and the end by the calendar.
STAFF_MOVES = ("suspend", "resume", "revoke")

TYPE_STATE_NAMES = MappingProxyType({"draft": "草稿", "published": "在用", "retired": "停用"})
TYPE_EDGES = MappingProxyType(
    {
        "draft": frozenset({"published"}),
        "published": frozenset({"retired"}),
        "retired": frozenset[str](),
    }
)


def state_on(state: str, expires_on: date | None, today: date) -> str:
    """The state on a day: past its last day a licence is expired, whatever the row says."""
    over = expires_on is not None and expires_on < today
    return "expired" if over and state in MOVES["expire"].sources else state


def moves_from(state: str) -> tuple[str, ...]:
    """What an officer can do with a licence in this state, changes of content included."""
    offered = (*STAFF_MOVES, "change", "renew")
    return tuple(name for name in offered if state in MOVES[name].sources)
