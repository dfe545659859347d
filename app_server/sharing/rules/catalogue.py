"""The catalogue (目录): kinds, coding, the tree, and what an entry must say (R-DAT-03…06)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app_server.sharing.errors import TreeCycle, TreeTooDeep

KINDS = MappingProxyType(
    {"department": "部门信息资源目录", "base": "基础信息资源目录", "theme": "主题信息资源目录"}
)
# The first digit of a code, as the national compiling guide for catalogues orders the kinds.
DIGITS = MappingProxyType({"base": "1", "theme": "2", "department": "3"})
SHARE_TYPES = MappingProxyType(
    {"unconditional": "无条件共享", "conditional": "有条件共享", "none": "不予共享"}
)
FORMATS = MappingProxyType(
    {
        "database": "数据库",
        "spreadsheet": "电子表格",
        "document": "电子文件",
        "image": "图形图像",
        "spatial": "空间数据",
        "stream": "流媒体",
    }
)
METHODS = MappingProxyType({"interface": "接口调用", "file": "文件交换", "database": "库表交换"})
FREQUENCIES = MappingProxyType(
    {
        "realtime": "实时",
        "daily": "每日",
        "weekly": "每周",
        "monthly": "每月",
        "quarterly": "每季度",
        "yearly": "每年",
        "on_change": "变更时",
    }
)
FIELD_TYPES = frozenset(
    {"text", "integer", "decimal", "boolean", "date", "datetime", "code", "image", "object", "list"}
)
SENSITIVITIES = MappingProxyType(
    {"public": "可公开", "internal": "内部", "personal": "个人信息", "sensitive": "敏感个人信息"}
)
MAX_DEPTH = 5
UPDATE_DAYS = 15  # working days after a change of law or function (R-DAT-04)
CHANGE_REASONS = MappingProxyType(
    {"law_change": "法律法规修订", "function_change": "行政管理职能变化"}
)
_ROOTS = Path(__file__).parents[1] / "data" / "catalogue_roots.json"


@dataclass(frozen=True, slots=True)
class Root:
    """A fixed class: a base library or a theme domain, with its lead organisation."""

    code: str
    kind: str
    name: str
    lead_org: str
    lead_name: str
    library: str = ""


@lru_cache(maxsize=1)
def fixed_roots() -> tuple[Root, ...]:
    """The four base libraries and the eleven theme domains (R-DAT-18, R-DAT-20)."""
    told = json.loads(_ROOTS.read_text())
    return tuple(Root(kind=kind, **one) for kind in ("base", "theme") for one in told[kind])


@dataclass(frozen=True, slots=True)
class ResourceField:
    """One field of an entry; `source` is the system of record it comes from."""

    name: str
    label: str
    type: str
    sensitivity: str
    source: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """What an entry says of itself besides its place and its organisation (R-DAT-03)."""

    name: str
    summary: str
    format: str
    fields: tuple[ResourceField, ...]
    update_frequency: str
    update_limit_days: int
    share_type: str
    share_method: str
    use_requirement: str
    share_condition: str = ""
    legal_basis: str = ""
    open: bool = False
    open_scope: str = ""
    place: str = ""

    def told(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self) | {"fields": [asdict(field) for field in self.fields]}


def node_code(kind: str, parent: str, taken: Iterable[str]) -> str:
    """The next code below `parent`: kind, two digits, then three for every level below.

    A code is given once: it stays with a class that moves, so `taken` are all codes of the kind.
    Raises `TreeTooDeep` when no number is left.
    """
    start, width = (parent, 3) if parent else (DIGITS[kind], 2)
    used = {
        int(code[len(start) :])
        for code in taken
        if code.startswith(start) and len(code) == len(start) + width
    }
    number = max(used, default=0) + 1
    if number >= 10**width:
        raise TreeTooDeep
    return f"{start}{number:0{width}d}"


def resource_code(node: str, serial: int) -> str:
    """The code of an entry: its first class, and a number that is never given again."""
    return f"{node}/{serial:06d}"


def checked_place(parents: Mapping[UUID, UUID | None], node: UUID, parent: UUID) -> None:
    """Raise `TreeCycle` or `TreeTooDeep` when `node` (with what is below it) cannot stand there.

    `parents` names every class's parent and holds no cycle.
    """
    above = _above(parents, parent)
    if node in above:
        raise TreeCycle
    if len(above) + _height(parents, node) > MAX_DEPTH:
        raise TreeTooDeep


def _above(parents: Mapping[UUID, UUID | None], node: UUID) -> list[UUID]:
    found, at = [], node
    while True:
        found.append(at)
        up = parents[at]
        if up is None:
            return found
        at = up


def _height(parents: Mapping[UUID, UUID | None], node: UUID) -> int:
    base = len(_above(parents, node))
    below = (above for one in parents if node in (above := _above(parents, one)))
    return max(len(above) for above in below) - base + 1


def findings(content: Content) -> list[dict[str, str]]:
    """What an entry lacks or contradicts, by field."""
    wrong: dict[str, str] = {}
    for name, table in (
        ("format", FORMATS),
        ("share_type", SHARE_TYPES),
        ("share_method", METHODS),
        ("update_frequency", FREQUENCIES),
    ):
        if getattr(content, name) not in table:
            wrong[name] = "不在可选范围内"
    for name in ("name", "summary", "use_requirement"):
        if not getattr(content, name).strip():
            wrong[name] = "必填"
    if content.share_type == "none" and not content.legal_basis.strip():
        wrong["legal_basis"] = "不予共享的，须列明法律、行政法规或党中央、国务院政策依据"
    if content.share_type == "conditional" and not content.share_condition.strip():
        wrong["share_condition"] = "有条件共享的，须写明共享条件"
    if content.open and not content.open_scope.strip():
        wrong["open_scope"] = "向社会开放的，须写明开放范围"
    if content.open and not open_fields(content.fields):
        wrong["open"] = "没有可公开的字段，不能向社会开放"
    if content.update_limit_days < 1:
        wrong["update_limit_days"] = "更新时限至少一个工作日"
    wrong |= _wrong_fields(content.fields)
    return [{"field": name, "message": message} for name, message in wrong.items()]


def _wrong_fields(fields: tuple[ResourceField, ...]) -> dict[str, str]:
    if not fields:
        return {"fields": "至少列出一个信息项"}
    names = [field.name for field in fields]
    wrong = {}
    for place, field in enumerate(fields):
        if field.type not in FIELD_TYPES or field.sensitivity not in SENSITIVITIES:
            wrong[f"fields.{place}"] = "类型或敏感级别不在可选范围内"
        elif not field.source.strip() or not field.label.strip():
            wrong[f"fields.{place}"] = "须写明名称和数据来源"
        elif names.count(field.name) > 1:
            wrong[f"fields.{place}"] = "信息项重复"
    return wrong


def open_fields(fields: Iterable[ResourceField]) -> tuple[str, ...]:
    """The fields that may be given to anybody: nothing about a person (R-DAT-19)."""
    return tuple(field.name for field in fields if field.sensitivity == "public")


def content_of(told: Mapping[str, Any]) -> Content:
    """Content as it was kept."""
    return Content(**dict(told) | {"fields": tuple(ResourceField(**f) for f in told["fields"])})
