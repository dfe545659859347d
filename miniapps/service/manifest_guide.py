"""The guide to `app.json`, written from what the code checks.

`python -m miniapps.service.manifest_guide > docs/mini-app-manifest.md`, and with the word `schema`
`> h5_shell/cli/manifest.schema.json`; tests compare.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from miniapps import rules
from miniapps.rules import unity
from miniapps.rules.origins import CSP_EXCEPTIONS
from miniapps.rules.packaging import SIGNATURE
from miniapps.rules.scopes import DIALECTS, METHODS
from miniapps.service.checks import CHECKS
from miniapps.service.manifest import SCHEMA_ID, json_schema

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "是否",
    "object": "对象",
    "null": "空",
}


def guide() -> str:
    """The whole guide in Markdown."""
    schema = json_schema()
    lines = [
        "# 小程序应用包与清单",
        "",
        "本页由 `python -m miniapps.service.manifest_guide` 生成，与程序检查的一致，请勿手工修改。",
        "",
        *_packaging(),
        "",
        "## 清单 app.json",
        "",
        f"UTF-8 编码的 JSON，不认识的字段会被拒绝。JSON Schema 编号 `{SCHEMA_ID}`（2020-12）。",
        "",
        *_table(schema, schema),
    ]
    for name, part in _parts(schema):
        lines += ["", f"### {name}", "", *_table(schema, part)]
    lines += ["", *_words()]
    return "\n".join(lines) + "\n"


_PACKAGE = """
应用包是 ZIP 文件：不超过 {package} MB，解压后不超过 {unpacked} MB，文件不超过 {files} 个，
路径不超过 {path} 个字。文件名用 UTF-8，不区分大小写也不能重名；不能有链接、加密、分卷、ZIP64、
注释和附加数据；最外层目录 {reserved} 由平台保留。

- `{manifest}`：清单，见下。
- `{index}`：`{{"路径": {{"sha256": "小写十六进制", "size": 字节数}}}}`，列出除 META-INF 以外的
  每一个文件。
- `{signature}`（可选）：`{{"key_id": "…", "alg": "ed25519 或 sm2", "sig": "base64"}}`。签的是规范
  形式的文件清单：键按码点排序、没有空白、UTF-8。`key_id` 是公钥 SubjectPublicKeyInfo（DER）的
  SHA-256，base64url。SM2 签名为 r‖s 共 64 字节，摘要 SM3，用户标识 1234567812345678。清单写了
  `signing` 就必须有这个文件。

普通 `dist` 压缩包（允许外面套一层目录）和带 `gbc.json` 的压缩包也可以导入，文件清单由平台生成。
"""


def _packaging() -> list[str]:
    megabyte = 1024 * 1024
    said = _PACKAGE.format(
        package=rules.MAX_PACKAGE // megabyte,
        unpacked=rules.MAX_UNPACKED // megabyte,
        files=rules.MAX_FILES,
        path=rules.MAX_PATH,
        reserved="、".join(sorted(rules.RESERVED_FOLDERS)),
        manifest=rules.MANIFEST,
        index=rules.FILE_INDEX,
        signature=SIGNATURE,
    )
    return ["## 应用包", said.rstrip()]


def _parts(
    schema: dict[str, Any], part: dict[str, Any] | None = None, under: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The named parts under the field that uses them, in the order of the fields."""
    for name, field in (part or schema)["properties"].items():
        inner = _part_of(schema, field)
        if inner is not None:
            yield f"{under}{name}", inner
            yield from _parts(schema, inner, f"{under}{name}.")


def _part_of(schema: dict[str, Any], field: dict[str, Any]) -> dict[str, Any] | None:
    for place in (field, field.get("items", {}), *field.get("anyOf", ())):
        if "$ref" in place:
            found: dict[str, Any] = schema["$defs"][place["$ref"].rpartition("/")[2]]
            return found
    mapped = [*field.get("patternProperties", {}).values(), field.get("additionalProperties")]
    for place in mapped:
        if isinstance(place, dict):
            return _part_of(schema, place)
    return None


