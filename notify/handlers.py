"""Sending short messages; and auth's news in words."""

from app_server.kernel.events import Delivery, Ok, Outcome, Rejected, handles, performs
from auth.grants.events import AccountLocked, PersonRegistered
from auth.identity.events import EvidenceAdded
from auth.identity.service import SOURCES, TIER_NAMES
from notify import service
from notify.events import SmsQueued
from notify.providers.sms import sms_provider
from notify.service import Template

WELCOME = Template(
    "people.welcome",
    "欢迎使用万事",
    "您的账号已开通，当前为初级实名。办理住房保障等事项需要中级实名，可在“我的”中完成人脸核验。",
)
TIER_RAISED = Template(
    "identity.tier_raised",
    "实名等级已提升",
    "您已通过{source}完成核验，当前等级：{tier}。",
    "您已通过{source}完成核验，当前实名等级：{tier}。如非本人操作请立即致电 12345。",
)
LOCKED = Template(
    "grants.locked",
    "账号已暂时锁定",
    "您的账号因多次输错密码已锁定 15 分钟。如非本人操作，请尽快修改密码。",
    "您的账号因多次输错密码已锁定 15 分钟。如非本人操作，请尽快修改密码。",
)


async def _ask(event: SmsQueued, delivery: Delivery) -> Outcome:
    sms = await service.sms_to_send(event.sms_id)
    if sms is None:
        return Ok("已处理")
    known = await sms_provider().query(delivery.id, sms.phone)
    if isinstance(known, Ok):
        await service.sms_moved(event.sms_id, "accepted", known.detail)
    return known


@performs(SmsQueued, ask=_ask)
async def send_sms(event: SmsQueued, delivery: Delivery) -> Outcome:
    """Hand one short message to the provider; the delivery id makes it once."""
    sms = await service.sms_to_send(event.sms_id)
    if sms is None:
        return Ok("已失效")
    outcome = await sms_provider().send(delivery.id, sms.phone, sms.body)
    if isinstance(outcome, Ok):
        await service.sms_moved(event.sms_id, "accepted", outcome.detail)
    elif isinstance(outcome, Rejected):
        await service.sms_moved(event.sms_id, "failed")
    return outcome


@handles(PersonRegistered)
async def welcome(event: PersonRegistered) -> None:
    """Greet a new account."""
    await service.send(
        person_id=event.person_id,
        template=WELCOME,
        params={},
        dedupe=f"welcome:{event.person_id}",
        link="/identity",
    )


@handles(EvidenceAdded)
async def tell_tier(event: EvidenceAdded) -> None:
    """Tell a person that a proof of theirs was accepted (it might not have been them)."""
    if event.tier < 2:
        return
    await service.send(
        person_id=event.person_id,
        template=TIER_RAISED,
        params={"source": SOURCES[event.source].name, "tier": TIER_NAMES[event.tier]},
        dedupe=f"tier:{event.person_id}:{event.source}:{event.tier}",
        link="/identity",
    )


@handles(AccountLocked)
async def tell_locked(event: AccountLocked) -> None:
    """Tell the owner of a locked resident account."""
    await service.send_if_person(event.subject_id, LOCKED)
