"""What a check says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from miniapps.service.checks.reading import App

Level = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: where, and whether it must be mended before submission.

    The message never repeats a secret it is about.
    """

    code: str
    level: Level
    path: str
    line: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A finding before it has its check's name."""

    level: Level
    path: str
    line: int | None
    message: str


Look = Callable[[App], Iterator[Spot]]


def in_manifest(level: Level, field: str, message: str) -> Spot:
    """A spot in `app.json`."""
    return Spot(level, "app.json", None, f"{field}：{message}")
