"""Messages on their way out; and auth's news in words."""

from app_server.kernel.events import Delivery, Outcome, Rejected, handles, performs
from auth.grants.events import (
    AccountLocked,
    ChannelUnbound,
    PasswordChanged,
    PersonRegistered,
    RegistrationDecided,
)
from auth.identity.events import EvidenceAdded, TierMayHaveFallen, VideoSessionEnded
from auth.identity.service import SOURCES, TIER_NAMES
from auth.organisations.events import (
    DelegationGranted,
    DelegationRevoked,
    OrganisationCancelled,
    OrganisationRegistered,
)
from auth.people import service as people
from notify import service
from notify.events import DeliveryReady, FollowerCame
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
    urgent=True,
)
LOCKED = Template(
    "grants.locked",
    "账号已暂时锁定",
    "您的账号因多次输错密码已暂时锁定，请稍后再试。如非本人操作，请尽快修改密码。",
    "您的账号因多次输错密码已暂时锁定，请稍后再试。如非本人操作，请尽快修改密码。",
    urgent=True,
)
PASSWORD_CHANGED = Template(
    "grants.password_changed",
    "密码已修改",
    "您的登录密码刚刚已修改，其他设备已退出登录。如非本人操作，请立即重置密码并致电 12345。",
    "您的登录密码刚刚已修改。如非本人操作，请立即重置密码并致电 12345。",
    urgent=True,
)
CHANNELS = {"wechat": "微信", "alipay": "支付宝"}
CHANNEL_UNBOUND = Template(
    "grants.channel_unbound",
    "已解除绑定",
    "您的账号已与{channel}解除绑定，其登录已退出。需要时可在小程序中重新绑定。",
)

TIER_CHANGED = Template(
    "identity.tier_changed",
    "实名等级有变化",
    "{reason}。请在“我的实名”中查看当前等级和可选的认证方式。",
    "您的实名等级有变化：{reason}。如有疑问请致电 12345。",
)
FALLS = {
    "revoked": "一项实名认证已被撤销",
    "under_review": "两种认证方式的姓名不一致，正在人工核查",
    "reviewed": "对您实名信息的人工核查已有结果",
    "lapsed": "人口库显示您的证件或户籍状态已变化",
}
VIDEO = {
    "confirmed": Template(
        "identity.video_confirmed",
        "视频核验已通过",
        "视频核验已通过，请在五分钟内返回继续办理。",
    ),
    "refused": Template(
        "identity.video_refused",
        "视频核验未通过",
        "视频核验未通过，您可以重新申请，或到政务服务大厅办理。",
    ),
}
REGISTRATIONS = {
    "finished": "您的万事账号注册申请已核验通过，现在可以登录。",
    "refused": "您的万事账号注册申请未通过身份核验，请核对信息后重新注册，或到政务服务大厅办理。",
    "expired": "您的万事账号注册申请已过期，请重新注册。",
}
ORGANISATION_WAITS = Template(
    "organisations.waits_for_you",
    "有单位等您确认",
    "有人以您为法定代表人注册了“{name}”。如属实请在“我的单位”中确认，否则请致电 12345。",
    "有人以您为法定代表人注册了“{name}”，请登录确认。如非您所知请致电 12345。",
)
DELEGATED = Template(
    "organisations.delegated",
    "您获得单位授权",
    "“{name}”授权您代为办事，有效期至 {until}。可在“我的单位”中查看或放弃。",
)
DELEGATION_ENDED = Template(
    "organisations.delegation_ended",
    "单位授权已结束",
    "您代“{name}”办事的授权已结束。",
)
ORGANISATION_ENDED = Template(
    "organisations.cancelled",
    "单位状态有变化",
    "登记机关显示“{name}”已注销或被吊销，暂不能以该单位身份办事。",
)


async def _ask(event: DeliveryReady, delivery: Delivery) -> Outcome:
    del delivery
    return await service.ask(event.delivery_id)


