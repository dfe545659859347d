"""Whether a flow may be published: its shape, its words, its ends, and the law of its caller.

After shape and words the token game is played through: no deadlock, no element nobody reaches, no
two tokens on one line, no loop without a person in it; and where the caller's own state table is
given, no deed that is not legal where the flow does it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from app_server.workflow.rules.diagrams import (
    WORK,
    Diagram,
    Element,
    diagram,
)
from app_server.workflow.rules.expressions import check_expression, evaluate
from app_server.workflow.rules.xml import Finding, finding

MAX_ELEMENTS = 200
MAX_BOARDS = 20_000


@dataclass(frozen=True, slots=True)
class Terms:
    """What a caller lets its flows speak of.

    `actions` are what the platform may do by itself, `deeds` what people do; `facts` and `roles`
    are names, too. `moves` is the caller's state table (state → deed or action → state) and
    `begin` the state in which its flows start; without them any order is fine.
    """

    actions: AbstractSet[str]
    deeds: AbstractSet[str]
    facts: AbstractSet[str]
    roles: AbstractSet[str]
    moves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    begin: str = ""


def check(text: str, terms: Terms) -> tuple[Diagram, list[Finding]]:
    """A flow and everything that keeps it from being published; raises `FlowUnfit` as `diagram`."""
    drawn = diagram(text)
    found = [*drawn.findings, *_shape(drawn), *_words(drawn, terms)]
    if not found:
        found = [*_endless(drawn), *_played(drawn, terms)]
    return drawn, found


def _shape(drawn: Diagram) -> Iterator[Finding]:
    if len(drawn.elements) > MAX_ELEMENTS:
        yield finding("", "too_large", f"一个流程最多 {MAX_ELEMENTS} 个元素")
    starts = [e for e in drawn.elements.values() if e.kind == "start"]
    if len(starts) != 1:
        yield finding("", "one_start", "流程必须有且只有一个开始")
    for line in drawn.lines.values():
        if line.source not in drawn.elements or line.target not in drawn.elements:
            yield finding(line.id, "loose_line", "连线的一端没有连到元素")
    for element in drawn.elements.values():
        into, out = len(drawn.into(element.id)), len(drawn.out_of(element.id))
        gateway = element.kind in {"exclusive", "parallel"}
        if (into == 0) != (element.kind == "start") or (out == 0) != (element.kind == "end"):
            yield finding(element.id, "loose_element", "元素没有连入或连出")
        elif out > 1 and not gateway:
            yield finding(element.id, "fork_needs_gateway", "分支必须使用网关")
        elif into > 1 and not gateway and element.kind != "end":
            yield finding(element.id, "join_needs_gateway", "汇合必须使用网关")


def _words(drawn: Diagram, terms: Terms) -> Iterator[Finding]:
    names = {*terms.facts, *(f"tasks.{key}." for key in drawn.elements)}
    for element in drawn.elements.values():
        if element.kind in WORK and not element.name:
            yield finding(element.id, "name", "请填写名称")
        if element.kind == "action" and element.action not in terms.actions:
            yield finding(element.id, "action", f"没有名为“{element.action}”的动作")
        if element.kind == "table" and not element.table:
            yield finding(element.id, "table", "请选择决策表")
        if element.kind == "person" and element.role not in terms.roles:
            yield finding(element.id, "role", f"没有名为“{element.role}”的角色")
        if unknown := [deed for deed in element.deeds if deed not in terms.deeds]:
            yield finding(element.id, "action", f"没有名为“{'、'.join(unknown)}”的动作")
        yield from _conditions(drawn, element, names)


def _conditions(drawn: Diagram, element: Element, names: set[str]) -> Iterator[Finding]:
    lines = drawn.out_of(element.id)
    choosing = element.kind == "exclusive" and len(lines) > 1
    if choosing and element.default not in {line.id for line in lines}:
        yield finding(element.id, "default", "请指定默认分支：条件无法判断时走这里，由人处理")
    for line in lines:
        wanted = choosing and line.id != element.default
        if bool(line.condition) != wanted:
            said = "请填写分支条件" if wanted else "这条连线不应有条件"
            yield finding(line.id, "condition", said)
        elif wanted:
            for message in check_expression(line.condition, names):
                yield finding(line.id, "condition", message)


def _endless(drawn: Diagram) -> Iterator[Finding]:
    """A loop that no person stands in would run by itself for ever."""
    after: dict[str, list[str]] = defaultdict(list)
    for line in drawn.lines.values():
        if drawn.elements[line.target].kind != "person":
            after[line.source].append(line.target)
    done: set[str] = set()
    for start in drawn.elements:
        on_way: list[tuple[str, Iterator[str]]] = [(start, iter(after[start]))]
        path = {start}
        while on_way:
            here, rest = on_way[-1]
            following = next(rest, None)
            if following is None:
                done.add(here)
                path.discard(here)
                on_way.pop()
            elif following in path:
                yield finding(following, "endless", "循环中至少要有一个由人办理的环节")
                return
            elif following not in done:
                path.add(following)
                on_way.append((following, iter(after[following])))


Marking = frozenset[str]


@dataclass(frozen=True, slots=True)
class Board:
    """A moment of the game: where tokens lie, the caller's state, and what was done where."""

    tokens: Marking
    state: str
    deeds: tuple[tuple[str, str], ...] = ()


