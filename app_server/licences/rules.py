"""The identifier, the states, and how long a shown code lives."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

ROOT = "1.2.156.3005.2"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHOW_LIFE = timedelta(seconds=60)

STATE_NAMES = MappingProxyType(
    {
        "making": "制证中",
        "valid": "有效",
        "suspended": "暂停",
        "revoked": "已撤销",
        "expired": "已过期",
    }
)
EDGES = MappingProxyType(
    {
        "making": frozenset({"valid", "revoked"}),
        "valid": frozenset({"suspended", "revoked", "expired"}),
        "suspended": frozenset({"valid", "revoked"}),
        "revoked": frozenset(),
        "expired": frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class LicenceType:
    """A kind of licence: its code is the defining body's USCC and three digits (GB/T 36904)."""

    code: str
    name: str
    holder: str
    one_per_holder: bool


# 演示证照类型: the defining body's code is fictional and check-valid.
TYPES = MappingProxyType(
    {
        t.code: t
        for t in (
            LicenceType("11340000MB0000000M001", "公共租赁住房保障资格证", "person", True),
            LicenceType("11340000MB0000000M002", "居住证", "person", True),
        )
    }
)


def check_character(parts: str) -> str:
    """ISO 7064 MOD 37,36 over the joined parts (GB/T 36904 §5)."""
    product = 36
    for char in parts:
        total = (product + _ALPHABET.index(char)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def identifier(type_code: str, issuer: str, serial: str, version: int = 1) -> str:
    """The full identifier: root.type.issuer.serial.version.check."""
    number = f"{version:03d}"
    check = check_character(f"{type_code}{issuer}{serial}{number}")
    return f"{ROOT}.{type_code}.{issuer}.{serial}.{number}.{check}"


def holds(text: str) -> bool:
    """Whether an identifier is well-formed and its check character right."""
    if not text.startswith(ROOT + "."):
        return False
    parts = text[len(ROOT) + 1 :].split(".")
    body = "".join(parts[:-1])
    return (
        len(parts) == 5
        and bool(body)
        and all(char in _ALPHABET for char in body)
        and parts[-1] == check_character(body)
    )
