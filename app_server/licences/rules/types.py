"""A type of licence: kind, trust class, holders and its five-part directory (R-LIC-03/07/10)."""

import re
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

KIND_NAMES = MappingProxyType({"certificate": "证件", "licence": "证照", "approval": "批文"})
HOLDER_NAMES = MappingProxyType({"person": "自然人", "organisation": "法人和其他组织"})
INDEX_KEYS = ("identifier", "holder", "issuer", "type", "case")
Kind = Literal["certificate", "licence", "approval"]
Class = Literal["A", "B", "C", "D"]
Holder = Literal["person", "organisation"]
# GB 32100 leaves out I, O, S, V and Z; the last three digits number the body's own types.
TYPE_CODE = r"^[0-9A-HJ-NP-RTUW-Y]{18}[0-9]{3}$"
# A region, a day of birth, a serial number and a check character.
_ID_NUMBER = re.compile(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X]")
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f]+$")]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


@dataclass(frozen=True, slots=True)
class TrustClass:
    """How far a licence's origin lets it be used again (国办函〔2016〕108号)."""

    code: Class
    name: str
    reuse: str
    # Whether it stands for a paper as it is: A and B only (R-LIC-15).
    direct: bool
    watermark: str

    def mark(self, issuer: str, until: date | None) -> str:
        """The watermark of one licence."""
        day = f"{until:%Y年%m月%d日}" if until else "长期"
        return self.watermark.format(issuer=issuer, until=day)


TRUST_CLASSES = MappingProxyType(
    {
        "A": TrustClass(
            "A",
            "机构制发",
            "直接使用",
            True,
            "此件由{issuer}提供，仅供办理政务服务事项时使用，有效期至{until}",
        ),
        "B": TrustClass("B", "窗口核验", "可重复使用", True, "与原件核对无误"),
        "C": TrustClass("C", "用户上传", "核对原件后使用", False, "用户上传件，须与原件核对"),
        "D": TrustClass("D", "自制承诺", "本人承诺后使用", False, "本人自制，承诺内容真实"),
    }
)


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class LicenceNumberRule(_Part):
    """How serial numbers are made: with the year or not, and how many digits run on."""

    with_year: bool
    digits: Annotated[int, Field(ge=6, le=18)]


class LicenceContentField(_Part):
    """One field of the content: what it is called, what it holds, whether it must be there."""

    key: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f.]+$")]
    name: Name
    kind: Literal["text", "number", "date"]
    required: bool


class LicenceContentRule(_Part):
    """The content's fields; an open one takes others besides."""

    fields: Annotated[list[LicenceContentField], Field(max_length=100)]
    open: bool

    @model_validator(mode="after")
    def _named_once(self) -> "LicenceContentRule":
        keys = [field.key for field in self.fields]
        if len(set(keys)) != len(keys):
            raise ValueError("字段不能重复")
        if not keys and not self.open:
            raise ValueError("至少要有一个字段")
        return self


class LicenceFileRule(_Part):
    """The file that holds the content and what it is sealed with."""

    media_type: Literal["application/json", "application/ofd", "application/pdf"]
    seal: Literal["SM2"]


class LicenceStyle(_Part):
    """How it looks: the template's code, title and pages."""

    template: Key
    title: Name
    pages: Annotated[int, Field(ge=1, le=20)]


class LicenceFileIndex(_Part):
    """By what its files are found."""

    keys: Annotated[
        list[Literal["identifier", "holder", "issuer", "type", "case"]], Field(max_length=5)
    ]

    @model_validator(mode="after")
    def _complete(self) -> "LicenceFileIndex":
        if "identifier" not in self.keys or len(set(self.keys)) != len(self.keys):
            raise ValueError("索引须包含证照标识，且不能重复")
        return self


class LicenceDirectory(_Part):
    """The five parts of R-LIC-03: number, content, file, style, file index; none may be missing."""

    number: LicenceNumberRule
    content: LicenceContentRule
    file: LicenceFileRule
    style: LicenceStyle
    index: LicenceFileIndex


class LicenceTypeSpec(_Part):
    """A kind of licence: its code is the defining body's USCC and three digits (GB/T 36904)."""

    code: Annotated[str, Field(pattern=TYPE_CODE)]
    name: Name
    kind: Kind
    trust_class: Class
    holders: Annotated[list[Holder], Field(min_length=1, max_length=2)]
    one_per_holder: bool
    directory: LicenceDirectory

    @model_validator(mode="after")
    def _holders_once(self) -> "LicenceTypeSpec":
        if len(set(self.holders)) != len(self.holders):
            raise ValueError("持有人类别不能重复")
        return self


def content_errors(rule: LicenceContentRule, content: dict[str, Any]) -> list[dict[str, str]]:
    """What is wrong with a licence's content: `{field, message}` for each."""
    known = {field.key: field for field in rule.fields}
    wrong = [
        {"field": f"content.{key}", "message": f"缺少“{field.name}”"}
        for key, field in known.items()
        if field.required and content.get(key) in (None, "")
    ]
    for key, value in content.items():
        if key not in known:
            if not rule.open:
                wrong.append({"field": f"content.{key}", "message": "目录中没有该字段"})
        elif value not in (None, "") and not _fits(known[key].kind, value):
            wrong.append({"field": f"content.{key}", "message": f"“{known[key].name}”格式不正确"})
    return wrong


def _fits(kind: str, value: Any) -> bool:
    match kind:
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            return isinstance(value, str) and _is_day(value)
        case _:
            return isinstance(value, str)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def serial(rule: LicenceNumberRule, year: int, turn: int) -> str:
    """The serial number of the `turn`-th licence."""
    return f"{year if rule.with_year else ''}{turn:0{rule.digits}d}"


def holder_kind(number: str) -> Holder:
    """Whether a number is a person's (GB 11643, code 111) or an organisation's (GB 32100, 001)."""
    return "person" if _ID_NUMBER.fullmatch(number) else "organisation"
