"""Flows of cases: what they may speak of, publishing them, starting them, doing their part."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import structlog

from app_server.cases.errors import DrawnByYourself, NotYourDeed
from app_server.cases.models import Case
from app_server.cases.rules import ENDED, MOVES, STATES, reach
from app_server.cases.service.automatic import facts_of_case
from app_server.cases.service.following import after, subject_of
from app_server.cases.service.intake import accept_case
from app_server.cases.service.steps import SYSTEM, note_step, on_desk
from app_server.forms import service as forms
from app_server.items import service as items
from app_server.kernel import db
from app_server.kernel.errors import Problem
from app_server.kernel.principal import Principal
from app_server.workflow import service as workflow
from app_server.workflow.errors import NoSuchFlow, WorkNotOpen

log = structlog.get_logger(__name__)

PLATFORM = Principal()
INSTALLER = Principal(name="平台自带")
ROLES = frozenset({"case_officer", "case_approver", "case_window", "case_head", "applicant"})
ACTIONS = frozenset({"accept"})

# Tables first: flows pin their version.
SHIPPED_TITLES = (
    ("table", "housing-acceptance", "公租房自动受理"),
    ("flow", "permit", "一般事项办理"),
    ("flow", "public-rental-housing", "公共租赁住房保障资格"),
    ("flow", "joint-review", "并联审查"),
)

# The law as a flow's check knows it (domain.md §2.4): the one state table, nothing of its own.
TERMS = workflow.Terms(
    actions=ACTIONS,
    deeds=frozenset(MOVES),
    facts=frozenset({"form.", "source.", "material.", "checks.", "corrections"}),
    roles=ROLES,
    moves={
        state: {name: edge.to or state for name, edge in MOVES.items() if state in edge.come_from}
        for state in STATES
    },
    begin="submitted",
)


async def check_drawing(kind: str, text: str) -> list[dict[str, str]]:
    """Everything that keeps a drawing from being published; empty when nothing does."""
    judge = workflow.check_flow if kind == "flow" else workflow.check_table
    return await judge(text, TERMS)


async def publish_drawn(publisher: Principal, kind: str, code: str, reason: str) -> int:
    """Publish what stands on the board; answers the version.

    Whoever drew last does not publish: a second pair of eyes looks at what decides over cases.
    Raises `NoSuchDraft`, `DrawnByYourself`, `FlowUnfit`, `TableUnfit`, and `HistoriesDiffer`
    unless a `reason` accepts the differences.
    """
    drawn = await workflow.draft("flow" if kind == "flow" else "table", code)
    if drawn.updated_ref == publisher.ref:
        raise DrawnByYourself
    if kind == "flow":
        return await workflow.publish_flow(publisher, code, drawn.title, drawn.text, TERMS, reason)
    return await workflow.publish_table(publisher, code, drawn.title, drawn.text, TERMS)


async def begin_flow(case_no: str) -> None:
    """Start the flow of a fresh case, and let it catch up; twice is fine."""
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().get()
        item = await items.version(case.item_code, case.item_version)
        subject = subject_of(case_no)
        if not item.flow_code or case.state in ENDED or await workflow.running(subject):
            return
        try:
            wanted = (await workflow.flow(item.flow_code)).facts
        except NoSuchFlow:
            # A case never waits for a drawing: officers work by the law alone.
            log.warning("flow not published", flow=item.flow_code)
            return
        instance = await workflow.start(item.flow_code, subject, await _facts(case, wanted))
        steps = await db.rows(
            "SELECT move FROM cases_step WHERE city_code=$1 AND case_id=$2 ORDER BY id",
            case.city_code,
            case.id,
        )
        for step in steps:
            instance = await after(PLATFORM, instance, step["move"])
    await act(case_no)


async def _facts(case: Case, wanted: list[str]) -> dict[str, Any]:
    """Of everything known, only what the flow's conditions ask for."""
    known = facts_of_case(case)
    form = await forms.form(case.form_code, case.form_version)
    # A paper that no machine has looked at is one a person has to look at, too.
    looked = [m.get("checked", False) for m in known["material"].values()]
    # A field that an authority should have filled and did not is one a person has to look at.
    told = set(form.sources) <= set(case.sources)
    known["checks"] = {"materials": all(looked), "registries": told}
    found = {}
    for name in wanted:
        held: Any = known
        for part in name.split("."):
            held = held.get(part) if isinstance(held, Mapping) else None
        if held is not None:
            found[name] = held
    return found


async def act(case_no: str) -> None:
    """Do what the flow asks of the platform; what the law does not allow stays for a person."""
    async with db.unit_of_work():
        case = await Case.filter(case_no=case_no).select_for_update().get()
        instance = await workflow.running(subject_of(case_no))
        work = next((w for w in instance.open if w.kind == "action"), None) if instance else None
        if work is None or case.state not in MOVES[work.action].come_from:
            return
        try:
            await accept_case(PLATFORM, case, by=SYSTEM, note=work.name)
        except Problem as problem:
            # Then an officer does it by hand, and the flow follows.
            log.warning("flow action refused", action=work.action, problem=problem.code)


async def do_work(officer: Principal, case_no: str, work_id: UUID, note: str) -> None:
    """Finish a piece of work that is no legal deed: a survey, an opinion.

    Raises `NoSuchCase`, `NotYourDeed`, `WorkNotOpen`.
    """
    async with db.unit_of_work():
        case = await on_desk(officer, case_no, "own", "subtask")
        instance = await workflow.running(subject_of(case_no))
        work = next((w for w in instance.open if w.id == work_id), None) if instance else None
        if instance is None or work is None or work.deeds or work.kind != "person":
            raise WorkNotOpen
        if work.role not in officer.roles or (work.org and work.org != officer.org):
            raise NotYourDeed
        await workflow.complete(officer, instance.id, work_id, {"done": True})
        note_step(officer, case, "flow_work", f"{work.name}：{note}" if note else work.name)


async def flow_for_officer(
    officer: Principal, case_no: str
) -> tuple[str, list[workflow.WorkFacts]]:
    """The title of a case's flow and its open work; empty where none is under way.

    Raises `NoSuchCase`.
    """
    await on_desk(officer, case_no, *reach.SCOPES)
    instance = await workflow.running(subject_of(case_no))
    if instance is None:
        return "", []
    flow = await workflow.flow(instance.flow_code, instance.flow_version)
    return flow.title, list(instance.open)


async def count_use(case_no: str, what: Literal["filed", "finished"]) -> None:
    """Count a use of the item's version the case was filed under."""
    case = await Case.get(case_no=case_no)
    await items.count(case.item_code, case.item_version, what)


SHIPPED = Path(__file__).parents[1] / "data" / "flows"


async def publish_shipped() -> None:
    """Publish the flows and tables that ship; what is published the same stays as it is."""
    for kind, code, title in SHIPPED_TITLES:
        text = (SHIPPED / f"{code}.{'dmn' if kind == 'table' else 'bpmn'}").read_text()
        if kind == "table":
            await workflow.publish_table(INSTALLER, code, title, text, TERMS)
        else:
            await workflow.publish_flow(INSTALLER, code, title, text, TERMS)
