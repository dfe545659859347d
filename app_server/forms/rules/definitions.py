"""What a form definition must be before it is published (R-ITM-32): closed, small, harmless."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import orjson

from app_server.forms.rules.layouts import controls_of, layout_of

MAX_BYTES = 200_000
MAX_FIELDS = 300
MAX_DEPTH = 12
# A repeat inside a repeat: browsers run these patterns on an engine that backtracks.
_NESTED = re.compile(r"\((?:[^()\\]|\\.)*(?:[+*]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[+*]|\{\d+,)")


def reasons_against(
    schema: Mapping[str, Any], ui: Mapping[str, Any], sources: Mapping[str, Any]
) -> list[str]:
    """Why a form may not be published, in words for its editor; empty when it may."""
    if len(orjson.dumps([schema, ui])) > MAX_BYTES:
        return [f"定义超过 {MAX_BYTES // 1000} KB"]
    if _deeper_than(schema, MAX_DEPTH) or _deeper_than(ui, 2 * MAX_DEPTH):
        return [f"定义嵌套超过 {MAX_DEPTH} 层"]
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, Mapping) or not properties:
        return ["定义须为带字段的对象（type: object, properties）"]
    found = [reason for node in _nodes(schema) for reason in _against(node)]
    if schema.get("additionalProperties") is not False:
        found.append("须声明 additionalProperties: false")
    if len(properties) > MAX_FIELDS:
        found.append(f"字段超过 {MAX_FIELDS} 个")
    found += [f"字段缺少名称：{n}" for n, f in properties.items() if not _titled(f)]
    found += [f"预填来源指向不存在的字段：{name}" for name in set(sources) - set(properties)]
    return found or [*_not_valid(schema), *_against_layout(properties, ui)]


def _titled(field: Any) -> bool:
    return isinstance(field, Mapping) and bool(field.get("title"))


def _not_valid(schema: Mapping[str, Any]) -> Iterator[str]:
    try:
        jsonschema_rs.meta.validate(dict(schema))
        jsonschema_rs.Draft202012Validator(
            dict(schema), pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, ValueError) as error:
        yield f"不是有效的 JSON Schema 2020-12：{str(error)[:200]}"


def _against(node: Mapping[str, Any]) -> Iterator[str]:
    ref = node.get("$ref") or node.get("$dynamicRef")
    if isinstance(ref, str) and not ref.startswith("#"):
        yield "只能引用本定义内部（$ref 以 # 开头）"
    if isinstance(pattern := node.get("pattern"), str) and _NESTED.search(pattern):
        yield f"正则表达式可能耗尽计算资源：{pattern[:80]}"


def _against_layout(properties: Mapping[str, Any], ui: Mapping[str, Any]) -> Iterator[str]:
    if "type" not in ui and not {"order", "groups", "widgets"} <= set(ui):
        yield "页面定义须为 JSON Forms 布局，或含 order、groups、widgets"
        return
    try:
        scopes = [scope for scope, _ in controls_of(layout_of({"properties": properties}, ui))]
    except (KeyError, TypeError, ValueError) as error:
        yield f"页面定义无法识别：{error}"
        return
    shown = {scope[0] for scope in scopes}
    yield from (f"页面指向不存在的字段：{n}" for n in sorted(shown - set(properties)))
    yield from (f"页面没有这个字段：{n}" for n in sorted(set(properties) - shown))
    for scope in scopes:
        if scope[0] in properties and not _exists(properties, scope):
            yield f"页面指向不存在的字段：{'.'.join(scope)}"


def _exists(properties: Mapping[str, Any], scope: tuple[str, ...]) -> bool:
    field: Any = {"properties": properties}
    for name in scope:
        field = field.get("properties", {}).get(name)
        if not isinstance(field, Mapping):
            return False
    return True


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _nodes(part)
    elif isinstance(value, list):
        for part in value:
            yield from _nodes(part)


def _deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, Mapping | list):
        return False
    parts = value.values() if isinstance(value, Mapping) else value
    return depth == 0 or any(_deeper_than(part, depth - 1) for part in parts)
