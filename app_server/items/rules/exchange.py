"""Items as rows of a file: the field set of GB/T 39046-2020 表4, and two provinces' own columns.

A row is read into facts as far as they go, with every error named by field and code; a source's
`rules` are those its columns can answer. Column names are facts of the standard and of the two
public data sets (domain.md §2.1).
"""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import orjson
from pydantic import ValidationError

from app_server.items.errors import FileUnreadable
from app_server.items.rules.codes import ITEM_TYPES, LEVELS, gb_type, parse
from app_server.items.rules.facts import ItemFacts, Step, TimeLimit
from app_server.items.rules.quality import findings

_LIMIT = re.compile(r"([0-9]{1,4})\s*[（(]?(工作日|自然日|天)[）)]?")
_UNITS = MappingProxyType({"工作日": "workday", "自然日": "day", "天": "day"})
_WORDS = MappingProxyType({"workday": "工作日", "day": "自然日"})
_YES = MappingProxyType({"是": True, "1": True, "否": False, "0": False, "": False})
LIST_SIGN = "；"
_FORMULA = frozenset("=+-@")  # a spreadsheet would run a cell that begins so
_EXCEPTIONS = MappingProxyType(
    {
        "body_check": "实施主体代码校验位不符（临时机构或旧代码）",
        "length": "编码长度与常见长度不同",
    }
)
Row = Mapping[str, Any]


