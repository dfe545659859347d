"""What pages report of themselves, with whatever could be about a person taken out."""

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

KEEP_TRACES = timedelta(days=14)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "error": "脚本错误",
        "blocked": "被安全策略拦下",
        "view": "页面访问",
        "vital": "打开速度",
        "event": "操作",
    }
)
# Which switch of the manifest lets a kind be reported.
SWITCH: Mapping[str, str] = MappingProxyType(
    {
        "error": "errors",
        "blocked": "errors",
        "view": "page_views",
        "vital": "vitals",
        "event": "page_views",
    }
)
MOST_FIELDS = 12
MOST_LETTERS = 200
# Phone and ID numbers, and anything else of that length; an address may name a mail box.
_NUMBERS = re.compile(r"[0-9][0-9 -]{4,}[0-9xX]")
_MAIL = re.compile(r"[^\s@/]+@[^\s@/]+")


def plain(text: str) -> str:
    """A text without long numbers and mail addresses, short enough to keep."""
    return _MAIL.sub("…", _NUMBERS.sub("…", text))[:MOST_LETTERS]


def page_of(path: str) -> str:
    """A page without what was asked of it: queries often name people."""
    bare, mark, route = path.partition("#")
    kept = bare.partition("?")[0] + mark + route.partition("?")[0]
    return plain(re.sub(r"^[a-z]+://[^/]*", "", kept))


def fields_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The plain fields of a report: numbers, switches and short texts."""
    found: dict[str, Any] = {}
    for name, value in list(data.items())[:MOST_FIELDS]:
        if isinstance(value, bool | float) or value is None:
            found[plain(name)] = value
        elif isinstance(value, int):
            # A number that could be somebody's is no measurement.
            found[plain(name)] = value if abs(value) < 10_000_000 else "…"
        elif isinstance(value, str):
            found[plain(name)] = plain(value)
    return found
