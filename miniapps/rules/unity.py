"""What the province keeps the same in every app, and what stays each place's own (R-POR-16, 18)."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

_DATA = Path(__file__).parents[1] / "data"


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_DATA / name).read_text())
    return found


_COLUMNS = _read("columns.json")
REQUIRED_COLUMNS: Mapping[str, str] = MappingProxyType(_COLUMNS["required"])
LOCAL_COLUMN: str = _COLUMNS["local"]
MOST_LOCAL: int = _COLUMNS["most_local"]
CATEGORIES: Mapping[str, str] = MappingProxyType(_read("categories.json")["categories"])
# The category of an app that is a whole city's mobile portal.
PORTAL = "portal"

# What apps of this host are written for: the manifest, the bridge and its guest SDK together.
HOST_VERSION = (1, 0)
VERSION = r"^[0-9]{1,3}\.[0-9]{1,3}$"

WHITE = "#ffffff"
# Words on a coloured button, and anything that only has to be seen (WCAG 2.2, 1.4.3 and 1.4.11).
TEXT_CONTRAST, SHAPE_CONTRAST = 4.5, 3.0


def namespace_fault(level: str) -> str:
    """Why no app may be at home in a division of this level, or an empty text (R-POR-18)."""
    return (
        ""
        if level in {"province", "city"}
        else "县（市、区）的应用在所属市名下发布，请使用市的代码"
    )


def version_fault(version: str) -> str:
    """Why an app written for this version cannot run on this host, or an empty text."""
    major, minor = (int(part) for part in version.split("."))
    if major == HOST_VERSION[0] and minor <= HOST_VERSION[1]:
        return ""
    return f"平台不支持 {version}，当前为 {HOST_VERSION[0]}.{HOST_VERSION[1]}"


def column_faults(columns: list[tuple[str, str]]) -> list[str]:
    """What is wrong with the columns (key and title) of a city's portal (R-POR-16)."""
    keys = [key for key, _ in columns]
    found = [
        f"缺少全省统一栏目“{title}”（{key}）"
        for key, title in REQUIRED_COLUMNS.items()
        if key not in keys
    ]
    for key, title in columns:
        if key == LOCAL_COLUMN:
            continue
        if key not in REQUIRED_COLUMNS:
            found.append(f"没有栏目 {key}；地方特色栏目请用 {LOCAL_COLUMN}")
        elif title != REQUIRED_COLUMNS[key]:
            found.append(f"栏目 {key} 全省统一名称为“{REQUIRED_COLUMNS[key]}”")
    if any(keys.count(key) > 1 for key in REQUIRED_COLUMNS):
        found.append("栏目重复")
    if keys.count(LOCAL_COLUMN) > MOST_LOCAL:
        found.append(f"地方特色栏目最多 {MOST_LOCAL} 个")
    return found


def theme_fault(colour: str, least: float) -> str:
    """Why a colour of a place's own cannot stand beside white, or an empty text."""
    ratio = contrast(colour, WHITE)
    return "" if ratio >= least else f"与白色的对比度为 {ratio:.2f}，不能低于 {least}"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours (WCAG 2.2)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(part, 16) / 255 for part in re.findall("..", colour[1:])]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
