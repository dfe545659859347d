"""What a validator of guides is: a code, a field, a sentence, and when it speaks up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from app_server.items.rules.catalogue import CatalogueFacts
from app_server.items.rules.facts import ItemFacts

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule."""

    code: str
    severity: Severity
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class KnownMaterial:
    """What the material library says of a material."""

    code: str
    name: str
    licence_type: str = ""
    data_service: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules must know beside the item itself; empty where nothing is known."""

    catalogue: CatalogueFacts | None = None
    library: Mapping[str, KnownMaterial] = field(default_factory=dict)
    intermediaries: frozenset[str] = frozenset()
    negative: bool = False
    circles: tuple[str, ...] = ()
    form_missing: bool = False
    flow_missing: bool = False
    bad_rules: tuple[str, ...] = ()
    unlisted_fees: tuple[str, ...] = ()


NOTHING_KNOWN = Surroundings()
Broken = Callable[[ItemFacts, Surroundings], bool | Iterable[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A named validator; `broken` answers yes, or names what is wrong."""

    code: str
    field: str
    sentence: str
    broken: Broken
    severity: Severity = "error"

    def find(self, item: ItemFacts, around: Surroundings) -> Finding | None:
        """What this rule finds."""
        found = self.broken(item, around)
        if found is True:
            return Finding(self.code, self.severity, self.field, self.sentence)
        if found is False or not (named := list(found)):
            return None
        return Finding(self.code, self.severity, self.field, f"{self.sentence}：{'、'.join(named)}")
