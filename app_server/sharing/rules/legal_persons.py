"""One record of a legal person out of three registers, field by field (R-DAT-09).

The registers: market regulation (enterprises), civil affairs (associations), establishment
(institutions). Conflict rule, in this order:

1. The register that the credit code itself names (its first digit, GB 32100-2015) is right about
   the basic facts, whatever others say.
2. For operation and supervision facts the newest word counts.
3. Of two words of the same day the register that stands first below counts.

What others said differently is kept beside it, so that it can be reported and corrected
(R-DAT-14). A record under another code is no part of the answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app_server.sharing.errors import ResourceInvalid

REGISTERS = ("market", "civil_affairs", "establishment")
# First digit of a credit code: who registered it.
BY_DIGIT = MappingProxyType({"9": "market", "5": "civil_affairs", "1": "establishment"})
BASIC = frozenset({"name", "kind", "representative", "address", "established_on", "standing"})


@dataclass(frozen=True, slots=True)
class Record:
    """What one register says of a legal person, and of which day."""

    register: str
    credit_code: str
    facts: Mapping[str, str]
    as_of: date


@dataclass(frozen=True, slots=True)
class MergedField:
    """One fact, who says it, of which day, and what others say instead."""

    value: str
    register: str
    as_of: date
    others: Mapping[str, str]


def merge(credit_code: str, records: Iterable[Record]) -> dict[str, MergedField]:
    """The one record by the conflict rule; the order in which records come does not matter.

    Raises `ResourceInvalid` for a record of another code or an unknown register, or for two of
    one register and day that differ.
    """
    known = list(records)
    for record in known:
        if record.credit_code != credit_code or record.register not in REGISTERS:
            wrong = {"field": record.register, "message": "不是该单位的登记信息"}
            raise ResourceInvalid(errors=[wrong])
    told = {name for record in known for name, value in record.facts.items() if value.strip()}
    return {name: _merged(name, BY_DIGIT.get(credit_code[:1], ""), known) for name in sorted(told)}


def _merged(name: str, home: str, records: list[Record]) -> MergedField:
    said = _newest(name, records)

    def rank(register: str) -> tuple[bool, int, int]:
        own = name in BASIC and register == home
        return (not own, -said[register].as_of.toordinal(), REGISTERS.index(register))

    best = min(said, key=rank)
    value = said[best].facts[name]
    others = {
        register: told.facts[name]
        for register, told in sorted(said.items())
        if told.facts[name] != value
    }
    return MergedField(value, best, said[best].as_of, MappingProxyType(others))


def _newest(name: str, records: list[Record]) -> dict[str, Record]:
    """The newest word of each register that says anything about a fact."""
    found: dict[str, Record] = {}
    for record in records:
        if not record.facts.get(name, "").strip():
            continue
        held = found.get(record.register)
        if held and held.as_of == record.as_of and held.facts[name] != record.facts[name]:
            wrong = {"field": name, "message": "同一来源同一日期的内容不一致"}
            raise ResourceInvalid(errors=[wrong])
        if held is None or record.as_of > held.as_of:
            found[record.register] = record
    return found
