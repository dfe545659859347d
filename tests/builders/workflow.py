"""Flows and tables for tests: drawn in a line of text each."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from xml.sax.saxutils import escape, quoteattr

from app_server.workflow.service import Terms

DATA = Path(__file__).resolve().parents[2] / "app_server" / "cases" / "data" / "flows"
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "person": "userTask",
    "action": "serviceTask",
    "table": "businessRuleTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
}
# A little law: hand in, then accept or not, then decide.
MOVES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "submitted": {"accept": "accepted", "decline": "over"},
        "accepted": {"approve": "over", "refuse": "over"},
    }
)
TERMS = Terms(
    actions=frozenset({"accept", "approve"}),
    deeds=frozenset({"accept", "decline", "approve", "refuse"}),
    facts=frozenset({"amount", "checks."}),
    roles=frozenset({"officer", "approver"}),
)
LAWFUL = replace(TERMS, moves=MOVES, begin="submitted")


def bpmn(elements: str, lines: str, extra: str = "") -> str:
    """A BPMN document.

    `elements`: one a line, `id kind [attribute=value …]`; `lines`: `from > to [: condition]`;
    the id of a line is its two ends joined by `_`.
    """
    inner = ""
    for text in filter(None, (line.strip() for line in elements.splitlines())):
        key, kind, *attributes = text.split()
        said = {"name": key} if kind in {"person", "action", "table"} else {}
        if kind == "person":
            said["wanshi:role"] = "officer"
        for attribute in attributes:
            name, _, value = attribute.partition("=")
            full = name if name in {"default", "name"} or ":" in name else f"wanshi:{name}"
            said[full] = value.replace("+", " ")
        written = "".join(f" {name}={quoteattr(value)}" for name, value in said.items())
        inner += f'<bpmn:{TAGS.get(kind, kind)} id="{key}"{written}/>\n'
    for text in filter(None, (line.strip() for line in lines.splitlines())):
        ends, _, condition = text.partition(" : ")
        source, target = (end.strip() for end in ends.split(">"))
        said_if = (
            f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>"
            if condition
            else ""
        )
        inner += (
            f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" '
            f'targetRef="{target}">{said_if}</bpmn:sequenceFlow>\n'
        )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:wanshi="urn:wanshi:flow:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        f'id="d" targetNamespace="urn:t">{extra}<bpmn:process id="p" isExecutable="true">'
        f"{inner}</bpmn:process></bpmn:definitions>"
    )


def dmn(inputs: list[str], outputs: list[str], rules: list[str], policy: str = "UNIQUE") -> str:
    """A DMN document; a rule is its cells joined by ` | `, inputs first, then outputs."""

    def cells(names: list[str], tag: str) -> str:
        return "".join(f"<{tag}><text>{escape(name.strip())}</text></{tag}>" for name in names)

    columns = "".join(
        f"<input><inputExpression><text>{escape(name)}</text></inputExpression></input>"
        for name in inputs
    ) + "".join(f'<output name="{name}"/>' for name in outputs)
    body = "".join(
        f'<rule id="r{n}">'
        + cells(rule.split("|")[: len(inputs)], "inputEntry")
        + cells(rule.split("|")[len(inputs) :], "outputEntry")
        + f"<annotationEntry><text>规则 {n}</text></annotationEntry></rule>"
        for n, rule in enumerate(rules, 1)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d">'
        f'<decision id="t" name="表"><decisionTable hitPolicy="{policy}">{columns}{body}'
        "</decisionTable></decision></definitions>"
    )


SIMPLE = bpmn(
    """
    s start
    take person deeds=accept+decline
    taken exclusive default=taken_no
    decide person role=approver deeds=approve+refuse
    yes end
    no end
    """,
    """
    s > take
    take > taken
    taken > decide : tasks.take.deed == 'accept'
    taken > no
    decide > yes
    """,
)
