"""Pure reckoning about organisations: credit codes, kinds, levels, and what a delegate may do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from auth.organisations.errors import CreditCodeInvalid, NotInThisState

CREDIT_CODE = r"^[0-9A-HJ-NP-RT-UW-Y]{18}$"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I, O, S, V and Z
_CODE_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
_CODE_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

LEVEL_NAMES = ("匿名", "初级", "中级", "高级")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of organisation: its name, certificate, and the library that knows it (R-ID-44)."""

    code: str
    name: str
    certificate: str
    registry: str


_ENTERPRISE = Kind("enterprise", "企业", "营业执照", "market")
_BUSINESS = Kind("individual_business", "个体工商户", "营业执照", "market")
_COOPERATIVE = Kind("cooperative", "农民专业合作社", "营业执照", "market")
_ORGAN = Kind("government", "机关", "统一社会信用代码证书", "establishment")
_INSTITUTION = Kind("institution", "事业单位", "事业单位法人证书", "establishment")
_ASSOCIATION = Kind("association", "社会团体", "社会团体法人登记证书", "civil_affairs")
_NON_ENTERPRISE = Kind(
    "private_non_enterprise", "民办非企业单位", "民办非企业单位登记证书", "civil_affairs"
)
_FOUNDATION = Kind("foundation", "基金会", "基金会法人登记证书", "civil_affairs")

# Registering authority and category: the first two characters (GB 32100 table 1).
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "91": _ENTERPRISE,
        "92": _BUSINESS,
        "93": _COOPERATIVE,
        "11": _ORGAN,
        "12": _INSTITUTION,
        "51": _ASSOCIATION,
        "52": _NON_ENTERPRISE,
        "53": _FOUNDATION,
    }
)
KIND_NAMES = MappingProxyType({kind.code: kind.name for kind in KINDS.values()})

ORGANISATION_EDGES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "awaiting_representative": frozenset({"active", "cancelled"}),
        "active": frozenset({"cancelled"}),
        "cancelled": frozenset({"active"}),
    }
)
DELEGATION_EDGES: Mapping[str, frozenset[str]] = MappingProxyType(
    {"active": frozenset({"revoked"}), "revoked": frozenset()}
)

# R-ID-20: a delegate stays on the first level, however well the company or they are known.
DELEGATE_LEVEL = 1
EVERY_ITEM = "*"
LONGEST_DELEGATION = timedelta(days=365 * 3)

CHALLENGE_LIFE = timedelta(minutes=5)
REFUSALS = 5
REFUSAL_WINDOW = timedelta(hours=6)
RECHECK_EVERY = timedelta(days=1)


def checked_credit_code(text: str) -> str:
    """The unified social credit code in its stored form (R-ID-18, GB 32100).

    Raises `CreditCodeInvalid` for wrong characters, an unknown registering authority, or a wrong
    check digit: its own, or that of the organisation code in characters 9 to 17 (GB 11714).
    """
    code = text.strip().upper()
    if not re.fullmatch(CREDIT_CODE, code) or code[:2] not in KINDS:
        raise CreditCodeInvalid
    if code[17] != check_digit(code[:17]) or code[16] != organisation_digit(code[8:16]):
        raise CreditCodeInvalid
    return code


def check_digit(first_17: str) -> str:
    """The eighteenth character: MOD 31 with weights 3^i (GB 32100)."""
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first_17))
    return _ALPHABET[(31 - total % 31) % 31]


def organisation_digit(first_8: str) -> str:
    """The check character of an organisation code: MOD 11 (GB 11714)."""
    total = sum(
        _CODE_ALPHABET.index(c) * weight for c, weight in zip(first_8, _CODE_WEIGHTS, strict=True)
    )
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def organisation_code(credit_code: str) -> str:
    """The organisation code (组织机构代码): characters 9 to 17."""
    return credit_code[8:17]


def kind_of(credit_code: str) -> Kind:
    """The kind a checked credit code tells."""
    return KINDS[credit_code[:2]]


def sex_of(id_number: str) -> str:
    """The sex an ID number tells by its seventeenth digit."""
    return "male" if int(id_number[16]) % 2 else "female"


def level_held(evidence_level: int, state: str, delegated: bool) -> int:
    """The level somebody acts on for an organisation: none for one that was cancelled."""
    if state != "active":
        return 0
    return min(evidence_level, DELEGATE_LEVEL) if delegated else evidence_level


@dataclass(frozen=True, slots=True)
class Scope:
    """What a delegation covers: items by code, or every item, between two days inclusive."""

    items: tuple[str, ...]
    begins_on: date
    ends_on: date

    def covers(self, item: str, min_level: int, today: date) -> bool:
        """Whether a delegate may file this item today (R-ID-20)."""
        return (
            self.begins_on <= today <= self.ends_on
            and min_level <= DELEGATE_LEVEL
            and (EVERY_ITEM in self.items or item in self.items)
        )


def checked_edge(edges: Mapping[str, frozenset[str]], state: str, to: str) -> None:
    """Raise `NotInThisState` unless the table has this edge."""
    if to not in edges.get(state, frozenset()):
        raise NotInThisState(state=state)


def all_agree(answers: Iterable[bool]) -> bool:
    """Whether every library asked agreed; one that did not is enough to refuse (R-ID-17)."""
    given = list(answers)
    return bool(given) and all(given)
