"""Money in text, and numbers people read (payments-channels.md §6.1)."""

import re

_YUAN = re.compile(r"[0-9]{1,11}(\.[0-9]{1,2})?", re.ASCII)


def fen_from_yuan(text: str) -> int:
    """`12.5` → 1250; raises `ValueError` for anything but plain ASCII yuan with two decimals."""
    if not _YUAN.fullmatch(text):
        raise ValueError("not an amount in yuan")
    yuan, _, cents = text.partition(".")
    return int(yuan) * 100 + int(cents.ljust(2, "0"))


def yuan_from_fen(fen: int) -> str:
    """1250 → `12.50`."""
    sign, fen = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{fen // 100}.{fen % 100:02d}"


def pay_code(region: str, year: int, turn: int) -> str:
    """A 20-digit pay code (缴款识别码): region, year, running number, check digit (mod 10)."""
    body = f"{region[:6]}{year:04d}{turn:09d}"
    return body + _check_digit(body)


def is_pay_code(text: str) -> bool:
    """Whether the text is twenty digits of which the last one checks."""
    plain = len(text) == 20 and text.isascii() and text.isdigit()
    return plain and _check_digit(text[:-1]) == text[-1]


def _check_digit(body: str) -> str:
    digits = [int(d) for d in body]
    total = sum(d if i % 2 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits))
    return str(-total % 10)
