"""Providers that let an application or an error report lie are reminded, once each."""

from app_server.kernel import clock, db
from app_server.sharing.models import ErrorReport, Grant
from app_server.sharing.service.telling import tell


async def remind() -> int:
    """Tell providers, and who waits for them, what is past its day; answers how many are late.

    R-DAT-13 (decide within the limit), R-DAT-14 (the provider must answer).
    """
    today = clock.today()
    asked = await Grant.filter(state="asked", due_on__lt=today).order_by("id")
    open_reports = await ErrorReport.filter(state="open", due_on__lt=today).order_by("id")
    async with db.unit_of_work():
        for grant in asked:
            text = f"{grant.org_name}的共享申请已超过 {grant.due_on} 的审批时限"
            for org in {grant.provider_org, grant.org}:
                tell(org, grant.resource_id, f"late:{grant.id}", text)
        for report in open_reports:
            text = f"{report.org_name}反馈的“{report.field}”已超过 {report.due_on} 的答复时限"
            for org in {report.provider_org, report.org}:
                tell(org, report.resource_id, f"late:{report.id}", text)
    return len(asked) + len(open_reports)
