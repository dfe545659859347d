"""What a flow's diagram may hold.

Allowed are one process of start, people's tasks, actions, decision tables, exclusive and parallel
gateways, and ends; everything else BPMN 2.0 knows (scripts, timers, messages, loops, foreign
calls) is refused by name.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from lxml import etree

from app_server.workflow.errors import FlowUnfit
from app_server.workflow.rules.xml import BPMN, OURS, Finding, finding, local, read, space

Kind = Literal["start", "end", "person", "action", "table", "exclusive", "parallel"]
KINDS: Mapping[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "person",
    "serviceTask": "action",
    "businessRuleTask": "table",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
}
# Drawn, and without any effect.
DRAWN = {"documentation", "textAnnotation", "text", "association", "laneSet", "lane", "flowNodeRef"}
LINES = {"incoming", "outgoing"}
ATTRIBUTES = {"action", "table", "role", "org", "days", "deeds"}
WORK = {"person", "action", "table"}


@dataclass(frozen=True, slots=True)
class Element:
    """A node of a flow. `role`, `org` and `days` say who does it and how long they have.

    A person's task with `deeds` is done by doing one of them; which one is its outcome `deed`.
    """

    id: str
    kind: Kind
    name: str
    action: str = ""
    table: str = ""
    role: str = ""
    org: str = ""
    days: int = 0
    deeds: tuple[str, ...] = ()
    default: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A sequence flow, with the condition under which it is taken."""

    id: str
    source: str
    target: str
    condition: str = ""


@dataclass(frozen=True)
class Diagram:
    """A flow that was read, and what was found wrong on the way."""

    process_id: str
    elements: Mapping[str, Element]
    lines: Mapping[str, Line]
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def _ends(self) -> tuple[dict[str, list[Line]], dict[str, list[Line]]]:
        into: dict[str, list[Line]] = defaultdict(list)
        out: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines.values():
            into[line.target].append(line)
            out[line.source].append(line)
        return into, out

    def into(self, element: str) -> list[Line]:
        """The lines that end here."""
        return self._ends[0].get(element, [])

    def out_of(self, element: str) -> list[Line]:
        """The lines that begin here."""
        return self._ends[1].get(element, [])


def diagram(text: str) -> Diagram:
    """A flow as drawn; raises `FlowUnfit` only where it cannot be read at all."""
    root = read(text)
    if local(root) != "definitions" or space(root) != BPMN:
        raise FlowUnfit(errors=[finding("", "not_bpmn", "不是 BPMN 2.0 文件")])
    processes = [node for node in root if local(node) == "process"]
    found: list[Finding] = [
        _refused(node)
        for node in root
        if space(node) == BPMN and local(node) not in {"process", "collaboration"}
    ]
    pools = root.findall(f"{{{BPMN}}}collaboration/{{{BPMN}}}participant")
    if len(processes) != 1 or len(pools) > 1:
        raise FlowUnfit(errors=[*found, finding("", "one_process", "一张图只能有一个流程")])
    elements: dict[str, Element] = {}
    lines: dict[str, Line] = {}
    for node in processes[0]:
        _take(node, elements, lines, found)
    return Diagram(str(processes[0].get("id", "")), elements, lines, found)


def _take(
    node: etree._Element,
    elements: dict[str, Element],
    lines: dict[str, Line],
    found: list[Finding],
) -> None:
    name, key = local(node), str(node.get("id", ""))
    if space(node) != BPMN:
        found.append(_refused(node))
    elif name == "sequenceFlow":
        condition = node.find(f"{{{BPMN}}}conditionExpression")
        text = "" if condition is None else (condition.text or "").strip()
        lines[key] = Line(key, str(node.get("sourceRef")), str(node.get("targetRef")), text)
        found.extend(_inner(node, {"conditionExpression"}))
    elif kind := KINDS.get(name):
        if key in elements or not key:
            found.append(finding(key, "same_id", "元素编号缺失或重复"))
        elements[key] = _element(node, key, kind, found)
        found.extend(_inner(node, LINES))
    elif name not in DRAWN:
        found.append(_refused(node))


def _inner(node: etree._Element, allowed: set[str]) -> Iterator[Finding]:
    for child in node.iterdescendants():
        if space(child) != BPMN or local(child) not in allowed | DRAWN:
            yield _refused(child, str(node.get("id", "")))


def _refused(node: etree._Element, element: str = "") -> Finding:
    key = element or str(node.get("id", ""))
    return finding(key, "not_allowed", f"流程中不允许使用 {local(node)}")


def _element(node: etree._Element, key: str, kind: Kind, found: list[Finding]) -> Element:
    held = {
        name: str(value)
        for full, value in node.attrib.items()
        if (name := etree.QName(full).localname) in ATTRIBUTES
        and etree.QName(full).namespace == OURS
    }
    days = held.pop("days", "0")
    if not days.isdecimal() or int(days) > 400:
        found.append(finding(key, "days", "办理天数应为 0 至 400 的整数"))
        days = "0"
    foreign = [
        full
        for full in node.attrib
        if etree.QName(full).namespace not in {None, OURS}
        or full in {"isForCompensation", "completionQuantity", "startQuantity", "operationRef"}
    ]
    if foreign:
        names = "、".join(etree.QName(f).localname for f in foreign)
        found.append(finding(key, "not_allowed", f"不允许的属性：{names}"))
    name = str(node.get("name", "")).strip()[:60]
    deeds = tuple(held.pop("deeds", "").split())
    default = str(node.get("default", ""))
    return Element(key, kind, name, days=int(days), deeds=deeds, default=default, **held)


def summary(drawn: Diagram) -> dict[str, Any]:
    """What a list of flows shows: how many people's tasks, actions and tables."""
    counts: dict[str, int] = defaultdict(int)
    for element in drawn.elements.values():
        counts[element.kind] += 1
    return dict(counts)
