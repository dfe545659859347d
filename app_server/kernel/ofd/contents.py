"""What stands on a page, flattened into the order in which it is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.markup import NAMESPACE, Element, child, children, floats, local

DRAWN = frozenset({"TextObject", "PathObject", "ImageObject"})
HOLDERS = frozenset({"Layer", "PageBlock"})
# How layers and blocks stand in the trail; a unit's id is a number and never this.
HOLDER = "holder"
# Layers, blocks and units within each other; real papers stay below ten.
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Drawn:
    """A text, path or image object, and where the unit it stands in begins, mm."""

    element: Element
    x: float
    y: float


def draw_order(
    content: Element, units: Mapping[str, Element], part: str, budget: Iterator[int]
) -> Iterator[Drawn]:
    """All that is drawn by a page's content, composite units included, below first.

    Every element looked at takes one from the `budget`. Raises `BadPackage`: `cycle` when a unit
    holds itself, `missing` when there is no such unit, `too_large` when the budget is spent.
    """
    yield from _walk(content, Drawn(content, 0, 0), units, part, (), budget)


def _walk(
    holder: Element,
    origin: Drawn,
    units: Mapping[str, Element],
    part: str,
    trail: tuple[str, ...],
    budget: Iterator[int],
) -> Iterator[Drawn]:
    if len(trail) > MAX_DEPTH:
        raise BadPackage("too_large", part)
    for element in holder:
        spend(budget, part)
        kind = local(element)
        if kind in DRAWN:
            yield Drawn(element, origin.x, origin.y)
        elif kind in HOLDERS:
            yield from _walk(element, origin, units, part, (*trail, HOLDER), budget)
        elif kind == "CompositeObject":
            number = element.get("ResourceID", "")
            inner = _unit(number, units, part, trail)
            x, y, _, _ = floats(element.get("Boundary", ""), 4, part)
            place = Drawn(element, origin.x + x, origin.y + y)
            yield from _walk(inner, place, units, part, (*trail, number), budget)


def spend(budget: Iterator[int], part: str) -> None:
    """Take one from the budget: units within units multiply what a small file makes us do."""
    if next(budget, None) is None:
        raise BadPackage("too_large", part)


def _unit(number: str, units: Mapping[str, Element], part: str, trail: tuple[str, ...]) -> Element:
    if number in trail:
        raise BadPackage("cycle", part)
    if number not in units:
        raise BadPackage("missing", part, "页面引用的复合图元不存在")
    content = child(units[number], "Content")
    if content is None:
        raise BadPackage("structure", part)
    return content


def written(element: Element) -> str:
    """The words of a text object; codes on another baseline begin a new line."""
    if element.tag != f"{{{NAMESPACE}}}TextObject":
        return ""
    text, baseline = "", None
    for code in children(element, "TextCode"):
        here = code.get("Y", baseline)
        text += ("\n" if baseline is not None and here != baseline else "") + (code.text or "")
        baseline = here
    return text
