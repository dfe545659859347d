"""Templates: questions, and the graph that their answers make (R-PAR-01, R-PAR-06).

Conditions are written in the closed language of flows; who evaluates them hands `holds` in, since
rules know no other context.
"""

from collections.abc import Callable, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Code = str
CODE = r"^[a-z][a-z0-9_]{0,39}$"
THEME = r"^[a-z][a-z0-9-]{1,39}$"
BASIC = r"^(34|00)(0[1-9]|10|20)[0-9]{5}([0-9]{3}|[0-9]{2}Y)$"
LONGEST = 200
Holds = Callable[[str, Mapping[str, Any]], bool]


class Part(BaseModel):
    """A frozen part of what a template says."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Part):
    """One of the answers that can be chosen."""

    value: str = Field(min_length=1, max_length=40)
    label: str = Field(min_length=1, max_length=60)


class Question(Part):
    """What is asked before anything is opened; `when` hides it until earlier answers fit."""

    code: str = Field(pattern=CODE)
    text: str = Field(min_length=2, max_length=120)
    kind: Literal["choice", "multi", "number", "text"]
    options: list[Option] = []
    required: bool = True
    hint: str = ""
    when: str = ""
    least: int = 0
    most: int = 1_000_000_000


class PartRule(Part):
    """An item by its basic code (12 signs), what comes before it, and when it is needed."""

    code: str = Field(pattern=CODE)
    basic: str = Field(pattern=BASIC)
    after: list[str] = []
    when: str = ""


class TaskRule(Part):
    """Something done on the spot."""

    code: str = Field(pattern=CODE)
    name: str = Field(min_length=2, max_length=60)
    after: list[str] = []
    when: str = ""


class OutputRule(Part):
    """What the applicant holds in the end, and which part gives it."""

    name: str = Field(min_length=2, max_length=60)
    quantity: int = Field(ge=1, le=999)
    unit: str = "份"
    part: str


class Template(Part):
    """One 一件事; `lead` is the part whose department leads."""

    code: str = Field(pattern=THEME)
    name: str = Field(min_length=2, max_length=60)
    summary: str = Field(min_length=2, max_length=300)
    audience: list[Literal["person", "company"]] = Field(min_length=1)
    mode: Literal["general", "pre", "forwarded"]
    on_refusal: Literal["stop", "go_on"]
    lead: str
    project: bool = False
    questions: list[Question] = Field(default=[], max_length=30)
    parts: list[PartRule] = Field(min_length=1, max_length=40)
    tasks: list[TaskRule] = Field(default=[], max_length=10)
    outputs: list[OutputRule] = Field(default=[], max_length=40)
    basis: list[str] = []
    provenance: str


class Graph(Part):
    """What the answers made of a template: the parts that are needed, in their order."""

    parts: list[PartRule]
    tasks: list[TaskRule]
    outputs: list[OutputRule]


Checker = Callable[[str, Iterable[str]], list[str]]


def faults(template: Template, check: Checker) -> list[dict[str, str]]:
    """Everything wrong with a template as `{field, message}`; empty when it may be published."""
    return [
        {"field": field, "message": message}
        for field, message in [
            *_questions(template, check),
            *_twice("parts", [p.code for p in template.parts]),
            *_twice("parts", [p.basic for p in template.parts]),
            *_twice("tasks", [t.code for t in template.tasks]),
            *_conditions(template, check),
            *_order(template),
            *_ends(template),
        ]
    ]


def _twice(field: str, codes: list[str]) -> list[tuple[str, str]]:
    return [(field, f"“{code}”重复") for code in sorted({c for c in codes if codes.count(c) > 1})]


def _questions(template: Template, check: Checker) -> list[tuple[str, str]]:
    found = _twice("questions", [q.code for q in template.questions])
    earlier: list[str] = []
    for question in template.questions:
        field = f"questions.{question.code}"
        if question.kind in {"choice", "multi"} and not question.options:
            found.append((field, "选择题没有选项"))
        if question.when:
            # A question may depend on what was asked before it, never on itself or on a later one.
            found += [(field, told) for told in check(question.when, earlier)]
        earlier.append(question.code)
    return found


def _conditions(template: Template, check: Checker) -> list[tuple[str, str]]:
    asked = [question.code for question in template.questions]
    return [
        (f"{kind}.{rule.code}", told)
        for kind, rules in (("parts", template.parts), ("tasks", template.tasks))
        for rule in rules
        if rule.when
        for told in check(rule.when, asked)
    ]


def _order(template: Template) -> list[tuple[str, str]]:
    known = {part.code for part in template.parts}
    found = [
        (f"{kind}.{rule.code}", f"前置环节“{code}”不存在")
        for kind, rules in (("parts", template.parts), ("tasks", template.tasks))
        for rule in rules
        for code in rule.after
        if code not in known
    ]
    try:
        TopologicalSorter({part.code: part.after for part in template.parts}).prepare()
    except CycleError as error:
        found.append(("parts", f"环节互为前置：{'、'.join(error.args[1])}"))
    return found


def _ends(template: Template) -> list[tuple[str, str]]:
    parts = {part.code: part for part in template.parts}
    found = [
        ("outputs", f"“{output.name}”的环节不存在")
        for output in template.outputs
        if output.part not in parts
    ]
    lead = parts.get(template.lead)
    # Every bundle needs somebody who leads it, whatever is answered.
    if lead is None or lead.when:
        found.append(("lead", "牵头环节不存在，或只在部分情形下办理"))
    return found


def answer_faults(
    template: Template, answers: Mapping[str, Any], holds: Holds
) -> list[dict[str, str]]:
    """What is wrong with the answers, per question."""
    asked = {question.code: question for question in shown(template, answers, holds)}
    found = [(code, "没有这个问题") for code in sorted(set(answers) - set(asked))]
    found += [(code, _fault(question, answers.get(code))) for code, question in asked.items()]
    return [{"field": f"answers.{code}", "message": told} for code, told in found if told]


def shown(template: Template, answers: Mapping[str, Any], holds: Holds) -> list[Question]:
    """The questions that are asked, given the answers."""
    return [q for q in template.questions if not q.when or holds(q.when, answers)]


def _fault(question: Question, answer: Any) -> str:
    if answer is None or answer in ("", []):
        return "请回答" if question.required else ""
    values = {option.value for option in question.options}
    match question.kind:
        case "choice":
            fits = isinstance(answer, str) and answer in values
            told = "请从选项中选择"
        case "multi":
            fits = (
                isinstance(answer, list)
                and all(isinstance(one, str) for one in answer)
                and len(set(answer)) == len(answer)
                and set(answer) <= values
            )
            told = "请从选项中选择"
        case "number":
            number = isinstance(answer, int) and not isinstance(answer, bool)
            fits = number and question.least <= answer <= question.most
            told = f"请填写 {question.least} 至 {question.most} 之间的整数"
        case _:
            fits = isinstance(answer, str) and len(answer.strip()) <= LONGEST
            told = f"请填写不超过 {LONGEST} 个字的文字"
    return "" if fits else told


def graph_of(template: Template, answers: Mapping[str, Any], holds: Holds) -> Graph:
    """The parts that the answers ask for; what waited for a part left out waits for its past."""
    known = {part.code: part for part in template.parts}
    wanted = {p.code for p in template.parts if not p.when or holds(p.when, answers)}

    def before(codes: Iterable[str]) -> list[str]:
        found: list[str] = []
        for code in codes:
            found += [code] if code in wanted else before(known[code].after)
        return list(dict.fromkeys(found))

    parts = [
        part.model_copy(update={"after": before(part.after)})
        for part in template.parts
        if part.code in wanted
    ]
    tasks = [
        task.model_copy(update={"after": before(task.after)})
        for task in template.tasks
        if not task.when or holds(task.when, answers)
    ]
    return Graph(
        parts=parts,
        tasks=tasks,
        outputs=[output for output in template.outputs if output.part in wanted],
    )