def _played(drawn: Diagram, terms: Terms) -> Iterator[Finding]:
    """Play every way the flow can go."""
    start = next(e.id for e in drawn.elements.values() if e.kind == "start")
    first = Board(frozenset(line.id for line in drawn.out_of(start)), terms.begin)
    before: dict[Board, set[Board]] = {first: set()}
    waiting, touched = [first], {start}
    while waiting:
        here = waiting.pop()
        steps = list(_steps(drawn, terms, here))
        if here.tokens and not steps:
            yield finding(_somewhere(drawn, here), "deadlock", "流程会停在这里，无法继续")
            return
        for step in steps:
            if isinstance(step, dict):
                yield step
                return
            element, following = step
            touched.add(element)
            if following not in before:
                before[following] = set()
                waiting.append(following)
            before[following].add(here)
        if len(before) > MAX_BOARDS:
            yield finding("", "too_large", "流程的组合过多，请拆成几个流程")
            return
    yield from _unreached(drawn, before, touched)


def _unreached(
    drawn: Diagram, before: Mapping[Board, AbstractSet[Board]], touched: set[str]
) -> Iterator[Finding]:
    for element in drawn.elements:
        if element not in touched:
            yield finding(element, "unreached", "没有任何走法能到达这里")
    ending = [board for board in before if not board.tokens]
    seen = set(ending)
    while ending:
        for earlier in before[ending.pop()]:
            if earlier not in seen:
                seen.add(earlier)
                ending.append(earlier)
    if lost := [board for board in before if board not in seen]:
        yield finding(_somewhere(drawn, lost[0]), "no_end", "从这里走不到结束")


def _somewhere(drawn: Diagram, here: Board) -> str:
    return next(drawn.lines[line].target for line in sorted(here.tokens))


Step = tuple[str, Board] | Finding


def _steps(drawn: Diagram, terms: Terms, here: Board) -> Iterator[Step]:
    """What may happen next: the element that moves with the board after it, or what is wrong."""
    targets = {drawn.lines[line].target for line in here.tokens}
    for element in (drawn.elements[key] for key in sorted(targets)):
        into = [line.id for line in drawn.into(element.id)]
        if element.kind == "parallel":
            if all(line in here.tokens for line in into):
                yield _moved(drawn, element, here, into)
            continue
        for line in into:
            if line not in here.tokens:
                continue
            if element.kind == "exclusive":
                for chosen in _choices(drawn, element, here):
                    yield _moved(drawn, element, here, [line], [chosen])
            else:
                for after in _done(element, terms, here):
                    if isinstance(after, dict):
                        yield after
                    else:
                        yield _moved(drawn, element, after, [line])


def _choices(drawn: Diagram, element: Element, here: Board) -> Iterator[str]:
    """The lines a gateway may take, given what was done before it."""
    facts = {"tasks": {key: {"deed": deed} for key, deed in here.deeds}}
    lines = drawn.out_of(element.id)
    if len(lines) == 1:
        yield lines[0].id
        return
    for line in lines:
        if line.id == element.default:
            continue
        held = evaluate(line.condition, facts)
        if held is not False:
            yield line.id
        if held is True:
            return
    yield element.default


def _done(element: Element, terms: Terms, here: Board) -> Iterator[Board | Finding]:
    """The boards after a piece of work: one for each deed that the caller's law allows here."""
    deeds = element.deeds if element.kind == "person" else (element.action,)
    if element.kind not in {"person", "action"} or not any(deeds):
        yield here
        return
    if not terms.begin:
        for deed in deeds:
            yield Board(here.tokens, "", _with(here.deeds, element.id, deed))
        return
    legal = terms.moves.get(here.state, {})
    possible = [deed for deed in deeds if deed in legal]
    if not possible:
        said = f"办件处于“{here.state}”时不能进行：{'、'.join(deeds)}"
        yield finding(element.id, "illegal_move", said)
    for deed in possible:
        yield Board(here.tokens, legal[deed], _with(here.deeds, element.id, deed))


def _with(
    deeds: tuple[tuple[str, str], ...], element: str, deed: str
) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({**dict(deeds), element: deed}.items()))


def _moved(
    drawn: Diagram, element: Element, here: Board, taken: list[str], put: list[str] | None = None
) -> Step:
    put = [line.id for line in drawn.out_of(element.id)] if put is None else put
    left = here.tokens.difference(taken)
    if left.intersection(put):
        said = "同一条连线上会同时有两个令牌，请检查分支与汇合"
        return finding(element.id, "doubled", said)
    return element.id, Board(left.union(put), here.state, here.deeds)
