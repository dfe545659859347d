"""Item codes: whose scheme, which parts, and whether the check signs hold (domain.md §2.1).

Each scheme is a pattern and a type table in `data/code_schemes.json`; a code keeps its scheme.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import orjson

# 31 signs: letters that look like digits are left out (GB 32100-2015).
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = [3**n % 31 for n in range(17)]
_ORG_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
DATA = Path(__file__).parents[1] / "data"

# GB/T 39046-2020 A.1 and A.2.
ITEM_TYPES = MappingProxyType(
    {
        "01": "行政许可",
        "02": "行政处罚",
        "03": "行政强制",
        "04": "行政征收",
        "05": "行政给付",
        "06": "行政检查",
        "07": "行政确认",
        "08": "行政奖励",
        "09": "行政裁决",
        "10": "其他行政权力",
        "20": "公共服务",
    }
)
# What people apply for: punishment, force and inspection come to them unasked (R-ITM-26).
APPLIED_FOR = frozenset({"01", "04", "05", "07", "08", "09", "10", "20"})
LEVELS = MappingProxyType(
    {"2": "省级", "3": "市级", "4": "县级", "5": "镇（乡、街道）级", "6": "村（社区）级"}
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one province writes its codes."""

    name: str
    pattern: re.Pattern[str]
    types: MappingProxyType[str, str]
    lengths: frozenset[int]


@dataclass(frozen=True, slots=True)
class ParsedCode:
    """The parts of a code; parts a scheme does not have are empty.

    `exceptions` are what a temporary or old body's code may show under a flag: `body_check`
    (its USCC fails the check) or `length` (an organisation code where a USCC belongs).
    """

    scheme: str
    code: str
    body: str
    basic: str
    level: str
    division: str
    item_type: str
    main: str
    sub: str
    business: str
    exceptions: tuple[str, ...]


@lru_cache(maxsize=1)
def schemes() -> dict[str, Scheme]:
    """The known schemes by name."""
    found = orjson.loads((DATA / "code_schemes.json").read_bytes())["schemes"]
    return {
        name: Scheme(
            name,
            re.compile(one["pattern"]),
            MappingProxyType(one["types"]),
            frozenset(one["lengths"]),
        )
        for name, one in found.items()
    }


def parse(code: str, scheme: str) -> ParsedCode | None:
    """The parts of a code written by a scheme; None when it is not of it."""
    known = schemes().get(scheme)
    if known is None or not (found := known.pattern.fullmatch(code)):
        return None
    part = found.groupdict(default="")
    own_type = part.get("type", "")
    if own_type and own_type not in known.types:
        return None
    body = part.get("body", "")
    exceptions = [] if is_uscc(body) or scheme == "guizhou" else ["body_check"]
    if len(code) not in known.lengths:
        exceptions.append("length")
    return ParsedCode(
        scheme,
        code,
        body,
        part["basic"],
        part.get("level", ""),
        part.get("division", ""),
        known.types.get(own_type, ""),
        part.get("main", ""),
        part.get("sub", ""),
        part.get("business", ""),
        tuple(exceptions),
    )


def gb_type(own_type: str, scheme: str) -> str:
    """A type of a scheme's own code set as GB/T 39046 A.1 writes it, or an empty text."""
    known = schemes().get(scheme)
    return known.types.get(own_type, "") if known else ""


def parent_basic(basic: str) -> str:
    """The basic code of the main item above a sub item (`…00Y`); of a main item, its own."""
    return basic if basic[-3:] == "000" else basic[:-3] + "00Y"


def uscc_check(body: str) -> str:
    """The 18th sign of a USCC for its first 17 (GB 32100-2015)."""
    total = sum(USCC_SIGNS.index(sign) * w for sign, w in zip(body, _USCC_WEIGHTS, strict=True))
    return USCC_SIGNS[-total % 31]


def org_check(body: str) -> str:
    """The check sign of an organisation code for its first 8 (GB 11714-1997)."""
    total = sum(_ORG_SIGNS.index(sign) * w for sign, w in zip(body, _ORG_WEIGHTS, strict=True))
    return "0123456789X0"[(11 - total % 11)]


def is_uscc(text: str) -> bool:
    """Whether both check signs hold: a made-up code passes one of them by chance, 1 in 31."""
    return (
        len(text) == 18
        and set(text) <= set(USCC_SIGNS)
        and text[17] == uscc_check(text[:17])
        and text[16] == org_check(text[8:16])
    )


def is_item_code(
    code: str, item_type: str, scheme: str = "anhui", *, temporary: bool = False
) -> bool:
    """Whether a code is well formed, of this type, and its body's check signs hold.

    A `temporary` body's code may fail the check signs, and nothing else.
    """
    found = parse(code, scheme)
    allowed = {"body_check"} if temporary else set()
    return (
        found is not None
        and found.item_type == item_type
        and set(found.exceptions) <= allowed
        and (scheme not in {"anhui", "guangdong"} or set(found.body) <= set(_ORG_SIGNS))
    )
