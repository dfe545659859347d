"""The closed language of conditions: facts, literals, arithmetic, comparison, logic, `has(x)`.

BPMN engines evaluate Python; an officer's drawing could then run code. Here an expression is read
into a tree of a few allowed nodes and walked by hand: nothing of it is ever executed. It answers a
value or `UNKNOWN` (a fact that is missing, kinds that do not fit, a division by zero): whoever
asks lets a person decide then.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, DecimalException, localcontext
from enum import Enum
from functools import lru_cache
from operator import add, mul, sub, truediv
from types import MappingProxyType
from typing import Any

from app_server.workflow.errors import ExpressionUnfit

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_ITEMS = 50
MAX_TEXT = 200
LARGEST = Decimal(10) ** 18
# More digits than any sum or area has; the default of 28 would do, but is the process's to change.
DIGITS = 40


class Unknown(Enum):
    """The third truth value."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Value = bool | Decimal | str | list[Any] | Unknown
Facts = Mapping[str, Any]

_ARITHMETIC: Mapping[type, Callable[[Decimal, Decimal], Decimal]] = MappingProxyType(
    {ast.Add: add, ast.Sub: sub, ast.Mult: mul, ast.Div: truediv}
)
_ORDER: Mapping[type, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        ast.Lt: lambda a, b: a < b,
        ast.LtE: lambda a, b: a <= b,
        ast.Gt: lambda a, b: a > b,
        ast.GtE: lambda a, b: a >= b,
    }
)
_WORDS: Mapping[str, bool] = MappingProxyType({"true": True, "false": False})
_QUOTED = re.compile(r"\"[^\"\\\n]*\"|'[^'\\\n]*'")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


def check_expression(text: str, names: Iterable[str]) -> list[str]:
    """What is wrong with an expression, in sentences; empty when it may be used.

    `names` are the facts it may speak of; a name that ends in `.` allows everything below it.
    """
    try:
        tree = parsed(text)
    except ExpressionUnfit as error:
        return [str(error.detail)]
    known = set(names)
    return [
        f"没有名为“{name}”的事实"
        for name in sorted({_path(node) for node in _facts_in(tree)})
        if name not in known and not any(k.endswith(".") and name.startswith(k) for k in known)
    ]


def spoken_of(text: str) -> set[str]:
    """The facts an expression speaks of; raises `ExpressionUnfit`."""
    return {_path(node) for node in _facts_in(parsed(text))}


def evaluate(text: str, facts: Facts) -> Value:
    """The value of an expression over nested facts; raises `ExpressionUnfit`, and nothing else."""
    with localcontext(prec=DIGITS):
        return _value(parsed(text), facts)


@lru_cache(maxsize=2048)
def parsed(text: str) -> ast.expr:
    """The checked tree of an expression; raises `ExpressionUnfit`."""
    bare = _QUOTED.sub('""', text)
    if not text.strip() or len(text) > MAX_LENGTH:
        raise ExpressionUnfit(f"表达式不能为空，最长 {MAX_LENGTH} 个字符")
    # Python reads full-width letters as plain ones: outside of quotes only ASCII is what it seems.
    if not bare.isascii() or "\n" in bare.strip() or "#" in bare:
        raise ExpressionUnfit("引号之外只能使用半角英文字母、数字和符号")
    if _deepest(bare) > MAX_DEPTH:
        raise ExpressionUnfit("括号嵌套过深")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionUnfit("表达式写法不正确") from error
    _check(tree, 0)
    return tree


def _deepest(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        deepest = max(deepest, depth)
    # A chain of signs or of `not` nests as brackets do.
    return max(deepest, text.count("not ") // 2, text.count("--"))


def _check(node: ast.expr, depth: int) -> None:  # noqa: C901, PLR0912 - a case per node
    if depth > MAX_DEPTH:
        raise ExpressionUnfit("表达式嵌套过深")
    match node:
        case ast.Constant(value=bool() | int() | float()):
            return
        case ast.Constant(value=str() as text):
            if len(text) > MAX_TEXT:
                raise ExpressionUnfit(f"文字最长 {MAX_TEXT} 个字")
            return
        case ast.Name() | ast.Attribute():
            _path(node)
            return
        case ast.List(elts=parts) | ast.BoolOp(values=parts):
            if len(parts) > MAX_ITEMS:
                raise ExpressionUnfit(f"列表最多 {MAX_ITEMS} 项")
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=part):
            parts = [part]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            parts = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=rest):
            if any(isinstance(op, ast.Is | ast.IsNot) for op in ops):
                raise ExpressionUnfit("请用 == 或 != 比较")
            parts = [left, *rest]
        case ast.Call(func=ast.Name(id="has"), args=[ast.Name() | ast.Attribute() as part]) if (
            not node.keywords
        ):
            parts = [part]
        case _:
            raise ExpressionUnfit("表达式中有不允许的写法")
    for part in parts:
        _check(part, depth + 1)


