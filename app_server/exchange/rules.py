"""Pure rules of exchange: the record schema, who wins, what a line says, digests, states."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import jsonschema_rs
import orjson

from app_server.kernel import clock
from app_server.kernel.crypto import blind_index

SCOPE = "exchange.cases"
SYSTEM_EDGES = MappingProxyType({"active": frozenset({"paused"}), "paused": frozenset({"active"})})

# One signed message: how long it counts, and how far a clock may be off.
MESSAGE_LIFE = timedelta(seconds=120)
SKEW = timedelta(seconds=30)
FILE_LIFE_S = 900

DEFAULT_ENTRY_DAYS = 1
BATCH_ROWS = 500
# A source's clock that runs ahead would win for ever.
AHEAD = timedelta(minutes=10)

_FILE = json.loads((Path(__file__).parent / "data" / "records.json").read_text())
KINDS: Mapping[str, str] = MappingProxyType(_FILE["titles"])
_NAMES: Mapping[str, str] = MappingProxyType(_FILE["names"])
_VALIDATORS = {kind: jsonschema_rs.validator_for(schema) for kind, schema in _FILE["kinds"].items()}
# A deleted record says which one it was, and nothing else.
_TOMBSTONE = ("kind", "row_guid", "project_no", "cd_operation", "cd_time")
_DELETIONS = {
    kind: jsonschema_rs.validator_for(
        schema
        | {
            "properties": {name: schema["properties"][name] for name in _TOMBSTONE},
            "required": list(_TOMBSTONE),
        }
    )
    for kind, schema in _FILE["kinds"].items()
}
_SENTENCES = {
    "required": ("missing", "缺少必填项"),
    "additionalProperties": ("unknown_field", "标准中没有这个字段"),
    "enum": ("not_in_code_set", "不在代码集内"),
    "const": ("not_in_code_set", "不在代码集内"),
    "type": ("wrong_type", "类型不正确"),
    "pattern": ("wrong_format", "格式不正确"),
    "maxLength": ("too_long", "超过最大长度"),
    "minLength": ("empty", "不能为空"),
    "minimum": ("out_of_range", "超出范围"),
    "maximum": ("out_of_range", "超出范围"),
}
RANKS = MappingProxyType({"I": 0, "U": 1, "D": 2})


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one field of one row, as the sender reads it."""

    row: int
    field: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Word:
    """A source's word on one record: what is kept, and what decides between two of them."""

    kind: str
    row_guid: str
    project_no: str
    content: str
    digest: str
    event_at: datetime
    rank: int

    @property
    def place(self) -> tuple[str, str]:
        """Which record it is about."""
        return self.kind, self.row_guid

    @property
    def weight(self) -> tuple[datetime, int, str]:
        """Event time wins; then the stronger operation; then the digest, so that order is moot."""
        return self.event_at, self.rank, self.digest


