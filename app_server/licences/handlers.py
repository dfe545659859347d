"""The signature follows the decision; and the holder is told."""

from app_server.kernel.events import Delivery, Ok, Outcome, Unknown, handles, performs
from app_server.licences import service
from app_server.licences.events import LicenceIssued, LicenceReady, LicenceStateChanged
from app_server.seals.errors import TimeStampUnavailable
from notify import service as notify
from notify.service import Template

READY = Template(
    "licences.ready",
    "电子证照已生成",
    "您的{type_name}已制作完成并加盖电子印章，可在“证照”中出示。",
    "您的{type_name}已生成，可打开万事“证照”出示。",
)
MOVED = Template(
    "licences.state_changed",
    "电子证照状态变化",
    "您的{type_name}已{deed}，原因：{reason}。",
    "您的{type_name}状态有变化，可打开万事“证照”查看。",
)


@performs(LicenceIssued)
async def seal(event: LicenceIssued, delivery: Delivery) -> Outcome:
    """Sign the licence under its authorisation and make its files."""
    del delivery
    try:
        await service.seal_licence(event.licence_id)
    except (TimeStampUnavailable, service.FileUnsound) as error:
        return Unknown(repr(error))
    return Ok()


@handles(LicenceReady)
async def tell_ready(event: LicenceReady) -> None:
    """Tell the holder that the licence can be shown."""
    await notify.send(
        person_id=event.holder_id,
        template=READY,
        params={"type_name": event.type_name},
        dedupe=f"licence-ready:{event.licence_id}",
        link=f"/licences/{event.licence_id}",
    )


@handles(LicenceStateChanged)
async def tell_moved(event: LicenceStateChanged) -> None:
    """Tell the holder what became of a licence, and why."""
    await notify.send(
        person_id=event.holder_id,
        template=MOVED,
        params={"type_name": event.type_name, "deed": event.deed, "reason": event.reason},
        dedupe=f"licence-moved:{event.licence_id}:{event.move}:{event.step_id}",
        link=f"/licences/{event.licence_id}",
    )
