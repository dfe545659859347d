"""Pydantic's findings in the words of a person filling in a form."""

from typing import Any

from pydantic import ValidationError

_SENTENCES = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段",
    "string_too_short": "太短，至少 {min_length} 个字",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_pattern_mismatch": "格式不正确",
    "string_type": "应为文字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "bool_type": "应为是或否",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "不在可选范围内",
    "enum": "不在可选范围内",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "too_long": "最多 {max_length} 项",
    "too_short": "至少 {min_length} 项",
    "uuid_parsing": "编号无效",
    "uuid_type": "编号无效",
    "date_from_datetime_parsing": "日期无效",
    "date_parsing": "日期无效",
    "json_invalid": "不是有效的 JSON",
    "model_type": "应为对象",
}


def field_errors(error: ValidationError) -> list[dict[str, str]]:
    """One `{field, message}` per finding; never the offending value."""
    found = []
    for item in error.errors(include_url=False, include_input=False):
        context: dict[str, Any] = item.get("ctx", {})
        if item["type"] == "value_error":
            sentence = str(context.get("error", "")) or "无效"
        else:
            sentence = _SENTENCES.get(item["type"], "无效").format_map(_Blank(context))
        found.append({"field": ".".join(str(part) for part in item["loc"]), "message": sentence})
    return found


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""
