"""What evaluations does when a case closes."""

from app_server.cases.events import CaseClosed
from app_server.evaluations import service
from app_server.kernel.events import handles
from notify import service as notify

INVITATION = notify.Template(
    "evaluations.invited", "请您评价", "您的“{item_name}”({case_no})已办结，请为这次服务评价。"
)


@handles(CaseClosed)
async def invite_to_rate(event: CaseClosed) -> None:
    """Ask for a rating, once."""
    await service.invite(event)
    await notify.send(
        person_id=event.person_id,
        template=INVITATION,
        params={"item_name": event.item_name, "case_no": event.case_no},
        dedupe=f"evaluations.invited:{event.case_no}",
        link=f"/cases/{event.case_no}/rating",
    )
