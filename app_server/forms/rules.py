"""Pure reckoning about form data: what JSON Schema finds, in the words of a person."""

from collections.abc import Mapping, Sequence
from typing import Any

import jsonschema_rs

from app_server.kernel.errors import InvalidInput

MAX_TEXT = 2000
FieldError = dict[str, str]

_BLANK = (None, "")


def without_blanks(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data without what was left empty: an empty box is an absent answer."""
    return {name: value for name, value in data.items() if value not in _BLANK}


def strict(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """The validator of a submission (JSON Schema 2020-12, formats included)."""
    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)


def lenient(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """The validator of a draft: known fields of the right kind, however incomplete."""
    kinds = {
        name: {"type": field.get("type", "string"), "maxLength": MAX_TEXT}
        for name, field in schema["properties"].items()
    }
    return jsonschema_rs.Draft202012Validator(
        {"type": "object", "additionalProperties": False, "properties": kinds}
    )


def check(validator: jsonschema_rs.Validator, data: Mapping[str, Any]) -> None:
    """Raise `InvalidInput` with one Chinese sentence per field when the data does not fit."""
    found: list[FieldError] = []
    for error in validator.iter_errors(dict(data)):
        found.extend(_in_words(error))
    if found:
        raise InvalidInput(errors=found)


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


def _sentence(kind: Any) -> str:  # noqa: PLR0911 - one line per keyword
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


def check_materials(materials: Sequence[Mapping[str, Any]]) -> None:
    """Raise `InvalidInput` naming every required material without a file."""
    absent = [m for m in materials if m["required"] and not m["file"]]
    if absent:
        raise InvalidInput(
            errors=[
                {"field": f"materials.{m['code']}", "message": f"请上传{m['name']}"} for m in absent
            ]
        )
