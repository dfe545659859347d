"""Circular proof (循环证明): A asks B for a proof, and B asks A for one (R-CAS-28)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet


def circles_through(
    asks: str, issuers: Iterable[str], graph: Mapping[str, AbstractSet[str]]
) -> tuple[str, ...]:
    """The circles an asking department closes, each as `甲→乙→甲`, by who asks whom in `graph`."""
    others = sorted({*issuers} - {"", asks})
    paths = [_path(issuer, asks, graph) for issuer in others]
    return tuple("→".join([asks, *path]) for path in paths if path)


def circles(graph: Mapping[str, AbstractSet[str]]) -> list[tuple[str, ...]]:
    """Every shortest circle of the graph, once, beginning with its first name."""
    found = set()
    for start in sorted(graph):
        for following in sorted(graph[start] - {start}):
            path = _path(following, start, graph)
            if path:
                ring = [start, *path[:-1]]
                turn = ring.index(min(ring))
                found.add((*ring[turn:], *ring[:turn]))
    return sorted(found)


def _path(start: str, goal: str, graph: Mapping[str, AbstractSet[str]]) -> list[str]:
    """The shortest way from one to another, both named; empty when there is none."""
    came: dict[str, str] = {start: ""}
    waiting = [start]
    for at in waiting:
        if at == goal:
            way = [at]
            while came[way[-1]]:
                way.append(came[way[-1]])
            return way[::-1]
        for following in sorted(graph.get(at, ())):
            if following not in came:
                came[following] = at
                waiting.append(following)
    return []
