"""Who proves whom, where a user is at home, and the field set everybody exchanges."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import jsonschema_rs
import orjson

from app_server.kernel import regions
from auth.federation.errors import HomeInvalid, PartInvalid, WrongPlatform

Level = Literal["nation", "province", "city"]
Way = Literal["here", "city", "province", "national"]

NATION = "000000"
MESSAGE_LIFE = timedelta(seconds=60)
# A peer's clock may be this far off.
SKEW = timedelta(seconds=30)
REQUEST_LIFE = timedelta(minutes=10)
TICKET_LIFE = timedelta(seconds=60)
ATTEMPT_LIFE = timedelta(minutes=10)

PART_ROWS = 2_000
PART_BYTES = 2 * 1024 * 1024
MOST_PARTS = 2_000

PLATFORM_EDGES = MappingProxyType(
    {"active": frozenset({"suspended"}), "suspended": frozenset({"active"})}
)
IMPORT_EDGES = MappingProxyType({"receiving": frozenset({"done"}), "done": frozenset[str]()})

OUTCOMES = MappingProxyType(
    {
        "added": "新增",
        "linked": "并入已有用户",
        "unchanged": "无变化",
        "duplicate": "文件内重复",
        "conflict": "冲突",
    }
)
REASONS = MappingProxyType(
    {
        "format": "字段缺失或不符合标准规范",
        "id_number_invalid": "身份证号码未通过校验",
        "too_young": "未满 16 周岁",
        "name_differs": "同一身份证号对应的姓名不同",
        "phone_taken": "手机号已属于其他身份证号",
        "registry_mismatch": "与人口库登记信息不一致",
    }
)

_DATA = Path(__file__).parent / "data"
USER_RECORD = json.loads((_DATA / "user_record.json").read_text())
IMPORT_ROW = json.loads((_DATA / "import_row.json").read_text())
ORGANISATION_RECORD = json.loads((_DATA / "organisation_record.json").read_text())
_organisation_record = jsonschema_rs.validator_for(ORGANISATION_RECORD, validate_formats=True)
_user_record = jsonschema_rs.validator_for(USER_RECORD, validate_formats=True)
_import_row = jsonschema_rs.validator_for(IMPORT_ROW)

# The national levels of trust (domain.md §2.14): 2 is an account, 3 and 4 are our 1 and 2.
NATIONAL_LEVEL = MappingProxyType({0: "2", 1: "3", 2: "4"})
TIER_OF_LEVEL = MappingProxyType({"2": 0, "3": 1, "4": 2})
SEX_CODE = MappingProxyType({"male": "1", "female": "2"})  # GB/T 2261.1
SEX_OF_CODE = MappingProxyType({"1": "male", "2": "female"})
ID_CARD = "111"  # GB/T 36903: holder by resident ID number


@dataclass(frozen=True, slots=True)
class Here:
    """This instance: its level and division."""

    tier: Literal["province", "city"]
    region: str


def urn_of(code: str) -> str:
    """How a platform is named in a message."""
    return f"urn:wanshi:platform:{code}"


def authority_of(code: str) -> str:
    """How the authority that proved somebody is named in a token (R-ID-26)."""
    return f"urn:wanshi:authority:{code}"


def route(here: Here, home: str, *, reachable: bool) -> Way:
    """Who verifies a user whose home is `home`, seen from here (R-ID-26, R-ID-41).

    A city verifies its own and asks the province about all others, never another city. The
    province asks the city, the nation for other provinces, and does it itself where the city has
    no platform or does not answer (`reachable`).
    """
    mine = home[:2] == here.region[:2]
    if here.tier == "city":
        return "here" if mine and regions.city_of(home) == here.region else "province"
    if not mine:
        return "national"
    is_city = regions.level_of(home) != "province"
    return "city" if is_city and reachable else "here"


def level_kept_by(here: Here, code: str) -> Level:
    """The level of a platform that may be registered here; raises `WrongPlatform` (R-ID-42)."""
    if here.tier == "province":
        is_mine = regions.covers(here.region, code) and code != here.region
        if is_mine and regions.level_of(code) == "city":
            return "city"
    elif code == regions.parent_of(here.region):
        return "province"
    raise WrongPlatform


def home_city(province: str, id_number: str) -> str | None:
    """The city an ID number was first issued in; None beyond the province (R-ID-24).

    Only the default: what the person chose goes before it.
    """
    code = id_number[:4] + "00"
    if code[:2] != province[:2]:
        return None
    return checked_city(province, code, fallback=True)


def checked_city(province: str, code: str, *, fallback: bool = False) -> str | None:
    """The code of a city of the province; raises `HomeInvalid`, or answers None (`fallback`)."""
    try:
        found = regions.region(code)
    except regions.NoSuchRegion as error:
        if fallback:
            return None
        raise HomeInvalid from error
    if found.level == "city" and found.parent == province:
        return code
    if fallback:
        return None
    raise HomeInvalid


def fits_record(record: Any) -> bool:
    """Whether a user record follows the standard field set (R-ID-40)."""
    return bool(_user_record.is_valid(record))


def fits_organisation_record(record: Any) -> bool:
    """Whether an organisation's record follows the standard field set (R-ID-40)."""
    return bool(_organisation_record.is_valid(record))


def fits_row(row: Any) -> bool:
    """Whether a legacy row follows the standard field set (R-ID-25)."""
    return bool(_import_row.is_valid(row))


def rows_of(text: str, content_type: str) -> list[Any]:
    """The rows of a part, NDJSON or CSV with a header; raises `PartInvalid`.

    A line that is no JSON object is a row that fits nothing; it is reported, the part goes on.
    """
    rows = list(_csv(text) if content_type == "text/csv" else _ndjson(text))
    if not rows or len(rows) > PART_ROWS:
        raise PartInvalid(f"每个分片 1 至 {PART_ROWS} 行")
    return rows


def _ndjson(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                yield None


def _csv(text: str) -> Iterator[Any]:
    try:
        for row in csv.DictReader(io.StringIO(text), strict=True):
            # Cells beyond the header hang under None: no field of the standard.
            yield {name or "": value for name, value in row.items()}
    except csv.Error as error:
        raise PartInvalid from error
