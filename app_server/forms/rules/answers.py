"""Pure reckoning about form data: what JSON Schema finds, in the words of a person."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import jsonschema_rs

from app_server.kernel.errors import InvalidInput

MAX_TEXT = 2000
MAX_ROWS = 200
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
FieldError = dict[str, str]

_BLANK = (None, "")


def without_blanks(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without what was left empty: an empty box is an absent answer."""
    return {name: value for name, value in data.items() if value not in _BLANK}


def strict(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """The validator of a submission (JSON Schema 2020-12, formats included).

    Patterns run on a linear engine: no answer makes one take for ever.
    """
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, pattern_options=jsonschema_rs.RegexOptions()
    )


def lenient(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """The validator of a draft: known fields of the right kind, however incomplete."""
    return jsonschema_rs.Draft202012Validator(_loose(schema))


def _loose(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What must hold of an unfinished answer: its kind, its fields and its size."""
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if kind == "object":
        known = {name: _loose(field) for name, field in schema.get("properties", {}).items()}
        return {"type": "object", "additionalProperties": False, "properties": known}
    if kind == "array":
        most = min(schema.get("maxItems", MAX_ROWS), MAX_ROWS)
        return {"type": "array", "maxItems": most, "items": _loose(schema.get("items", {}))}
    return {"type": kind, "maxLength": MAX_TEXT}


def check(
    validator: jsonschema_rs.Validator,
    data: Mapping[str, Any],
    schema: Mapping[str, Any] | None = None,
) -> None:
    """Raise `InvalidInput` with one Chinese sentence per field when the data does not fit.

    With `schema`, dates are also held against its limits, which JSON Schema itself cannot say.
    """
    found: list[FieldError] = []
    for error in validator.iter_errors(dict(data)):
        found.extend(_in_words(error))
    if schema is not None:
        found.extend(_days_out_of_range(schema, data, ""))
    if found:
        raise InvalidInput(errors=found)


def _days_out_of_range(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[FieldError]:
    """Dates outside `formatMinimum`…`formatMaximum` (the words of Ajv), or of another age."""
    if isinstance(value, Mapping):
        for name, field in schema.get("properties", {}).items():
            if name in value:
                at = f"{path}.{name}" if path else name
                yield from _days_out_of_range(field, value[name], at)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for number, entry in enumerate(value):
            yield from _days_out_of_range(schema["items"], entry, f"{path}.{number}")
    elif schema.get("format") == "date" and (day := _day(value)):
        first = _day(schema.get("formatMinimum")) or FIRST_DAY
        last = _day(schema.get("formatMaximum")) or LAST_DAY
        if not first <= day <= last:
            yield {"field": path, "message": f"日期应在 {first} 至 {last} 之间"}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        return None


def _in_words(error: Any) -> list[FieldError]:
    path = ".".join(str(part) for part in error.instance_path)
    kind = error.kind
    match kind.name:
        case "required":
            return [_said(path, kind.property, "必填")]
        case "additionalProperties":
            return [_said(path, name, "不认识的字段") for name in kind.unexpected]
        case _:
            return [{"field": path, "message": _sentence(kind)}]


def _said(path: str, name: str, message: str) -> FieldError:
    return {"field": f"{path}.{name}" if path else name, "message": message}


_KINDS = {
    "string": "应为文字",
    "integer": "应为整数",
    "number": "应为数字",
    "boolean": "应为是或否",
    "array": "应为列表",
    "object": "应为对象",
}


def _sentence(kind: Any) -> str:  # noqa: C901, PLR0911 - one line per keyword
    match kind.name:
        case "minLength":
            return f"太短，至少 {kind.limit} 个字"
        case "maxLength":
            return f"太长，最多 {kind.limit} 个字"
        case "minimum":
            return f"不能小于 {kind.limit}"
        case "maximum":
            return f"不能大于 {kind.limit}"
        case "enum":
            return "不在可选范围内"
        case "const":
            return "需要同意后才能提交" if kind.expected_value is True else "不在可选范围内"
        case "minItems":
            return f"至少填写 {kind.limit} 项"
        case "maxItems":
            return f"最多填写 {kind.limit} 项"
        case "uniqueItems":
            return "不能有重复的内容"
        case "format" if kind.format == "date":
            return "日期不存在或格式不正确，应为 2026-01-31 这样的形式"
        case "type":
            return _KINDS.get(str(kind.types[0]), "类型不正确") if kind.types else "类型不正确"
        case _:
            return "格式不正确"


def keep_trusted(
    sources: Mapping[str, Mapping[str, Any]], held: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """The given data with trusted values kept; raises `InvalidInput` when one was changed.

    A value that an authority vouched for is not the applicant's to change (R-FRM): leaving it
    out keeps it, another value is refused by name, unless the form says it may be edited.
    """
    fixed = {name: held[name] for name, s in sources.items() if not s["editable"] and name in held}
    changed = [name for name in fixed if name in given and given[name] != fixed[name]]
    if changed:
        raise InvalidInput(
            errors=[
                {"field": name, "message": f"来自{sources[name]['source_name']}，不能修改"}
                for name in changed
            ]
        )
    return {**given, **fixed}


def given(material: Mapping[str, Any]) -> bool:
    """Whether a material stands: a file, or what makes one needless (R-ITM-18…20)."""
    return any(material.get(way) for way in ("file", "licence", "fetched", "committed"))


def check_materials(materials: Sequence[Mapping[str, Any]]) -> None:
    """Raise `InvalidInput` naming every required material that is not there.

    A finding of the machine is advice; only a material that says so must pass its check, and
    then a machine that could not look holds nobody up.
    """
    absent = [
        {"field": f"materials.{m['code']}", "message": f"请上传{m['name']}"}
        for m in materials
        if m["required"] and not given(m)
    ]
    failed = [
        {"field": f"materials.{m['code']}", "message": f"{m['name']}未通过检查，请更换"}
        for m in materials
        if m.get("check_required") and (m.get("check") or {}).get("passed") is False
    ]
    if absent or failed:
        raise InvalidInput(errors=absent + failed)
