"""Decision tables (DMN 1.3): read, checked and decided over the closed language.

The workflow engine's own tables evaluate Python, so ours are decided here. A cell is a unary test
(`-`, literal, comparison, range, list, `not(...)`); a fact that is missing makes a rule unknown,
and an unknown rule that might have decided makes the whole unknown: then a person decides.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from app_server.workflow.errors import ExpressionUnfit, TableUnfit
from app_server.workflow.rules.expressions import (
    UNKNOWN,
    Facts,
    Value,
    check_expression,
    evaluate,
)
from app_server.workflow.rules.xml import DMN, Finding, finding, local, read, space

MAX_RULES = 500
MAX_COLUMNS = 30
MAX_CELL = 300
HIT_POLICIES = {"UNIQUE", "FIRST", "ANY", "COLLECT"}

_LITERAL = r'"[^"]*"|-?\d+(?:\.\d+)?|true|false|date\("\d{4}-\d{2}-\d{2}"\)'
_ONE = re.compile(rf"\s*({_LITERAL})\s*\Z")
_COMPARED = re.compile(rf"\s*(<=|>=|<|>)\s*({_LITERAL})\s*\Z")
_RANGE = re.compile(rf"\s*([\[(\]])\s*({_LITERAL})\s*\.\.\s*({_LITERAL})\s*([\])\[])\s*\Z")
_NOT = re.compile(r"\s*not\((.*)\)\s*\Z", re.DOTALL)
_PARTS = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*\Z)')


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a table; `reason` is what people read."""

    id: str
    tests: tuple[str, ...]
    outcome: dict[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    id: str
    name: str
    hit_policy: Literal["UNIQUE", "FIRST", "ANY", "COLLECT"]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a table says. `unknown` hands it to a person; `trace` says why, rule by rule."""

    outcome: dict[str, Any]
    unknown: bool
    trace: list[dict[str, str]] = field(default_factory=list)


def table(text: str) -> Table:
    """A table as drawn; raises `TableUnfit` with everything that is wrong."""
    root = read(text, TableUnfit)
    tables = [n for n in root.iter() if local(n) == "decisionTable" and space(n) in DMN]
    if local(root) != "definitions" or space(root) not in DMN or len(tables) != 1:
        raise TableUnfit(errors=[finding("", "not_dmn", "文件中应有且只有一张 DMN 决策表")])
    node = tables[0]
    parent = node.getparent()
    found: list[Finding] = []
    policy = str(node.get("hitPolicy", "UNIQUE"))
    if policy not in HIT_POLICIES or node.get("aggregation"):
        found.append(finding("", "hit_policy", f"不支持的命中策略 {policy}"))
    inputs = tuple(_text(n, "inputExpression") for n in node if local(n) == "input")
    outputs = tuple(str(n.get("name", "")) for n in node if local(n) == "output")
    rules = tuple(_rule(n, outputs, found) for n in node if local(n) == "rule")
    if not inputs or not outputs or len(inputs) + len(outputs) > MAX_COLUMNS:
        found.append(finding("", "columns", f"至少一个输入和一个输出，最多 {MAX_COLUMNS} 列"))
    if not rules or len(rules) > MAX_RULES:
        found.append(finding("", "rules", f"规则应为 1 至 {MAX_RULES} 条"))
    if len(set(outputs)) != len(outputs) or not all(name.isidentifier() for name in outputs):
        found.append(finding("", "outputs", "输出列的名称应为不重复的英文标识"))
    found += [
        finding(rule.id, "columns", "单元格数与列数不一致")
        for rule in rules
        if len(rule.tests) != len(inputs)
    ]
    if found:
        raise TableUnfit(errors=found)
    name = str(parent.get("name", "")) if parent is not None else ""
    key = str(parent.get("id", "")) if parent is not None else ""
    return Table(key, name, policy, inputs, outputs, rules)  # type: ignore[arg-type]


def check_table(text: str, names: set[str]) -> list[Finding]:
    """Everything that keeps a table from being published; `names` are the facts it may ask."""
    try:
        drawn = table(text)
    except TableUnfit as error:
        return list(error.facts["errors"])
    return [
        finding("", "input", message)
        for expression in drawn.inputs
        for message in check_expression(expression, names)
    ]


def decide(drawn: Table, facts: Facts) -> Decision:
    """The table's answer over these facts, with its reasons."""
    values = [evaluate(expression, facts) for expression in drawn.inputs]
    trace: list[dict[str, str]] = []
    matched: list[Rule] = []
    doubtful = False
    for rule in drawn.rules:
        hit = _matches(rule, values)
        if hit is not False:
            said = "命中" if hit is True else "缺少事实，无法判断"
            trace.append({"rule": rule.id, "matched": said, "reason": rule.reason})
        if hit is UNKNOWN:
            doubtful = True
        elif hit is True:
            matched.append(rule)
        if drawn.hit_policy == "FIRST" and hit is not False:
            break
    return _answer(drawn, matched, doubtful, trace)


def _answer(
    drawn: Table, matched: list[Rule], doubtful: bool, trace: list[dict[str, str]]
) -> Decision:
    if doubtful:
        return Decision({}, True, trace)
    if not matched:
        return Decision({}, True, [*trace, _said("没有适用的规则")])
    outcomes = [rule.outcome for rule in matched]
    if drawn.hit_policy == "COLLECT":
        return Decision({n: [o[n] for o in outcomes] for n in drawn.outputs}, False, trace)
    same = all(outcome == outcomes[0] for outcome in outcomes)
    if len(matched) > 1 and not (drawn.hit_policy == "ANY" and same):
        return Decision({}, True, [*trace, _said("多条规则同时适用，互相矛盾")])
    return Decision(dict(outcomes[0]), False, trace)


def _said(reason: str) -> dict[str, str]:
    return {"rule": "", "matched": "未命中", "reason": reason}


def _text(node: Any, name: str) -> str:
    for child in node:
        if local(child) == name:
            return next((str(t.text or "").strip() for t in child if local(t) == "text"), "")
    return ""


def _cells(node: Any, name: str) -> Iterator[str]:
    for child in node:
        if local(child) == name:
            yield next((str(t.text or "").strip() for t in child if local(t) == "text"), "")


def _rule(node: Any, outputs: tuple[str, ...], found: list[Finding]) -> Rule:
    key = str(node.get("id", ""))
    tests = tuple(_cells(node, "inputEntry"))
    for test in tests:
        try:
            _test(test)
        except ExpressionUnfit as error:
            found.append(finding(key, "cell", str(error.detail)))
    said = list(_cells(node, "outputEntry"))
    outcome: dict[str, Any] = {}
    if len(said) != len(outputs):
        found.append(finding(key, "columns", "单元格数与列数不一致"))
    for name, text in zip(outputs, said, strict=False):
        try:
            outcome[name] = _written(text)
        except ExpressionUnfit as error:
            found.append(finding(key, "cell", str(error.detail)))
    return Rule(key, tests, outcome, _reason(node))


def _reason(node: Any) -> str:
    """The annotation column: an entry of its own in DMN 1.3, the description in editors' files."""
    described = (str(n.text or "").strip() for n in node if local(n) == "description")
    return next(_cells(node, "annotationEntry"), "") or next(described, "")


def _written(text: str) -> Any:
    value = _literal(text)
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def _literal(text: str) -> Value:
    held = _ONE.match(text)
    if held is None:
        raise ExpressionUnfit(f"单元格“{text[:40]}”不是文字、数字、日期或 true/false")
    word = held.group(1)
    if word in {"true", "false"}:
        return word == "true"
    if word.startswith("date"):
        try:
            return date.fromisoformat(word[6:-2]).isoformat()
        except ValueError as error:
            raise ExpressionUnfit(f"没有 {word[6:-2]} 这一天") from error
    return word[1:-1] if word.startswith('"') else Decimal(word)


Test = tuple[str, tuple[Any, ...]]


@lru_cache(maxsize=4096)
def _test(text: str) -> Test:
    """A cell as a small tree; raises `ExpressionUnfit`."""
    if len(text) > MAX_CELL:
        raise ExpressionUnfit(f"单元格最长 {MAX_CELL} 个字符")
    if text in {"", "-"}:
        return ("any", ())
    if held := _NOT.match(text):
        inner = _test(held.group(1))
        if inner[0] in {"any", "not"}:
            raise ExpressionUnfit("not(…) 之中应是值、比较或范围")
        return ("not", (inner,))
    parts = _PARTS.split(text)
    if len(parts) > 1:
        return ("or", tuple(_test(part.strip()) for part in parts if part.strip() != "-"))
    if held := _COMPARED.match(text):
        return (held.group(1), (_literal(held.group(2)),))
    if held := _RANGE.match(text):
        low, high = _literal(held.group(2)), _literal(held.group(3))
        return ("range", (held.group(1) == "[", low, high, held.group(4) == "]"))
    return ("==", (_literal(text),))


def _matches(rule: Rule, values: list[Value]) -> Value:
    found = [_fits(_test(t), value) for t, value in zip(rule.tests, values, strict=True)]
    if False in found:
        return False
    return UNKNOWN if UNKNOWN in found else True


def _fits(test: Test, value: Value) -> Value:
    kind, parts = test
    if kind == "any":
        return True
    if value is UNKNOWN:
        return UNKNOWN
    if kind == "not":
        held = _fits(parts[0], value)
        return not held if isinstance(held, bool) else UNKNOWN
    if kind == "or":
        found = [_fits(part, value) for part in parts]
        return True if True in found else UNKNOWN if UNKNOWN in found else False
    if kind == "range":
        opened, low, high, closed = parts
        lower = _fits((">=" if opened else ">", (low,)), value)
        upper = _fits(("<=" if closed else "<", (high,)), value)
        return False if False in (lower, upper) else UNKNOWN if UNKNOWN in (lower, upper) else True
    return _ordered(kind, value, parts[0])


_SIGNS: Mapping[str, Any] = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _ordered(sign: str, value: Value, wanted: Any) -> Value:
    if type(value) is not type(wanted):
        return UNKNOWN
    if sign != "==" and not isinstance(value, Decimal | str):
        return UNKNOWN
    return bool(_SIGNS[sign](value, wanted))
