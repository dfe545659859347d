"""What forms does about its own news: a word before a draft goes, and scanning what waited."""

from app_server.forms import service
from app_server.forms.events import DraftExpiring, FileQuarantined
from app_server.kernel.events import Delivery, Ok, Outcome, Unknown, handles, performs
from notify import service as notify

EXPIRING = notify.Template(
    "forms.draft_expiring",
    "草稿即将删除",
    "您的“{item_name}”草稿长时间未修改，将于 {on} 删除，需要保留请在此之前打开并保存。",
)


@handles(DraftExpiring)
async def warn_owner(event: DraftExpiring) -> None:
    """Tell the owner, once per date."""
    await notify.send(
        person_id=event.person_id,
        template=EXPIRING,
        params={"item_name": event.subject_name, "on": event.on.isoformat()},
        dedupe=f"forms.draft_expiring:{event.draft_id}:{event.on}",
        link=f"/drafts/{event.draft_id}",
    )


@performs(FileQuarantined)
async def scan_again(event: FileQuarantined, delivery: Delivery) -> Outcome:
    """Look at a file that came while the scanner was away."""
    del delivery
    try:
        clean = await service.release(event.object_key, event.kind, event.original)
    except OSError as error:
        return Unknown(str(error))
    return Ok("clean" if clean else "infected: deleted")