def _path(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise ExpressionUnfit("点号之前只能是事实的名称")
    names.append(node.id)
    if len(names) > MAX_DEPTH or not all(_NAME.match(name) for name in names):
        raise ExpressionUnfit("事实的名称只能由字母、数字和下划线组成，并以字母开头")
    return ".".join(reversed(names))


def _facts_in(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Name | ast.Attribute):
        return [] if isinstance(node, ast.Name) and node.id in _WORDS else [node]
    if isinstance(node, ast.Call):
        return _facts_in(node.args[0])
    return [found for child in ast.iter_child_nodes(node) for found in _facts_in(child)]


def _value(node: ast.expr, facts: Facts) -> Value:  # noqa: C901, PLR0911 - a case per node
    match node:
        case ast.Constant(value=value):
            return plain(value)
        case ast.Name(id=word) if word in _WORDS:
            return _WORDS[word]
        case ast.Name() | ast.Attribute():
            return _look_up(_path(node), facts)
        case ast.List(elts=parts):
            values = [_value(part, facts) for part in parts]
            return UNKNOWN if UNKNOWN in values else values
        case ast.UnaryOp(op=ast.Not(), operand=part):
            held = _value(part, facts)
            return not held if isinstance(held, bool) else UNKNOWN
        case ast.UnaryOp(operand=part):
            number = _value(part, facts)
            return -number if isinstance(number, Decimal) else UNKNOWN
        case ast.BoolOp(op=op, values=parts):
            return _joined(isinstance(op, ast.And), [_value(part, facts) for part in parts])
        case ast.BinOp(left=left, op=op, right=right):
            return _reckoned(type(op), _value(left, facts), _value(right, facts))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            values = [_value(part, facts) for part in (left, *rest)]
            pairs = zip(ops, values, values[1:], strict=False)
            return _joined(True, [_compared(type(op), a, b) for op, a, b in pairs])
        case ast.Call(args=[part]):
            return _look_up(_path(part), facts) not in (UNKNOWN, "", [])
    raise ExpressionUnfit("表达式中有不允许的写法")


def _look_up(path: str, facts: Facts) -> Value:
    held: Any = facts
    for name in path.split("."):
        if not isinstance(held, Mapping) or name not in held:
            return UNKNOWN
        held = held[name]
    return plain(held)


def plain(value: Any) -> Value:
    """A fact as the language knows it: exact numbers, texts, truth, lists of those."""
    match value:
        case bool() | str():
            return value
        case int() | float() | Decimal():
            return _bounded(Decimal(str(value)))
        case list() | tuple():
            values = [plain(part) for part in value]
            return UNKNOWN if UNKNOWN in values else values
    return UNKNOWN


def _bounded(number: Decimal) -> Value:
    return number if number.is_finite() and abs(number) < LARGEST else UNKNOWN


def _joined(every: bool, values: list[Value]) -> Value:
    decisive = not every
    if any(value is decisive for value in values):
        return decisive
    return every if all(value is every for value in values) else UNKNOWN


def _reckoned(op: type, left: Value, right: Value) -> Value:
    if not isinstance(left, Decimal) or not isinstance(right, Decimal):
        return UNKNOWN
    try:
        return _bounded(_ARITHMETIC[op](left, right))
    except DecimalException:
        return UNKNOWN


def _compared(op: type, left: Value, right: Value) -> Value:
    if UNKNOWN in (left, right):
        return UNKNOWN
    if op in {ast.In, ast.NotIn}:
        if not isinstance(right, list):
            return UNKNOWN
        # Python holds that 1 is True.
        return any(type(r) is type(left) and r == left for r in right) is (op is ast.In)
    if type(left) is not type(right):
        return UNKNOWN
    if op in {ast.Eq, ast.NotEq}:
        return (left == right) is (op is ast.Eq)
    return _ORDER[op](left, right) if isinstance(left, Decimal | str) else UNKNOWN
