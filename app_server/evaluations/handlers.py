"""What evaluations does when a case closes."""

from app_server.cases import service as cases
from app_server.cases.events import BundleFinished, CaseClosed
from app_server.evaluations import service
from app_server.kernel.events import handles
from notify import service as notify

INVITATION = notify.Template(
    "evaluations.invited", "请您评价", "您的“{item_name}”（{case_no}）已办结，请为这次服务评价。"
)


@handles(CaseClosed)
async def invite_to_rate(event: CaseClosed) -> None:
    """Ask for a rating, once; a bundle is asked about when all of it is over."""
    await service.invite(event)
    if await cases.bundle_of(event.case_no):
        return
    await notify.send(
        person_id=event.person_id,
        template=INVITATION,
        params={"item_name": event.item_name, "case_no": event.case_no},
        dedupe=f"evaluations.invited:{event.case_no}",
        link=f"/cases/{event.case_no}/rating",
    )


@handles(BundleFinished)
async def invite_to_rate_bundle(event: BundleFinished) -> None:
    """One invitation for everything; each part can be rated from there."""
    await notify.send(
        person_id=event.person_id,
        template=INVITATION,
        params={"item_name": event.name_of, "case_no": event.bundle_no},
        dedupe=f"evaluations.invited:{event.bundle_no}",
        link=f"/bundles/{event.bundle_no}",
    )
