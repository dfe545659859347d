"""The identifier of a licence (GB/T 36904): root.type.issuer.serial.version.check (R-LIC-04)."""

import re
from dataclasses import dataclass

ROOT = "1.2.156.3005.2"
MAX_VERSION = 999
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VERSION = re.compile(r"[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Parts:
    """What an identifier says."""

    type_code: str
    issuer: str
    serial: str
    version: int


def check_character(parts: str) -> str:
    """ISO 7064 MOD 37,36 over the joined parts (GB/T 36904 §5)."""
    product = 36
    for char in parts:
        total = (product + _ALPHABET.index(char)) % 36 or 36
        product = total * 2 % 37
    return _ALPHABET[(37 - product) % 36]


def identifier(type_code: str, issuer: str, serial: str, version: int = 1) -> str:
    """The full identifier of one version; raises `ValueError` beyond version 999."""
    if not 1 <= version <= MAX_VERSION:
        raise ValueError("the version of an identifier has three digits")
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
        and all(parts)
        and all(char in _ALPHABET for char in body)
        and _VERSION.fullmatch(parts[3]) is not None
        and parts[-1] == check_character(body)
    )


def parts_of(text: str) -> Parts:
    """The parts of an identifier that holds; raises `ValueError` for one that does not."""
    if not holds(text):
        raise ValueError("not an identifier of a licence")
    type_code, issuer, serial, version, _ = text[len(ROOT) + 1 :].split(".")
    return Parts(type_code, issuer, serial, int(version))