def errors_of(number: int, row: Any) -> list[RowError]:
    """What the provincial schema has against a row (R-CAS-14); empty when nothing."""
    kind = row.get("kind") if isinstance(row, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        return [RowError(number, "kind", "unknown_kind", "记录类型不在标准范围内")]
    if unclean := [name for name, value in row.items() if not _storable(value)]:
        return [RowError(number, _shown(n), "unstorable", "含有无法保存的字符") for n in unclean]
    validators = _DELETIONS if row.get("cd_operation") == "D" else _VALIDATORS
    found = []
    for error in validators[kind].iter_errors(row):
        rule = str(error.kind.name)
        code, sentence = _SENTENCES.get(rule, ("wrong_format", "格式不正确"))
        found += [
            RowError(number, name, code, f"{_NAMES.get(name, name)}{sentence}")
            for name in _fields(error, rule)
        ]
    return found or _times(number, row)


def _fields(error: Any, rule: str) -> list[str]:
    if rule == "required":
        return [str(error.kind.property)]
    if rule == "additionalProperties":
        return [_shown(name) for name in error.kind.unexpected]
    return [str(error.instance_path[0])] if error.instance_path else ["kind"]


def _storable(value: Any) -> bool:
    # PostgreSQL text holds no NUL, and a lone surrogate is no character.
    return not isinstance(value, str) or not any(
        char == "\x00" or 0xD800 <= ord(char) <= 0xDFFF for char in value
    )


def _shown(name: str) -> str:
    """A sender's own field name, fit to be repeated to them."""
    return "".join(char for char in name if char.isprintable())[:64]


def _times(number: int, row: Mapping[str, Any]) -> list[RowError]:
    found = []
    for name, text in row.items():
        if name == "cd_time" or (name.endswith(("_time", "_date")) and "T" in str(text)):
            moment = instant(text)
            if moment is None:
                said = f"{_NAMES.get(name, name)}不是有效时间"
                found.append(RowError(number, name, "wrong_time", said))
            elif name == "cd_time" and moment > clock.now() + AHEAD:
                found.append(RowError(number, name, "time_ahead", "操作时间晚于当前时间"))
    return found


def instant(text: str) -> datetime | None:
    """A GB/T 39046 time (YYYYMMDDThhmmss, China's) as an instant; None for none."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        return None


def gb_time(at: datetime) -> str:
    """An instant as GB/T 39046 writes it."""
    return clock.local(at).strftime("%Y%m%dT%H%M%S")


def word(row: Mapping[str, Any]) -> Word:
    """A checked row as its source's word; raises `ValueError` for a time that is none."""
    moment = instant(row["cd_time"])
    if moment is None:
        raise ValueError("an unchecked row")
    kept = {k: v for k, v in row.items() if k not in {"cd_operation", "cd_time"}}
    text = orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()
    return Word(
        kind=row["kind"],
        row_guid=row["row_guid"],
        project_no=row["project_no"],
        content=text,
        digest=blind_index(text, "exchange.record"),
        event_at=moment,
        rank=RANKS[row["cd_operation"]],
    )


def newest(words: Iterable[Word]) -> dict[tuple[str, str], Word]:
    """The word that counts on each record: any order of the same words gives the same."""
    held: dict[tuple[str, str], Word] = {}
    for one in words:
        known = held.get(one.place)
        if known is None or one.weight > known.weight:
            held[one.place] = one
    return held


# --- convergence of the cities -------------------------------------------------------------

LINE_FIELDS = MappingProxyType(
    {
        "id": 36,
        "case_no": 50,
        "move": 20,
        "from_state": 20,
        "to_state": 20,
        "item_code": 33,
        "item_name": 120,
        "org": 18,
        "region": 12,
        "at": 40,
    }
)
# A line that came later than this is marked; it counts by the time it was received.
LATE_AFTER = timedelta(minutes=5)


def line(row: Mapping[str, Any]) -> dict[str, str]:
    """What a city tells of one step: facts of the case, nothing of a person."""
    told = {name: str(row[name]) for name in LINE_FIELDS if name != "at"}
    return told | {"at": row["at"].isoformat()}


def is_line(told: Any) -> bool:
    """Whether a line has the fields it must have, of bearable length."""
    return (
        isinstance(told, dict)
        and set(told) == set(LINE_FIELDS)
        and all(
            isinstance(told[n], str) and len(told[n]) <= most for n, most in LINE_FIELDS.items()
        )
        and "\x00" not in "".join(told.values())
        and id_of(told["id"]) is not None
        and _is_time(told["at"])
    )


def id_of(text: str) -> UUID | None:
    """A UUIDv7 written the one way; None for anything else."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text and found.version == 7 else None


def _is_time(text: str) -> bool:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return False
    # Written the one way: other spellings of ISO 8601 the database does not read.
    return found.tzinfo is not None and found.isoformat() == text


def line_digest(told: Mapping[str, str]) -> str:
    """The digest of one line: SHA-256 over its fields in their order."""
    text = orjson.dumps([told[name] for name in LINE_FIELDS])
    return hashlib.sha256(text).hexdigest()


def day_digest(digests: Iterable[str]) -> str:
    """The digest of a city's day: SHA-256 over its lines' digests, sorted."""
    whole = hashlib.sha256()
    for one in sorted(digests):
        whole.update(one.encode())
    return whole.hexdigest()


def told_at(line_id: UUID) -> datetime:
    """When a line was made, by its id."""
    return datetime.fromtimestamp((line_id.int >> 80) / 1000, clock.SHANGHAI)


def first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of an instant."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def day_bounds(day: date) -> tuple[UUID, UUID]:
    """The ids of a day in China: from, and up to but not including."""
    start = datetime.combine(day, time(), clock.SHANGHAI)
    return first_id(start), first_id(start + timedelta(days=1))
