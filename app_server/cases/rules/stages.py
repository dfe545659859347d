"""The seven stages of handling and the five legal timestamps, derived from what was done.

R-CAS-01 names the stages, R-CAS-09 the legal steps: apply, accept, examine, decide, deliver.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app_server.cases.rules.states import ENDED

STAGES: Mapping[str, str] = MappingProxyType(
    {
        "appointment": "预约",
        "acceptance": "受理",
        "check": "审查",
        "approval": "审批",
        "charging": "收费",
        "delivery": "送达",
        "evaluation": "评价",
    }
)
# Which moves begin a stage, and which end it.
_BEGINS = MappingProxyType(
    {
        "acceptance": {"submit"},
        "check": {"accept", "deem_accepted"},
        "approval": {"approve", "refuse"},
        "charging": {"ask_fee"},
        "delivery": {"hand_over", "close"},
        "evaluation": {"close", "deliver"},
    }
)
_ENDS = MappingProxyType(
    {
        "acceptance": {
            "accept",
            "deem_accepted",
            "decline",
            "return_case",
            "fail_pre_review",
            "withdraw",
            "end",
        },
        "check": {"approve", "refuse", "withdraw", "end"},
        "approval": {"approve", "refuse"},
        "charging": {"take_fee", "end"},
        "delivery": {"close", "deliver", "end"},
        "evaluation": set(),
    }
)
_WITHOUT = MappingProxyType(
    {
        "appointment": "本办件未经预约",
        "charging": "本办件不收费或尚未到收费环节",
        "evaluation": "办结后邀请评价",
    }
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: when it began and ended, who ended it, and what they said."""

    name: str
    label: str
    state: str
    start: datetime | None
    end: datetime | None
    officer: str
    opinion: str
    reason: str


def stages(steps: Iterable[Mapping[str, Any]], state: str) -> list[Stage]:
    """The stage axis of a case, from its steps in order (`move`, `at`, `actor_name`, `note`)."""
    told = list(steps)
    return [_stage(name, told, state) for name in STAGES]


def _stage(name: str, steps: list[Mapping[str, Any]], state: str) -> Stage:
    begun = next((s for s in steps if s["move"] in _BEGINS.get(name, ())), None)
    ended = None
    if begun is not None:
        # A case that was opened again ends its stages anew: the last one says.
        for step in steps:
            if step["move"] in _ENDS[name] and step["at"] >= begun["at"]:
                ended = step
    if begun is None:
        over = state in ENDED
        reason = _WITHOUT.get(name, "办件已结束，未进入此环节" if over else "尚未到此环节")
        return Stage(
            name, STAGES[name], "skipped" if over else "waiting", None, None, "", "", reason
        )
    return Stage(
        name,
        STAGES[name],
        "done" if ended else "current",
        begun["at"],
        ended["at"] if ended else None,
        ended["actor_name"] if ended else "",
        ended["note"] if ended else "",
        "",
    )


LEGAL: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "applied": ("申请", "submitted_at"),
        "accepted": ("受理", "accepted_at"),
        "examined": ("审查", "examined_at"),
        "decided": ("决定", "decided_at"),
        "delivered": ("送达", "delivered_at"),
    }
)
_NEVER = MappingProxyType(
    {
        "not_accepted": "不予受理，未进入后续环节",
        "pre_review_failed": "预审不通过，未进入法定程序",
        "withdrawn": "申请人撤回",
        "returned": "已退件",
        "ended": "已强制终止",
    }
)


@dataclass(frozen=True, slots=True)
class LegalTime:
    """One of the five legal timestamps, or the reason why there is none."""

    step: str
    label: str
    at: datetime | None
    reason: str


def legal_times(row: Mapping[str, Any]) -> list[LegalTime]:
    """The five timestamps of a case's row (R-CAS-09)."""
    return [
        LegalTime(
            step,
            label,
            row[column],
            "" if row[column] else _NEVER.get(row["state"], "尚未进行"),
        )
        for step, (label, column) in LEGAL.items()
    ]
