"""Codes, consents, and who saw my data."""

from typing import Any

from app_server.kernel import audit, paging
from app_server.kernel.http import Call, endpoint, person
from auth.people import service
from auth.people.schemas import AccessPage, AccessQuery, AccessView, ConsentGrant, ConsentView

# What the owner reads instead of our action names.
WORDS = {
    "identity.evidence_added": "更新实名认证",
    "identity.evidence_revoked": "撤销实名认证",
    "identity.lapsed": "更新证件有效状态",
    "grants.authorised": "授权业务系统登录",
    "grants.claims_released": "向业务系统提供信息",
    "grants.tokens_ended": "结束业务系统登录",
    "organisations.registered": "登记单位",
    "organisations.confirmed": "确认单位",
    "organisations.delegated": "单位授权办事",
    "organisations.delegation_revoked": "结束单位授权",
    "identity.review_proposed": "核查实名信息",
    "identity.review_resolved": "核查实名信息",
    "identity.video_claimed": "视频核验",
    "identity.video_seen": "视频核验",
    "identity.portrait_seen": "视频核验中查看证件照片",
    "identity.video_confirmed": "视频核验通过",
    "identity.video_refused": "视频核验不通过",
    "sharing.read": "调取共享数据",
    "cases.read": "查看办件材料",
    "cases.window_opened": "在窗口代为填报",
    "appointments.booked": "登记预约",
    "appointments.attended": "登记到场",
    "forms.committed": "签署告知承诺",
    "logistics.handed_over": "交寄材料或结果",
    "logistics.list_agreed": "确认交寄清单",
    "logistics.received": "核收寄来的材料",
    "logistics.rescheduled": "改约上门揽收",
    "logistics.cancelled": "取消上门揽收",
    "cases.moved": "办理您的办件",
    "licences.issued": "颁发电子证照",
    "licences.imported": "归集电子证照",
    "licences.shown": "核验电子证照",
    "licences.shown_for": "代为出示电子证照",
    "licences.read": "查看电子证照",
    "licences.printed": "打印证照纸质件",
    "licences.downloaded": "下载电子证照文件",
    "licences.credential": "领取可验证凭证",
    "licences.offline_code": "出示离线证照码",
    "licences.fields_asked": "申请查看证照内容",
    "licences.entrusted": "委托出示证照",
    "licences.mandate_ended": "结束委托出示",
    "licences.suspend": "暂停电子证照",
    "licences.resume": "恢复电子证照",
    "licences.revoke": "撤销电子证照",
    "licences.expire": "电子证照到期",
    "licences.change": "变更电子证照",
    "licences.renew": "延续电子证照",
    "federation.recognised": "在其他平台登录",
    "federation.ticket_given": "向其他平台证明身份",
    "federation.user_added": "由其他平台登记",
    "federation.legacy_added": "由原市级平台转入",
    "federation.home_chosen": "选择常住城市",
    "federation.record_read": "查看用户信息",
    "federation.organisation_record_read": "查看单位信息",
    "federation.first_password": "设置首次登录密码",
    "grants.lock_released": "解除登录锁定",
    "miniapps.ticket_exchanged": "城市小程序识别登录",
}


@endpoint("POST", "/me/consents", guard=person(1), status=201)
async def grant_consent(call: Call, body: ConsentGrant) -> ConsentView:
    """Agree to one purpose, separately."""
    return ConsentView(
        id=await service.grant_consent(call.principal, body.purpose, body.text_version)
    )


@endpoint("DELETE", "/me/consents/{purpose}", guard=person(1))
async def withdraw_consent(call: Call, purpose: str) -> None:
    """Take an agreement back."""
    await service.withdraw_consent(call.principal, purpose[:40])


@endpoint("GET", "/me/accesses", guard=person(1))
async def accesses(call: Call, query: AccessQuery) -> AccessPage:
    """Who looked at or worked with my data, newest first."""
    rows = await audit.about(call.principal.subject, before=paging.after(query.cursor), limit=20)
    return AccessPage(
        items=[_view(row) for row in rows],
        next=paging.cursor(rows[-1]["id"]) if len(rows) == 20 else None,
    )


def _view(row: Any) -> AccessView:
    return AccessView(
        at=row["at"],
        who=row["actor_name"] or "系统",
        what=WORDS.get(row["action"], "处理业务"),
        purpose=row["purpose"],
    )
