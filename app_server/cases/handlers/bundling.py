"""Bundles go on when their parts do; one receipt and one answer for all of them."""

from app_server.cases.events import (
    BundleExtended,
    BundleFiled,
    BundleFinished,
    CaseClosed,
    CaseDecided,
    CaseEnded,
    CaseReopened,
    CaseWithdrawn,
    PreReviewEnded,
    ResultWaits,
)
from app_server.cases.service import bundles, parcel_signed
from app_server.kernel.events import handles
from app_server.logistics.events import ParcelDelivered, ParcelMoved
from notify import service as notify

FILED = notify.Template(
    "cases.bundle_filed",
    "一件事已提交",
    "您的“{name}”已一次提交，编号 {bundle_no}，预计 {due_on} 前全部办结。",
    "您的“{name}”已提交，编号 {bundle_no}。",
)
EXTENDED = notify.Template(
    "cases.bundle_extended",
    "一件事办理期限延长",
    "您的“{name}”（{bundle_no}）经牵头单位延长，预计 {due_on} 前办结，理由见办理页面。",
)
FINISHED = notify.Template(
    "cases.bundle_finished",
    "一件事已办结",
    "您的“{name}”（{bundle_no}）已办结：{total} 项中 {approved} 项已准予，请查看结果。",
    "您的“{name}”已办结，请登录查看结果。",
)


@handles(CaseDecided)
async def part_decided(event: CaseDecided) -> None:
    """What waited for a part starts, or learns that it never will."""
    await bundles.part_moved(event.case_no, event.outcome)


@handles(PreReviewEnded)
async def part_failed_pre_review(event: PreReviewEnded) -> None:
    """Pre-review ends a part, too."""
    if not event.passed:
        await bundles.part_moved(event.case_no, "pre_review_failed")


@handles(CaseReopened)
async def part_reopened(event: CaseReopened) -> None:
    """A machine's decision is looked at again."""
    await bundles.part_reopened(event.case_no)


@handles(CaseEnded)
async def part_ended(event: CaseEnded) -> None:
    """A part was returned or ended."""
    await bundles.part_moved(event.case_no, event.how)


@handles(CaseWithdrawn)
async def part_withdrawn(event: CaseWithdrawn) -> None:
    """A part was taken back."""
    await bundles.part_moved(event.case_no, "withdrawn")


@handles(CaseClosed)
async def part_closed(event: CaseClosed) -> None:
    """A part's result is with the applicant."""
    await bundles.part_closed(event.case_no)


@handles(ResultWaits)
async def part_made(event: ResultWaits) -> None:
    """A part's paper result is made."""
    await bundles.result_ready(event.case_no)


@handles(ParcelDelivered)
async def results_signed(event: ParcelDelivered) -> None:
    """The one parcel was signed: every part that waited for it is delivered."""
    if event.about.startswith(bundles.PARCEL):
        number = event.about.removeprefix(bundles.PARCEL)
        for case_no in await bundles.parcel_signed(number, intact=event.intact):
            await parcel_signed(case_no, intact=True)


@handles(ParcelMoved)
async def results_returned(event: ParcelMoved) -> None:
    """The one parcel came back, or no carrier took it."""
    if event.state in {"returned", "refused"} and event.about.startswith(bundles.PARCEL):
        number = event.about.removeprefix(bundles.PARCEL)
        await bundles.parcel_came_back(number, refused=event.state == "refused")


@handles(BundleFiled)
async def tell_filed(event: BundleFiled) -> None:
    """One receipt (一次受理)."""
    await _tell(event, FILED, due_on=event.due_on)


@handles(BundleExtended)
async def tell_bundle_extended(event: BundleExtended) -> None:
    """The lead takes longer."""
    await _tell(event, EXTENDED, due_on=event.due_on)


@handles(BundleFinished)
async def tell_finished(event: BundleFinished) -> None:
    """One answer (统一反馈)."""
    await _tell(event, FINISHED, approved=str(event.approved), total=str(event.total))


async def _tell(
    event: BundleFiled | BundleExtended | BundleFinished, template: notify.Template, **more: str
) -> None:
    await notify.send(
        person_id=event.person_id,
        template=template,
        params={"name": event.name_of, "bundle_no": event.bundle_no, **more},
        dedupe=f"{template.code}:{event.bundle_no}",
        link=f"/bundles/{event.bundle_no}",
    )