def _table(schema: dict[str, Any], part: dict[str, Any]) -> list[str]:
    required = set(part.get("required", ()))
    rows = ["| 字段 | 必填 | 类型 | 说明 |", "|---|---|---|---|"]
    for name, field in part["properties"].items():
        must = "是" if name in required else ""
        said = field.get("description", "") + _limits(field)
        rows.append(f"| `{name}` | {must} | {_type(schema, field)} | {_cell(said)} |")
    return rows


def _type(schema: dict[str, Any], field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return "、".join(_type(schema, one) for one in field["anyOf"] if one.get("type") != "null")
    if field.get("type") == "array":
        return f"{_type(schema, field['items'])}列表"
    return "对象" if "$ref" in field else _TYPES[field.get("type", "string")]


def _limits(field: dict[str, Any]) -> str:
    values = field.get("enum") or field.get("items", {}).get("enum")
    said = []
    if "const" in field:
        said.append(f"固定为 `{field['const']}`")
    if values and len(values) <= 4:
        said.append("取值 " + "、".join(f"`{value}`" for value in values))
    low, high = field.get("minLength"), field.get("maxLength")
    if high is not None:
        said.append(f"{low}–{high} 个字" if low else f"最多 {high} 个字")
    if "maxItems" in field:
        said.append(f"最多 {field['maxItems']} 项")
    return f"（{'；'.join(said)}）" if said else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _words() -> list[str]:
    calls = {
        scope: [m.name for m in METHODS.values() if m.scope == scope] for scope in rules.SCOPES
    }
    lines = ["## 权限", "", "| 权限 | 给群众看的名称 | 接口 |", "|---|---|---|"]
    lines += [
        f"| `{key}` | {scope.title} | {'、'.join(f'`{name}`' for name in calls[key])} |"
        for key, scope in rules.SCOPES.items()
    ]
    free = [method.name for method in METHODS.values() if not method.scope]
    lines += ["", "不需要权限：" + "、".join(f"`{name}`" for name in free) + "。", ""]
    lines += ["## 全省统一与地方特色", ""]
    lines += [
        f"分类 `{unity.PORTAL}`（{unity.CATEGORIES[unity.PORTAL]}）的应用必须有全省统一栏目："
        + "、".join(f"{title}（`{key}`）" for key, title in unity.REQUIRED_COLUMNS.items())
        + f"，名称固定；地方特色栏目用 `{unity.LOCAL_COLUMN}`，最多 {unity.MOST_LOCAL} 个，"
        "名称自定。"
        "必须写明 `sdk_version`。配色自定，但主色与白色的对比度不低于 "
        f"{unity.TEXT_CONTRAST}，点缀色不低于 {unity.SHAPE_CONTRAST:g}。"
        "县（市、区）的应用在所属市名下发布。",
        "",
        "## 安全策略的例外",
        "",
        "| 指令 | 可以放开的值（正则） |",
        "|---|---|",
        *(f"| `{name}` | `{_cell(value)}` |" for name, value in CSP_EXCEPTIONS.items()),
        "",
        "## 方言",
        "",
        "| 方言 | 容器 |",
        "|---|---|",
        *(f"| `{key}` | {dialect.title} |" for key, dialect in DIALECTS.items()),
        "",
        "## 机器检查",
        "",
        "上传后逐项检查；error 必须改好才能提交，warning 和 note 供开发和审核参考。",
        "",
        "| 编号 | 检查什么 |",
        "|---|---|",
        *(f"| `{code}` | {check.title} |" for code, check in CHECKS.items()),
    ]
    return lines


def schema_text() -> str:
    """The JSON Schema as the command line of city teams carries it."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    told = schema_text() if sys.argv[1:] == ["schema"] else guide()
    print(told, end="")  # noqa: T201 - its one purpose