@performs(DeliveryReady, ask=_ask)
async def carry(event: DeliveryReady, delivery: Delivery) -> Outcome:
    """Send one message on one channel; its row's id makes it once."""
    return await service.carry(event.delivery_id, again=delivery.attempt > 1)


async def _ask_again(event: FollowerCame, delivery: Delivery) -> Outcome:
    del event, delivery
    return Rejected("可再问")


@performs(FollowerCame, ask=_ask_again)
async def learn_union(event: FollowerCame, delivery: Delivery) -> Outcome:
    """Learn who a new follower is in our mini program; asking again is harmless."""
    del delivery
    return await service.learn_union(event.follower_id)


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
    if event.subject_kind != "person" or event.tier < 2:
        return
    await service.send(
        person_id=event.subject_id,
        template=TIER_RAISED,
        params={"source": SOURCES[event.source].name, "tier": TIER_NAMES[event.tier]},
        dedupe=f"tier:{event.subject_id}:{event.source}:{event.tier}",
        link="/identity",
    )


@handles(PasswordChanged)
async def tell_password_changed(event: PasswordChanged) -> None:
    """Tell the owner: it might not have been them (ASVS V6.3.7)."""
    await service.send_if_person(event.subject_id, PASSWORD_CHANGED, event.reason)


@handles(ChannelUnbound)
async def tell_channel_unbound(event: ChannelUnbound) -> None:
    """Tell whose channel account was unbound, by themselves or at the vendor."""
    await service.send_if_person(
        event.person_id, CHANNEL_UNBOUND, event.channel, channel=CHANNELS[event.channel]
    )


@handles(AccountLocked)
async def tell_locked(event: AccountLocked) -> None:
    """Tell the owner of a locked resident account."""
    await service.send_if_person(event.subject_id, LOCKED)


@handles(TierMayHaveFallen)
async def tell_fall(event: TierMayHaveFallen) -> None:
    """Tell a person why their tier may be lower now."""
    if event.subject_kind == "person":
        await service.send_if_person(event.subject_id, TIER_CHANGED, reason=FALLS[event.reason])


@handles(VideoSessionEnded)
async def tell_video_outcome(event: VideoSessionEnded) -> None:
    """Call the person back to what they were doing."""
    await service.send(
        person_id=event.person_id,
        template=VIDEO[event.outcome],
        params={},
        dedupe=f"video:{event.session_id}",
        link="/identity",
    )


@handles(RegistrationDecided)
async def tell_registration(event: RegistrationDecided) -> None:
    """Tell the phone of a registration request what became of it (there may be no account)."""
    await service.send_to_phone(
        await people.phone_of_registration(event.registration_id),
        REGISTRATIONS[event.outcome],
        "grants.registration",
        f"registration:{event.registration_id}",
    )


@handles(OrganisationRegistered)
async def ask_representative(event: OrganisationRegistered) -> None:
    """Ask the representative to confirm what somebody else registered."""
    if event.state == "awaiting_representative":
        await service.send(
            person_id=event.representative_id,
            template=ORGANISATION_WAITS,
            params={"name": event.organisation_name},
            dedupe=f"organisation:{event.organisation_id}",
            link="/organisations",
        )


@handles(DelegationGranted)
async def tell_delegate(event: DelegationGranted) -> None:
    """Tell a delegate whom they may act for now."""
    await service.send_if_person(
        event.delegate_id,
        DELEGATED,
        str(event.organisation_id),
        name=event.organisation_name,
        until=event.ends_on,
    )


@handles(DelegationRevoked)
async def tell_delegation_ended(event: DelegationRevoked) -> None:
    """Tell a delegate that it is over."""
    await service.send_if_person(
        event.delegate_id,
        DELEGATION_ENDED,
        str(event.organisation_id),
        name=event.organisation_name,
    )


@handles(OrganisationCancelled)
async def tell_cancelled(event: OrganisationCancelled) -> None:
    """Tell the representative why the organisation can do nothing."""
    await service.send_if_person(
        event.representative_id,
        ORGANISATION_ENDED,
        str(event.organisation_id),
        name=event.organisation_name,
    )
