"""A case's flow keeps up with what is legally done; it never goes before the law.

Every move of a case, whoever made it, finishes the open work that waits for it, in the same
transaction. A deed the flow does not wait for changes nothing in it: the state table decides what
may be done, the flow only what is expected next.
"""

from app_server.cases.events import FlowActionDue
from app_server.cases.models import Case
from app_server.cases.rules import ENDED
from app_server.items import service as items
from app_server.kernel.outbox import announce
from app_server.kernel.principal import Principal
from app_server.workflow import service as workflow


def subject_of(case_no: str) -> str:
    """How workflow knows a case."""
    return f"case:{case_no}"


async def follow(principal: Principal, case: Case, deed: str) -> None:
    """Let the case's flow go on after a deed; call it in the deed's unit of work."""
    item = await items.version(case.item_code, case.item_version)
    if not item.flow_code:
        return
    instance = await workflow.running(subject_of(case.case_no))
    if instance is None:
        return
    instance = await after(principal, instance, deed)
    if instance.state == "running" and case.state in ENDED:
        await workflow.stop(instance.id)
    elif any(work.kind == "action" for work in instance.open):
        announce(FlowActionDue(case_id=case.id, case_no=case.case_no))


async def after(
    principal: Principal, instance: workflow.InstanceFacts, deed: str
) -> workflow.InstanceFacts:
    """The instance after a deed: the work that waited for it is done."""
    for work in instance.open:
        if deed in work.deeds or deed == work.action:
            outcome = {"deed": deed}
            return await workflow.complete(principal, instance.id, work.id, outcome)
    return instance
