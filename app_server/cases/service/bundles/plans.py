"""What a bundle is to consist of, and what it would mean before anything is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from app_server.cases.errors import NotOnline
from app_server.cases.rules import graph
from app_server.cases.rules.merging import paper_key
from app_server.items import service as items
from app_server.items.errors import NoSuchItem
from app_server.kernel import clock, working_days


@dataclass(frozen=True, slots=True)
class PartPlan:
    """One item of a bundle, and the parts that must be approved before it starts."""

    code: str
    item_code: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """Something done on the spot (税控设备上门安装), confirmed by the lead or the applicant."""

    code: str
    name: str
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What the applicant holds in the end, how many, and which part gives it (R-PAR-05)."""

    name: str
    quantity: int
    unit: str = "份"
    part: str = ""


@dataclass(frozen=True, slots=True)
class BundlePlan:
    """The whole of it, as a template and the answers to its questions make it."""

    template: str
    template_version: int
    name: str
    region: str
    lead_org: str
    lead_name: str
    mode: graph.JointMode
    on_refusal: graph.OnRefusal
    parts: tuple[PartPlan, ...]
    tasks: tuple[TaskPlan, ...] = ()
    outputs: tuple[Output, ...] = ()
    project_code: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    audience: Literal["person", "company"] = "person"


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part with what its item's guide says."""

    code: str
    item_code: str
    item_name: str
    org: str
    department: str
    after: tuple[str, ...]
    days: int
    unit: str


@dataclass(frozen=True, slots=True)
class PlannedPaper:
    """A paper asked for once, and the parts that need it."""

    key: str
    name: str
    required: bool
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BundlePreview:
    """A bundle before it is opened: steps, papers, days, results, and what a refusal means.

    `faults` are sentences; without any it can be opened.
    """

    name: str
    mode_name: str
    parts: tuple[PlannedPart, ...]
    papers: tuple[PlannedPaper, ...]
    tasks: tuple[TaskPlan, ...]
    outputs: tuple[Output, ...]
    refusal: str
    due_on: date | None
    path: tuple[str, ...]
    provisional: bool
    faults: tuple[str, ...]


async def preview(plan: BundlePlan) -> BundlePreview:
    """What a plan would mean if it were filed today; never raises for the plan."""
    found, faults = await _items(plan)
    parts = tuple(
        PlannedPart(
            part.code,
            part.item_code,
            item.name,
            item.org,
            item.department,
            part.after,
            item.promise_limit.days if item.promise_limit else 0,
            item.promise_limit.unit if item.promise_limit else "workday",
        )
        for part, item in found
    )
    drawn = [graph.Part(p.code, p.item_code, p.after) for p in plan.parts]
    faults += graph.faults(drawn)
    known = {part.code for part in plan.parts}
    faults += [f"“{t.name}”的前置环节不存在" for t in plan.tasks if not set(t.after) <= known]
    due = None
    if not faults:
        due = graph.deadline(planned(parts), await working_days.calendar(), clock.today())
    return BundlePreview(
        name=plan.name,
        mode_name=graph.MODES[plan.mode],
        parts=parts,
        papers=_papers(found),
        tasks=plan.tasks,
        outputs=plan.outputs,
        refusal=graph.REFUSALS[plan.on_refusal],
        due_on=due.due_on if due else None,
        path=due.path if due else (),
        provisional=bool(due and due.provisional),
        faults=tuple(faults),
    )


def planned(parts: Sequence[PlannedPart]) -> list[graph.Part]:
    """Parts as the graph's rules know them."""
    return [graph.Part(p.code, p.item_code, p.after, p.days, p.unit) for p in parts]


async def _items(plan: BundlePlan) -> tuple[list[tuple[PartPlan, items.ItemFacts]], list[str]]:
    found, faults = [], []
    for part in plan.parts:
        try:
            item = await items.published(part.item_code)
        except NoSuchItem:
            faults.append(f"事项“{part.item_code}”没有发布")
            continue
        if not item.form_code:
            faults.append(f"“{item.name}”{NotOnline.title}")
        # Nobody is there to prove an act when a part starts by itself (R-ID-15).
        if item.tier3_acts or item.min_tier == 3:
            faults.append(f"“{item.name}”需要逐次核验，不能并入一件事")
        found.append((part, item))
    return found, faults


def _papers(found: Sequence[tuple[PartPlan, items.ItemFacts]]) -> tuple[PlannedPaper, ...]:
    pool: dict[str, PlannedPaper] = {}
    for _, item in found:
        for material in item.materials:
            key = paper_key(material.model_dump())
            known = pool.get(key)
            pool[key] = PlannedPaper(
                key,
                material.name,
                material.required or bool(known and known.required),
                (*(known.parts if known else ()), item.name),
            )
    return tuple(pool.values())
