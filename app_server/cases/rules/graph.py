"""The graph of a bundle (一件事): what waits for what, and when all of it must be done.

Edges say that a part starts when others are decided; parts without them start together
(R-PAR-02, R-PAR-04). The joint deadline is the longest way through, over the working-day calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app_server.cases.rules.limits import due_on
from app_server.kernel.clock import Calendar

# DB34/T 1164: how the lead and the other offices of a joint item hang together.
JointMode = Literal["general", "pre", "forwarded"]
MODES: Mapping[str, str] = {
    "general": "一般联办件",
    "pre": "前置联办件",
    "forwarded": "上报件",
}
# What happens to the rest when one part is refused; told to the applicant before filing.
OnRefusal = Literal["stop", "go_on"]
REFUSALS: Mapping[str, str] = {
    "stop": "其中一项不予办理时，尚未作出决定的事项终止办理，已取得的结果保留",
    "go_on": "其中一项不予办理时，不依赖该项的事项继续办理",
}

LIVE = frozenset({"waiting", "running"})
GOOD = frozenset({"approved"})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bundle: an item, what must be decided before it, and its promise."""

    code: str
    item_code: str
    after: tuple[str, ...] = ()
    days: int = 0
    unit: str = "workday"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The joint last day, and the parts that lead to it."""

    due_on: date
    path: tuple[str, ...]
    provisional: bool


def faults(parts: Iterable[Part]) -> list[str]:
    """What is wrong with a graph; empty when it can be filed."""
    known: dict[str, Part] = {}
    found: list[str] = []
    for part in parts:
        if part.code in known:
            found.append(f"环节“{part.code}”重复")
        known[part.code] = part
    items = [part.item_code for part in known.values()]
    found += [f"事项“{code}”重复" for code in sorted({c for c in items if items.count(c) > 1})]
    for part in known.values():
        found += [f"环节“{part.code}”的前置“{c}”不存在" for c in part.after if c not in known]
    if not known:
        found.append("至少要有一个环节")
    return found or _circles(known)


def _circles(known: Mapping[str, Part]) -> list[str]:
    done: set[str] = set()
    while ready := [p.code for p in known.values() if p.code not in done and set(p.after) <= done]:
        done.update(ready)
    return [f"环节“{code}”的前后关系成环" for code in known if code not in done]


def startable(parts: Iterable[Part], states: Mapping[str, str]) -> list[str]:
    """The waiting parts whose predecessors are all approved."""
    return [
        part.code
        for part in parts
        if states[part.code] == "waiting" and all(states[c] in GOOD for c in part.after)
    ]


def hopeless(parts: Iterable[Part], states: Mapping[str, str], on_refusal: str) -> list[str]:
    """The waiting parts that will never start, because something was not approved.

    With `go_on` only those behind it, with `stop` all that wait.
    """
    lost = {code for code, state in states.items() if state not in GOOD | LIVE}
    if not lost:
        return []
    waiting = [part for part in parts if states[part.code] == "waiting"]
    if on_refusal == "stop":
        return [part.code for part in waiting]
    found: list[str] = []
    while more := [p.code for p in waiting if p.code not in found and lost & set(p.after)]:
        found += more
        lost |= set(more)
    return found


def deadline(parts: Iterable[Part], calendar: Calendar, start: date) -> Deadline:
    """The last day of a graph without faults that starts on a day, and the path to it."""
    left = {part.code: part for part in parts}
    done: dict[str, Deadline] = {}
    while left:
        for part in [p for p in left.values() if all(code in done for code in p.after)]:
            before = max((done[code] for code in part.after), key=_day, default=None)
            begun = before.due_on if before else start
            ends, provisional = due_on(calendar, begun, part.days, part.unit)
            done[part.code] = Deadline(
                ends,
                (*(before.path if before else ()), part.code),
                provisional or bool(before and before.provisional),
            )
            del left[part.code]
    return max(done.values(), key=_day)


def _day(way: Deadline) -> date:
    return way.due_on
