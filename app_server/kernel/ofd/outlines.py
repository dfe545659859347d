"""Path data of OFD as lines of points (GB/T 33190-2016, 9.1, AbbreviatedData)."""

from collections.abc import Iterator
from itertools import pairwise

from app_server.kernel.ofd.errors import BadPackage
from app_server.kernel.ofd.markup import floats

# How many numbers follow each sign.
OPERANDS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
STEPS = 12
MAX_POINTS = 200_000
Point = tuple[float, float]
Line = tuple[list[Point], bool]


def outline(data: str, part: str) -> list[Line]:
    """Each subpath as points and whether it is closed; curves become short lines.

    An arc becomes the line to its end. Raises `BadPackage` (`structure`, `too_large`).
    """
    lines: list[Line] = []
    points: list[Point] = []
    count = 0
    for sign, values in _steps(data, part):
        if sign in {"M", "S"}:
            lines += [(points, False)] if len(points) > 1 else []
            points = [(values[0], values[1])]
        elif sign == "C":
            lines += [(points, True)] if len(points) > 1 else []
            points = points[:1]
        elif points:
            points += (
                _curve([points[-1], *_pairs(values)])
                if sign in {"Q", "B"}
                else [(values[-2], values[-1])]
            )
        else:
            raise BadPackage("structure", part)
        count += STEPS
        if count > MAX_POINTS:
            raise BadPackage("too_large", part)
    return [*lines, (points, False)] if len(points) > 1 else lines


def _steps(data: str, part: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    tokens, position = data.split(), 0
    while position < len(tokens):
        sign = tokens[position]
        if sign not in OPERANDS:
            raise BadPackage("structure", part)
        after = position + 1 + OPERANDS[sign]
        yield sign, floats(" ".join(tokens[position + 1 : after]), OPERANDS[sign], part)
        position = after


def _pairs(values: tuple[float, ...]) -> list[Point]:
    return list(zip(values[::2], values[1::2], strict=True))


def _curve(controls: list[Point]) -> list[Point]:
    """Points of a Bézier curve by repeated halfway marks (de Casteljau), without the first."""
    found: list[Point] = []
    for step in range(1, STEPS + 1):
        share, level = step / STEPS, controls
        while len(level) > 1:
            level = [
                (x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
                for (x1, y1), (x2, y2) in pairwise(level)
            ]
        found.append(level[0])
    return found