@dataclass(slots=True)
class Read:
    """What a row says: its key, the facts, what is wrong (E…: unreadable) or striking (Q…)."""

    key: str
    facts: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)

    def wrong(self, name: str, code: str, message: str) -> None:
        """Note an error of a field."""
        self.errors.append({"field": name, "code": code, "message": message})

    @property
    def bad(self) -> bool:
        """Whether the row cannot be used as it is."""
        return any(error["code"].startswith("E") for error in self.errors)


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of file: its key column, how a row is read, and the rules it can answer."""

    name: str
    key: str
    read: Callable[[Row, Read], None]
    rules: frozenset[str]


def rows_of(data: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV, JSON or JSON-lines file; raises `FileUnreadable`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable("文件须为 UTF-8 编码") from error
    start = text.lstrip()[:1]
    try:
        if start == "[":
            found = orjson.loads(text)
        elif start == "{":
            found = [orjson.loads(line) for line in text.splitlines() if line.strip()]
        else:
            reader = csv.DictReader(io.StringIO(text), restkey="多余列", strict=True)
            found = [dict(row) for row in reader]
    except (orjson.JSONDecodeError, csv.Error) as error:
        raise FileUnreadable("文件不是有效的 CSV 或 JSON") from error
    if not found or not all(isinstance(row, dict) for row in found):
        raise FileUnreadable("文件中没有数据行")
    rows: list[dict[str, Any]] = found
    return rows


def read_row(source: Source, row: Row) -> Read:
    """Read one row; nothing it says is lost, whatever is wrong with it."""
    read = Read(_text(row, source.key)[:120])
    if not read.key:
        read.wrong(source.key, "E01", "缺少实施编码")
        return read
    source.read(row, read)
    return read


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str | int | float):
        return ""
    text = str(value).strip().replace("\x00", "")
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def _several(row: Row, name: str) -> list[str]:
    value = row.get(name)
    if isinstance(value, list):
        return [str(one) for one in value if str(one).strip()]
    return [one.strip() for one in _text(row, name).split(LIST_SIGN) if one.strip()]


def limit_of(text: str) -> TimeLimit | None:
    """`20(工作日)` as a limit; 无 and nothing are none; raises `ValueError`."""
    if text in {"", "无"}:
        return None
    found = _LIMIT.fullmatch(text)
    if not found or not 1 <= int(found[1]) <= 400:
        raise ValueError(text)
    return TimeLimit(days=int(found[1]), unit=_UNITS[found[2]])


def _limits(row: Row, read: Read, columns: Mapping[str, str]) -> None:
    for column, name in columns.items():
        try:
            limit = limit_of(_text(row, column))
        except ValueError:
            read.wrong(column, "E03", f"时限无法识别：{_text(row, column)[:20]}")
            continue
        read.facts[name] = limit.model_dump() if limit else None


def _code(read: Read, scheme: str, own_type: str) -> None:
    found = parse(read.key, scheme)
    if found is None:
        read.wrong("code", "E02", "实施编码不符合该来源的编码结构")
        return
    read.facts |= {"local_code": read.key, "code_scheme": scheme, "basic_code": found.basic}
    if own_type and found.item_type and gb_type(own_type, scheme) != found.item_type:
        read.wrong("item_type", "E04", "事项类型与实施编码不一致")
    for exception in found.exceptions:
        words = {
            "body_check": "实施主体代码校验位不符（临时机构或旧代码）",
            "length": "编码长度与常见长度不同",
        }
        read.wrong("code", "F01", words[exception])


def _names(read: Read, name: str, item_type: str) -> None:
    read.facts |= {"name": name, "item_type": item_type}
    if not name:
        read.wrong("name", "E05", "缺少事项名称")
    if item_type not in ITEM_TYPES:
        read.wrong("item_type", "E06", "事项类型代码不在 GB/T 39046 A.1 内")


def _guangdong(row: Row, read: Read) -> None:
    own_type = _text(row, "TASK_TYPE")
    _code(read, "guangdong", own_type)
    _names(
        read, _text(row, "subTaskName") or _text(row, "TASK_NAME"), gb_type(own_type, "guangdong")
    )
    _limits(row, read, {"handle_time": "legal_limit", "handle_time_limit": "promise_limit"})
    visits = _text(row, "visit_number")
    if not visits.isdigit():
        read.wrong("visit_number", "E07", "到现场次数不是数字")
    names = row.get("material_intro")
    materials = names if isinstance(names, list) else []
    read.facts |= {
        "region": _text(row, "AREACODE"),
        "department": _text(row, "DEPT_NAME"),
        "org": read.key[:18],
        "to_site_times": int(visits) if visits.isdigit() else 0,
        "materials": [_bare(n, str(name)) for n, name in enumerate(materials, 1)],
        "conditions": [_text(row, "accept_standard")],
        "themes": _several(row, "theme_category"),
        "online_depth": 4 if visits == "0" and _text(row, "ONLINECHECK") == "1" else 1,
    }


def _sichuan(row: Row, read: Read) -> None:
    own_type = _text(row, "task_type")
    _code(read, "sichuan", own_type)
    _names(read, _text(row, "name"), gb_type(own_type, "sichuan"))
    found = parse(read.key, "sichuan")
    read.facts |= {
        "region": found.division[:6] if found else "",
        "department": _text(row, "department"),
        "org": found.body if found else "",
        "link": _text(row, "link"),
    }


def _bare(number: int, name: str) -> dict[str, str]:
    return {"code": f"m{number}", "name": name, "source_class": "C", "how": ""}


# GB/T 39046-2020 表4: plain text fields, lists (signs apart by ；), yes/no fields.
_PLAIN = MappingProxyType(
    {
        "事项名称": "name",
        "实施编码": "code",
        "事项类型代码": "item_type",
        "实施主体": "department",
        "实施主体代码": "org",
        "行政管辖代码": "region",
        "结果名称": "result_name",
        "结果样本": "result_sample",
        "收费依据": "fee_basis",
        "办理地点": "address",
        "办理时间": "office_hours",
        "咨询电话": "consult_phone",
        "监督电话": "complaint_phone",
    }
)
_LISTS = MappingProxyType({"设定依据": "basis", "受理条件": "conditions", "服务主题": "themes"})
_FLAGS = MappingProxyType({"是否支持预约办理": "appointment", "是否支持网上支付": "online_pay"})
_OBJECTS = MappingProxyType({"1": "person", "2": "company"})
_WAYS = MappingProxyType({"1": "window", "2": "pc", "3": "mobile", "4": "courier"})
_CODED = (("服务对象代码", "audience", _OBJECTS), ("办理形式代码", "ways", _WAYS))
GB_FIELDS = (
    *_PLAIN,
    "基本编码",
    "事项类型",
    *_LISTS,
    *_FLAGS,
    "行使层级代码",
    "法定办结时限",
    "承诺办结时限",
    "办理流程",
    "服务对象代码",
    "办理形式代码",
    "是否收费",
    "常见问题",
    "材料名称",
    "出具机构",
    "是否必备材料",
)
# Ours beyond the standard's field set, so that what is exported can be imported again whole.
OWN_FIELD = "万事扩展"


def _standard(row: Row, read: Read) -> None:
    own = row.get(OWN_FIELD)
    try:
        more = orjson.loads(own) if isinstance(own, str) and own else {}
    except orjson.JSONDecodeError:
        more = {}
        read.wrong(OWN_FIELD, "E08", "扩展内容不是有效的 JSON")
    facts = dict(more) if isinstance(more, dict) else {}
    if parse(read.key, "anhui") is None:
        read.wrong("实施编码", "E02", "实施编码不符合本省编码结构")
    _names(read, _text(row, "事项名称"), _text(row, "事项类型代码"))
    for column, name in _PLAIN.items():
        facts[name] = _text(row, column)
    for column, name in _LISTS.items():
        if name not in facts:
            facts[name] = _several(row, column)
    for column, name in _FLAGS.items():
        text = _text(row, column)
        if text not in _YES:
            read.wrong(column, "E09", "应填“是”或“否”")
        facts[name] = _YES.get(text, False)
    for column, name, known in (
        ("服务对象代码", "audience", _OBJECTS),
        ("办理形式代码", "ways", _WAYS),
    ):
        codes = _several(row, column)
        if unknown := [one for one in codes if one not in known]:
            read.wrong(column, "E10", f"代码不在代码集内：{'、'.join(unknown)[:40]}")
        facts[name] = [known[one] for one in codes if one in known]
    read.facts = facts
    _limits(row, read, {"法定办结时限": "legal_limit", "承诺办结时限": "promise_limit"})
    _parts(row, read)
    _validated(read)


def _parts(row: Row, read: Read) -> None:
    facts = read.facts
    if "steps" not in facts:
        facts["steps"] = [Step(name=n, detail="").model_dump() for n in _several(row, "办理流程")]
    if "materials" not in facts:
        required = _several(row, "是否必备材料")
        facts["materials"] = [
            _bare(n, name) | {"required": (required[n - 1 : n] or ["是"])[0] != "否"}
            for n, name in enumerate(_several(row, "材料名称"), 1)
        ]
    facts.setdefault("materials_before", len(facts["materials"]))
    facts.setdefault("provenance", "导入")
    facts.setdefault("min_tier", 1)
    facts.setdefault("case_kind", "promise" if facts.get("promise_limit") else "instant")
    level = _text(row, "行使层级代码")
    if level and (level not in LEVELS or level != read.key[18:19]):
        read.wrong("行使层级代码", "E11", "行使层级与实施编码不一致")


def _validated(read: Read) -> None:
    try:
        item = ItemFacts.model_validate(read.facts)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in one["loc"])
            read.wrong(where, "E12", "内容缺失或格式不正确")
        return
    read.facts = item.model_dump(mode="json", exclude={"version"})


SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "gbt39046": Source("gbt39046", "实施编码", _standard, frozenset()),
        "guangdong": Source(
            "guangdong", "TASK_CODE", _guangdong, frozenset({"Q18", "Q19", "Q21", "Q33"})
        ),
        "sichuan": Source("sichuan", "item_code", _sichuan, frozenset({"Q21"})),
    }
)
_EMPTY = {
    "code": "",
    "materials_before": 0,
    "steps": [],
    "basis": [],
    "result_name": "",
    "consult_phone": "",
    "complaint_phone": "",
    "provenance": "导入",
    "min_tier": 0,
}


def row_findings(source: Source, read: Read) -> list[dict[str, str]]:
    """What the quality rules say of a read row, those its columns can answer."""
    if read.bad:
        return []
    known = {n: v for n, v in read.facts.items() if n in ItemFacts.model_fields}
    if source.rules:
        known.pop("themes", None)  # another province's words for them
    scheme = read.facts.get("code_scheme", "anhui")
    item = ItemFacts.model_validate(_EMPTY | known | {"code": read.key, "code_scheme": scheme})
    return [
        {"field": f.field, "code": f.code, "message": f.message}
        for f in findings(item)
        if not source.rules or f.code in source.rules
    ]


def exported(item: ItemFacts) -> dict[str, str]:
    """An item as one row of the GB/T 39046 field set; the rest of it stands in our own field."""
    facts = item.model_dump(mode="json", exclude={"version"})
    row = {column: str(facts[name]) for column, name in _PLAIN.items()}
    row |= {column: LIST_SIGN.join(facts[name]) for column, name in _LISTS.items()}
    row |= {column: "是" if facts[name] else "否" for column, name in _FLAGS.items()}
    row |= {
        "基本编码": item.basic_code,
        "事项类型": ITEM_TYPES[item.item_type],
        "行使层级代码": item.level,
        "法定办结时限": _limit_text(item.legal_limit),
        "承诺办结时限": _limit_text(item.promise_limit),
        "办理流程": LIST_SIGN.join(step.name for step in item.steps),
        "服务对象代码": LIST_SIGN.join(k for k, v in _OBJECTS.items() if v in item.audience),
        "办理形式代码": LIST_SIGN.join(k for k, v in _WAYS.items() if v in item.ways),
        "是否收费": "是" if item.fee else "否",
        "常见问题": LIST_SIGN.join(faq.q for faq in item.faqs),
        "材料名称": LIST_SIGN.join(m.name for m in item.materials),
        "出具机构": LIST_SIGN.join(m.issuer for m in item.materials),
        "是否必备材料": LIST_SIGN.join("是" if m.required else "否" for m in item.materials),
    }
    told = {*_PLAIN.values(), *_LISTS.values(), *_FLAGS.values(), "audience", "ways"}
    told |= {"legal_limit", "promise_limit"}
    # A text that holds the sign itself comes back whole from our own field.
    told -= {name for name in _LISTS.values() if any(LIST_SIGN in text for text in facts[name])}
    rest = {name: value for name, value in facts.items() if name not in told}
    return row | {OWN_FIELD: orjson.dumps(rest).decode()}


def _limit_text(limit: TimeLimit | None) -> str:
    return f"{limit.days}({_WORDS[limit.unit]})" if limit else "无"


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Rows as CSV; a cell that a spreadsheet would run as a formula is quoted."""
    out = io.StringIO()
    writer = csv.DictWriter(out, [*GB_FIELDS, OWN_FIELD])
    writer.writeheader()
    for row in rows:
        writer.writerow({n: f"'{v}" if v[:1] in _FORMULA else v for n, v in row.items()})
    return out.getvalue().encode("utf-8-sig")
