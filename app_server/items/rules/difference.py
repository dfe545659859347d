"""How two versions of an item differ, and what the newer one saves people (R-ITM-35)."""

from dataclasses import dataclass
from typing import Any

from app_server.items.rules.facts import ItemFacts

COUNTED = ("materials", "steps", "conditions")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Reduction:
    """A count before and after."""

    what: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs, and the counts."""

    changes: list[FieldChange]
    reductions: list[Reduction]
    materials_added: list[str]
    materials_removed: list[str]


def difference(before: ItemFacts, after: ItemFacts) -> Difference:
    """Compare two versions."""
    old, new = (i.model_dump(mode="json", exclude={"version"}) for i in (before, after))
    names = ([m.name for m in i.materials] for i in (before, after))
    had, has = names
    return Difference(
        changes=[FieldChange(n, old[n], new[n]) for n in new if old[n] != new[n]],
        reductions=[
            *(Reduction(n, len(getattr(before, n)), len(getattr(after, n))) for n in COUNTED),
            Reduction("to_site_times", before.to_site_times, after.to_site_times),
            Reduction("promise_days", _days(before), _days(after)),
            Reduction("fee_fen", before.fee_fen, after.fee_fen),
        ],
        materials_added=[name for name in has if name not in had],
        materials_removed=[name for name in had if name not in has],
    )


def _days(item: ItemFacts) -> int:
    return item.promise_limit.days if item.promise_limit else 0
