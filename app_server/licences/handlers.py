"""The signature follows the decision; and the holder is told."""

from app_server.kernel.events import Delivery, Ok, Outcome, Unknown, handles, performs
from app_server.licences import service
from app_server.licences.events import (
    LicenceFieldsAsked,
    LicenceIssued,
    LicenceReady,
    LicencesEntrusted,
    LicenceStateChanged,
)
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
ASKED = Template(
    "licences.fields_asked",
    "有人申请查看您的证照",
    "{asked_by}因“{purpose}”申请查看您{type_name}的部分内容，请在10分钟内确认或拒绝。",
    "有单位申请查看您的{type_name}，请打开万事“证照”确认或拒绝。",
)
ENTRUSTED = Template(
    "licences.entrusted",
    "您受托出示证照",
    "{holder_masked}委托您代为出示证照，用途：{purpose}。",
    "有人委托您代为出示证照，可打开万事“证照”查看。",
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


@handles(LicenceFieldsAsked)
async def tell_asked(event: LicenceFieldsAsked) -> None:
    """Ask the holder whether a verifier may see what it wants."""
    await notify.send(
        person_id=event.holder_id,
        template=ASKED,
        params={
            "asked_by": event.asked_by,
            "purpose": event.purpose,
            "type_name": event.type_name,
        },
        dedupe=f"licence-asked:{event.request_id}",
        link=f"/licences/requests/{event.request_id}",
    )


@handles(LicencesEntrusted)
async def tell_entrusted(event: LicencesEntrusted) -> None:
    """Tell whoever was entrusted."""
    await notify.send(
        person_id=event.agent_id,
        template=ENTRUSTED,
        params={"holder_masked": event.holder_masked, "purpose": event.purpose},
        dedupe=f"licence-entrusted:{event.mandate_id}",
        link="/licences/entrusted",
    )
