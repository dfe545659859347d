"""一次性告知: everything that is missing is told at once (R-CAS-07, R-CAS-08, R-ITM-13)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Kind = Literal["field", "material", "condition"]
Ground = Literal["incomplete", "form"]
GROUND_NAMES = {"incomplete": "材料不齐全", "form": "不符合法定形式"}


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing to be put right: what, on which ground, why, and how."""

    kind: Kind
    code: str
    ground: Ground
    explanation: str
    how: str = ""

    @property
    def key(self) -> str:
        """What is meant, as marks name it."""
        return f"{self.kind}:{self.code}"

    def told(self) -> dict[str, str]:
        """As the notice holds it."""
        return asdict(self)


def unknown(
    defects: Iterable[Defect],
    fields: Iterable[str],
    materials: Iterable[str],
    conditions: Iterable[str],
) -> list[str]:
    """The keys of those that the pinned version of the item does not ask for at all."""
    known = {
        "field": set(fields),
        "material": set(materials),
        "condition": set(conditions),
    }
    return sorted({d.key for d in defects if d.code not in known[d.kind]})


def late(
    defects: Iterable[Defect],
    earlier: Sequence[Mapping[str, Any]],
    marks: Mapping[str, str],
) -> list[str]:
    """The keys of defects that could be seen when the first notice was made, and were not told.

    `earlier` are the notices before, each with its `items` and the `marks` (keyed digests of
    every field and material) of that moment; `marks` are those of now. What was named before may
    be named again (uncorrected), and so may what has changed since (newly introduced).
    """
    if not earlier:
        return []
    named = {f"{item['kind']}:{item['code']}" for n in earlier for item in n["items"]}
    first = earlier[0]["marks"]
    return sorted(
        {
            d.key
            for d in defects
            if d.key not in named and first.get(d.key, "") == marks.get(d.key, "")
        }
    )
