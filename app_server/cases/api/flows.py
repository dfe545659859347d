"""Flows of cases: checked and published here, because only cases know the law they must keep."""

from uuid import UUID

from app_server.cases import service
from app_server.cases.schemas.flows import (
    CaseFlow,
    FlowFinding,
    FlowFindings,
    FlowPublication,
    FlowWork,
    PublishedVersion,
    WorkNote,
)
from app_server.kernel.http import Call, endpoint, staff
from app_server.workflow import service as workflow
from app_server.workflow.errors import NoSuchFlow

EDITORS = staff("flow_editor")
OFFICERS = staff("case_officer", "case_approver", "case_window", "case_head")
KINDS = {"flow", "table"}


@endpoint("POST", "/workflow/{kind}/drafts/{code}/check", guard=EDITORS)
async def check_drawing(call: Call, kind: str, code: str) -> FlowFindings:
    """What keeps the drawing from being published."""
    del call
    drawn = await workflow.draft("flow" if _known(kind) == "flow" else "table", code)
    found = await service.check_drawing(kind, drawn.text)
    return FlowFindings(items=[FlowFinding(**f) for f in found])


@endpoint("POST", "/workflow/{kind}/drafts/{code}/publish", guard=EDITORS)
async def publish_drawing(
    call: Call, kind: str, code: str, body: FlowPublication
) -> PublishedVersion:
    """Put the drawing in force; somebody else drew it."""
    version = await service.publish_drawn(call.principal, _known(kind), code, body.reason)
    return PublishedVersion(code=code, published_version=version)


@endpoint("GET", "/cases/{case_no}/flow", guard=OFFICERS)
async def read_flow(call: Call, case_no: str) -> CaseFlow:
    """What the case's flow waits for."""
    return await _flow(call, case_no)


@endpoint("POST", "/cases/{case_no}/flow/work/{work_id}", guard=OFFICERS)
async def do_work(call: Call, case_no: str, work_id: UUID, body: WorkNote) -> CaseFlow:
    """Finish a piece of work that is no legal deed of its own."""
    await service.do_work(call.principal, case_no, work_id, body.note)
    return await _flow(call, case_no)


async def _flow(call: Call, case_no: str) -> CaseFlow:
    title, work = await service.flow_for_officer(call.principal, case_no)
    return CaseFlow(
        title=title,
        open=[
            FlowWork(
                id=w.id,
                name=w.name,
                role=w.role,
                days=w.days,
                deeds=list(w.deeds),
                mine=w.kind == "person" and w.role in call.principal.roles,
            )
            for w in work
        ],
    )


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise NoSuchFlow
    return kind
