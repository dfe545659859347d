"""What is wrong with a batch of records: empty, ill-formed, twice there (R-DAT-11)."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from app_server.sharing.rules.catalogue import ResourceField

_INTEGER = re.compile(r"[+-]?\d{1,18}")


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


# Records come as text, as files and tables hold them; other types are checked by shape.
FORMS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "integer": lambda text: _INTEGER.fullmatch(text) is not None,
        "decimal": _is_decimal,
        "boolean": lambda text: text.lower() in {"true", "false", "0", "1"},
        "date": _parses(date.fromisoformat),
        "datetime": _parses(datetime.fromisoformat),
    }
)
SHAPES: Mapping[str, type] = MappingProxyType({"object": dict, "list": list})


@dataclass(frozen=True, slots=True)
class FieldQuality:
    """One field's counts; `nulls` of a required field are faults."""

    name: str
    required: bool
    nulls: int
    malformed: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What a batch came to; `faulty` rows have at least one fault."""

    rows: int
    faulty: int
    duplicates: int
    unknown_fields: tuple[str, ...]
    fields: tuple[FieldQuality, ...]


def quality(
    fields: Iterable[ResourceField], key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> Quality:
    """Judge a batch by the entry's fields; rows with the same whole key are duplicates."""
    known = tuple(fields)
    nulls: Counter[str] = Counter()
    malformed: Counter[str] = Counter()
    keys: Counter[tuple[str, ...]] = Counter()
    faulty = 0
    for row in rows:
        bad = False
        for field in known:
            if _is_null(row.get(field.name)):
                nulls[field.name] += 1
                bad = bad or field.required
            elif not _well_formed(field.type, row[field.name]):
                malformed[field.name] += 1
                bad = True
        whole = tuple(str(row.get(name, "")) for name in key)
        twice = bool(key) and all(whole) and keys[whole] > 0
        keys[whole] += 1
        faulty += bad or twice
    duplicates = sum(n - 1 for whole, n in keys.items() if key and all(whole))
    strange = {name for row in rows for name in row} - {field.name for field in known}
    counted = tuple(
        FieldQuality(field.name, field.required, nulls[field.name], malformed[field.name])
        for field in known
    )
    return Quality(len(rows), faulty, duplicates, _shown(strange), counted)


def _shown(names: set[str]) -> tuple[str, ...]:
    # Whatever stands in a batch: only what can be printed and kept is repeated.
    return tuple(sorted(name[:60] for name in names if name.isprintable())[:50])


def _is_null(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _well_formed(kind: str, value: Any) -> bool:
    if kind in SHAPES:
        return isinstance(value, SHAPES[kind])
    if isinstance(value, dict | list):
        return False
    form = FORMS.get(kind)
    return form is None or form(str(value).strip())
