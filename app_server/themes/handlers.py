"""What themes does when bundles of projects move, and when the investment platform speaks."""

from app_server.cases.events import (
    BundleExtended,
    BundleFiled,
    BundleFinished,
    BundleNews,
    BundlePartMoved,
)
from app_server.kernel.events import Delivery, Outcome, handles, performs
from app_server.kernel.outbox import announce
from app_server.themes import service
from app_server.themes.events import ProjectMoved, ProjectNoticed
from notify import service as notify

NOTICED = notify.Template(
    "themes.project_noticed",
    "投资项目有新进展",
    "您的投资项目{code}有新进展：{title}，可在“我的办件”中查看。",
)


def _moved(event: BundleNews, kind: str, **facts: str | int) -> None:
    """Only bundles that bear a project code are the investment platform's business."""
    if event.project_code:
        told: dict[str, str | int] = {
            "kind": kind,
            "bundle_no": event.bundle_no,
            "name": event.name_of,
            **facts,
        }
        announce(ProjectMoved(project_code=event.project_code, facts=told))


@handles(BundleFiled)
async def note_filed(event: BundleFiled) -> None:
    """A project's applications were handed in."""
    _moved(event, "filed", due_on=event.due_on)


@handles(BundlePartMoved)
async def note_part(event: BundlePartMoved) -> None:
    """One of them started or was decided."""
    _moved(event, "part", item_name=event.item_name, case_no=event.case_no, state=event.state)


@handles(BundleExtended)
async def note_extended(event: BundleExtended) -> None:
    """The joint limit is longer now."""
    _moved(event, "extended", due_on=event.due_on)


@handles(BundleFinished)
async def note_finished(event: BundleFinished) -> None:
    """All of them are over."""
    _moved(event, "finished", approved=event.approved, total=event.total)


async def _known(event: ProjectMoved, delivery: Delivery) -> Outcome:
    del event
    return await service.taken(delivery.id)


@performs(ProjectMoved, ask=_known)
async def tell_platform(event: ProjectMoved, delivery: Delivery) -> Outcome:
    """Tell the investment platform; the delivery's id is the idempotency key."""
    return await service.push(delivery.id, event.project_code, event.facts)


@handles(ProjectNoticed)
async def tell_applicants(event: ProjectNoticed) -> None:
    """What the investment platform says reaches whoever filed for the project."""
    for person_id in await service.whom_to_tell(event.project_code):
        await notify.send(
            person_id=person_id,
            template=NOTICED,
            params={"code": event.project_code, "title": event.title},
            dedupe=f"{NOTICED.code}:{event.number}:{person_id}",
            link=f"/projects/{event.project_code}",
        )
