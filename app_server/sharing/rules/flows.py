"""Composed services (编排): a small flow of services, checked before it may run (R-DAT-01).

`{"policy": "all"|"some", "steps": [{"name", "service", "fields", "needs": {need: source},
"timeout_ms"}]}`; a source is `subject.<name>` or `<step>.<field>`, which also says what waits for
what. The answer's fields are called `<step>.<field>`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 8
POLICIES = frozenset({"all", "some"})
SUBJECT = "subject"
_TEXT = re.compile(r"[a-z][a-z0-9_.-]{0,160}")
_NAME = re.compile(r"(?!subject$)[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Step:
    """One part: the service, which fields of it, and where what it needs comes from."""

    name: str
    service: str
    fields: tuple[str, ...]
    needs: Mapping[str, str]
    timeout_ms: int

    @property
    def after(self) -> frozenset[str]:
        """The steps whose answers it needs."""
        return frozenset(source.partition(".")[0] for source in self.needs.values()) - {SUBJECT}


@dataclass(frozen=True, slots=True)
class Flow:
    """A composed service: whether all its parts are needed, and the parts."""

    policy: str
    steps: tuple[Step, ...]


def flow_of(told: Mapping[str, Any]) -> Flow:
    """A flow as it was kept; raises `KeyError`, `TypeError` or `ValueError` for another shape."""
    if set(told) != {"policy", "steps"} or not isinstance(told["steps"], list):
        raise ValueError("policy, steps")
    return Flow(str(told["policy"]), tuple(_step(one) for one in told["steps"]))


def _step(told: Mapping[str, Any]) -> Step:
    texts = [told["name"], told["service"], *told["fields"], *told["needs"]]
    texts += list(told["needs"].values())
    if not all(_TEXT.fullmatch(text) for text in texts) or type(told["timeout_ms"]) is not int:
        raise TypeError("names and a number of milliseconds")
    if set(told) != {"name", "service", "fields", "needs", "timeout_ms"}:
        raise ValueError("unknown member")
    return Step(
        told["name"],
        told["service"],
        tuple(told["fields"]),
        dict(told["needs"]),
        told["timeout_ms"],
    )


def flow_findings(flow: Flow, needs: Iterable[str], gives: Iterable[str]) -> list[dict[str, str]]:
    """What is wrong with a flow by itself; the services it names are looked at elsewhere."""
    wrong: dict[str, str] = {}
    names = [step.name for step in flow.steps]
    if not 2 <= len(names) <= MOST_STEPS:
        wrong["flow.steps"] = f"须编排 2 至 {MOST_STEPS} 个服务"
    if flow.policy not in POLICIES:
        wrong["flow.policy"] = "须为 all 或 some"
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(one) for one in names):
        wrong["flow.steps"] = "步骤名称重复或不可用"
    known = {step.name: set(step.fields) for step in flow.steps} | {SUBJECT: set(needs)}
    for place, step in enumerate(flow.steps):
        for source in step.needs.values():
            where, _, what = source.partition(".")
            if what not in known.get(where, set()):
                wrong[f"flow.steps.{place}.needs"] = f"没有来源：{source}"
        if not 100 <= step.timeout_ms <= 30_000:
            wrong[f"flow.steps.{place}.timeout_ms"] = "须在 100 至 30000 毫秒之间"
    if set(gives) != set(outputs(flow)):
        wrong["gives"] = f"须为：{'、'.join(sorted(outputs(flow)))}"
    if not wrong and rounds(flow) is None:
        wrong["flow.steps"] = "步骤之间循环依赖"
    return [{"field": name, "message": message} for name, message in wrong.items()]


def outputs(flow: Flow) -> list[str]:
    """The fields of a composed answer."""
    return [f"{step.name}.{field}" for step in flow.steps for field in step.fields]


def rounds(flow: Flow) -> list[list[Step]] | None:
    """The steps in rounds that may run at once; None when they wait for each other in a circle."""
    done: set[str] = set()
    left = list(flow.steps)
    found = []
    while left:
        ready = [step for step in left if step.after <= done]
        if not ready:
            return None
        found.append(ready)
        done |= {step.name for step in ready}
        left = [step for step in left if step.name not in done]
    return found


def reaches(parts: Mapping[str, Iterable[str]], start: Iterable[str], code: str) -> bool:
    """Whether a service is among the parts, or the parts of the parts, of others."""
    seen: set[str] = set()
    ring = set(start)
    while ring:
        if code in ring:
            return True
        seen |= ring
        ring = {below for one in ring for below in parts.get(one, ())} - seen
    return False
