"""SpiffWorkflow behind two functions: the spec of a drawing, and where a history has led.

An instance's state is never stored: it is what its history makes of the flow, walked again each
time. So nothing of the library's inner form lies in the database, a newer library reads old
instances, and replaying old histories against a new drawing is the same function. Facts are one
set for the whole instance, not a copy for each branch.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser, TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.defaults import UserTask
from SpiffWorkflow.util.task import TaskState

from app_server.workflow.errors import ExpressionUnfit, FlowUnfit, WorkNotOpen
from app_server.workflow.rules.diagrams import Diagram, diagram
from app_server.workflow.rules.expressions import evaluate
from app_server.workflow.rules.xml import finding, read

# A flow of two hundred elements in which people send each other back and forth.
MAX_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Done:
    """One entry of a history: an element, and what came of it."""

    element: str
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Position:
    """Where an instance stands: its open elements with how often each was done before."""

    open: tuple[tuple[str, int], ...]
    facts: Mapping[str, Any]

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        return not self.open


class _Parser(BpmnParser):  # type: ignore[misc] # the library has no types
    """Actions and decision tables wait for us just as people's tasks wait for people."""

    OVERRIDE_PARSER_CLASSES = MappingProxyType(
        {
            full_tag("serviceTask"): (TaskParser, UserTask),
            full_tag("businessRuleTask"): (TaskParser, UserTask),
        }
    )


class _Conditions:
    """What the library asks for the value of a condition; it executes nothing.

    Once a condition of a gateway is unknown, no later one of the same gateway counts: its default
    is taken, where a person decides.
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.environment = self
        self._doubtful: set[Any] = set()

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> bool:
        """Whether a condition holds."""
        del external_context
        if getattr(task, "id", None) in self._doubtful:
            return False
        value = evaluate(expression, self.facts)
        if not isinstance(value, bool):
            self._doubtful.add(task.id)
        return value is True

    def execute(self, *_: Any, **__: Any) -> None:
        """Refuse: no flow of ours has anything to execute."""
        raise ExpressionUnfit("流程中不能有脚本")

    call_service = validate = execute


@lru_cache(maxsize=128)
def drawn(text: str) -> Diagram:
    """The diagram of a published flow, read once a process."""
    return diagram(text)


@lru_cache(maxsize=128)
def _spec(text: str) -> Any:
    drawing = drawn(text)
    parser = _Parser()
    try:
        # Our own reading of the XML: the library's would follow entities.
        parser.add_bpmn_xml(etree.ElementTree(read(text)))
        return parser.get_spec(drawing.process_id)
    except Exception as error:
        # Whatever the library dislikes is the drawing's fault, and no reason to fall over.
        found = finding("", "engine", f"流程引擎无法读取：{type(error).__name__}")
        raise FlowUnfit(errors=[found]) from error


def loads(text: str) -> None:
    """Raise `FlowUnfit` where the engine cannot read what our own check let pass."""
    _spec(text)


def walk(text: str, facts: Mapping[str, Any], history: Sequence[Done]) -> Position:
    """Where a history leads; raises `WorkNotOpen` when it takes a step the flow has not."""
    held: dict[str, Any] = {**facts, "tasks": {}}
    conditions = _Conditions(held)
    workflow = BpmnWorkflow(_spec(text), script_engine=conditions)
    _settle(workflow)
    for step in history:
        task = next((t for t in _ready(workflow) if t.task_spec.bpmn_id == step.element), None)
        if task is None:
            raise WorkNotOpen
        held["tasks"][step.element] = dict(step.outcome)
        task.run()
        _settle(workflow)
    done = Counter(step.element for step in history)
    opened = sorted(t.task_spec.bpmn_id for t in _ready(workflow))
    return Position(tuple((element, done[element]) for element in opened), held)


def _ready(workflow: Any) -> list[Any]:
    return list(workflow.get_tasks(state=TaskState.READY, manual=True))


def _settle(workflow: Any) -> None:
    """Let gateways and events run until only work is left."""
    for _ in range(MAX_STEPS):
        task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=False)), None)
        if task is None:
            return
        task.run()
    raise FlowUnfit(errors=[finding("", "endless", "流程自动运行的步数过多")])
