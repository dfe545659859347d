"""智慧审批: a machine accepts and approves only where every point answers yes (R-CAS-22, 23).

No, and "nobody knows", both go to a person; a machine refuses nothing. What it saw is kept as a
trace: each point's rule and its answer, never the values themselves.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from app_server.cases.models import Case
from app_server.cases.rules import MOVES, originals
from app_server.cases.service.intake import accept_case
from app_server.cases.service.review import PointMark, approve_case
from app_server.cases.service.steps import SYSTEM, note_step
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import clock, db
from app_server.kernel.errors import Problem
from app_server.kernel.principal import Principal
from app_server.workflow import service as workflow

Evaluate = Callable[[str, Mapping[str, Any]], Any]


def facts_of_case(case: Case) -> dict[str, Any]:
    """What rules may ask: form answers, where they come from, and how each material stands.

    `form.<field>`, `source.<field>` (the authority's name), `material.<code>.present`, and
    `.checked` where the picture was looked at. What is not there is unknown.
    """
    materials = {}
    for material in case.materials:
        told: dict[str, Any] = {"present": forms.given(material)}
        # Nothing is said of what no machine has looked at.
        passed = (material.get("check") or {}).get("passed")
        if passed is not None:
            told["checked"] = bool(passed)
        materials[material["code"]] = told
    return {
        "form": orjson.loads(case.data),
        "source": {name: s["source_name"] for name, s in case.sources.items()},
        "material": materials,
        "corrections": case.corrections,
    }


def examined(
    item: items.ItemFacts, facts: Mapping[str, Any], evaluate: Evaluate
) -> tuple[bool, list[dict[str, str]]]:
    """Whether every review point is answered with yes, and the trace of all answers."""
    trace = []
    for point in item.review_points:
        answer = _answer(point.rule, facts, evaluate)
        trace.append({"point": point.code, "rule": point.rule, "answer": answer})
    return bool(trace) and all(line["answer"] == "yes" for line in trace), trace


def _answer(rule: str, facts: Mapping[str, Any], evaluate: Evaluate) -> str:
    if not rule:
        return "unknown"
    try:
        value = evaluate(rule, facts)
    except Problem:
        return "unknown"
    if value is True:
        return "yes"
    return "no" if value is False else "unknown"


async def accept_automatically(case_no: str) -> None:
    """Accept a fresh case by machine where its item says so and every point answers yes."""
    case = await Case.get(case_no=case_no)
    item = await items.version(case.item_code, case.item_version)
    if not item.auto_accept or case.state not in MOVES["accept"].come_from:
        return
    # It looks again when the papers are there.
    if originals.awaited(case.handling):
        return
    good, trace = examined(item, facts_of_case(case), workflow.evaluate)
    told = _told(case, "acceptance", good, trace)
    async with db.unit_of_work():
        if good:
            await accept_case(
                Principal(),
                case,
                by=SYSTEM,
                note="系统自动核验通过",
                more={"handling": case.handling | told},
            )
        else:
            await _keep(case, told)


async def decide_automatically(case_no: str) -> None:
    """Approve an accepted case by machine where its item says so and every point answers yes."""
    case = await Case.get(case_no=case_no)
    item = await items.version(case.item_code, case.item_version)
    if not item.auto_decide or case.state not in MOVES["approve"].come_from:
        return
    good, trace = examined(item, facts_of_case(case), workflow.evaluate)
    told = _told(case, "decision", good, trace)
    async with db.unit_of_work():
        if not good:
            await _keep(case, told)
            return
        points = [PointMark(p.code, "pass", "系统核验") for p in item.review_points]
        made = told["automatic"]["decision"]
        await approve_case(Principal(), case, "系统自动核验通过", points, trace=made)


def _told(case: Case, what: str, good: bool, trace: list[dict[str, str]]) -> dict[str, Any]:
    made = {"passed": good, "at": clock.now().isoformat(), "trace": trace}
    return {"automatic": case.handling.get("automatic", {}) | {what: made}}


async def _keep(case: Case, told: dict[str, Any]) -> None:
    """The trace of what the machine could not say stays with the case; a person goes on."""
    changed = await db.execute(
        "UPDATE cases_case SET handling = handling || $4::jsonb, version = version + 1 "
        "WHERE id=$1 AND city_code=$2 AND version=$3",
        case.id,
        case.city_code,
        case.version,
        orjson.dumps(told).decode(),
    )
    if changed:
        note_step(Principal(), case, "to_a_person", "自动核验未全部通过，转人工办理")
