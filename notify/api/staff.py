"""The operators' desk: deliveries, templates, carriers."""

from typing import Any
from uuid import UUID

from app_server.kernel import paging
from app_server.kernel.http import Call, endpoint, staff
from notify import service
from notify.rules import masked, sms_parts
from notify.schemas.staff import (
    CarrierList,
    CarrierView,
    DeliveryPage,
    DeliveryQuery,
    DraftAsked,
    NoticeDeliveryView,
    PreviewView,
    ReplayAsked,
    ReplayDone,
    SampleAsked,
    TemplateList,
    TemplateView,
)
from notify.service import desk

READERS = staff("message_operator", "operator")
OPERATORS = staff("message_operator")
STATE_NAMES = {
    "new": "待发送",
    "sent": "发送中",
    "accepted": "已提交",
    "delivered": "已送达",
    "failed": "发送失败",
    "unknown": "结果未知",
    "skipped": "未发送",
}


@endpoint("GET", "/notify/deliveries", guard=READERS)
async def list_deliveries(call: Call, query: DeliveryQuery) -> DeliveryPage:
    """What went out and what did not, newest first."""
    del call
    looked = desk.Looked(query.state, query.channel, query.provider, query.template)
    found = await desk.deliveries(looked, paging.after(query.cursor))
    return DeliveryPage(
        items=[_delivery(row) for row in found],
        counts=await desk.counts(),
        next=paging.cursor(found[-1].id) if len(found) == desk.PAGE else None,
    )


def _delivery(row: Any) -> NoticeDeliveryView:
    names = set(NoticeDeliveryView.model_fields) - {"state_name", "to", "test"}
    return NoticeDeliveryView(
        **{name: getattr(row, name) for name in names},
        state_name=STATE_NAMES[row.state],
        to=masked(row.phone) if row.phone else "账号",
        test=row.key_kind == "test",
    )


@endpoint("POST", "/notify/deliveries/{delivery_id}/replay", guard=OPERATORS)
async def replay(call: Call, delivery_id: UUID) -> None:
    """Try one again."""
    await desk.replay(call.principal, delivery_id)


@endpoint("POST", "/notify/deliveries/replay", guard=OPERATORS)
async def replay_many(call: Call, body: ReplayAsked) -> ReplayDone:
    """Try several again."""
    refused = await desk.replay_many(call.principal, body.ids)
    return ReplayDone(
        replayed=len(set(body.ids)) - len(refused),
        refused={str(one): code for one, code in refused.items()},
    )


@endpoint("GET", "/notify/carriers", guard=READERS)
async def list_carriers(call: Call) -> CarrierList:
    """How far each carrier is trusted at the moment."""
    del call
    return CarrierList(
        items=[
            CarrierView(
                name=row.name,
                weight=round(row.weight),
                successes=row.successes or 0,
                failures=row.failures or 0,
                last_failure=row.last_failure or "",
            )
            for row in (await service.health()).values()
        ]
    )


def _template(row: Any) -> TemplateView:
    return TemplateView(**{name: getattr(row, name) for name in TemplateView.model_fields})


@endpoint("GET", "/notify/templates", guard=READERS)
async def list_templates(call: Call) -> TemplateList:
    """The words of the platform as they count now."""
    del call
    await service.register_known()
    return TemplateList(items=[_template(row) for row in await service.templates()])


@endpoint("GET", "/notify/templates/{code}", guard=READERS)
async def list_versions(call: Call, code: str) -> TemplateList:
    """Every version of a template, newest first."""
    del call
    return TemplateList(items=[_template(row) for row in await service.versions(code)])


@endpoint("POST", "/notify/templates/{code}/versions", guard=OPERATORS, status=201)
async def draft(call: Call, code: str, body: DraftAsked) -> TemplateView:
    """Write new words; another person publishes them."""
    return _template(await service.draft(call.principal, code, dict(body.variants)))


@endpoint("POST", "/notify/templates/{code}/versions/{version}/publish", guard=OPERATORS)
async def publish(call: Call, code: str, version: int) -> None:
    """Let another's draft count."""
    await service.publish(call.principal, code, version)


@endpoint("POST", "/notify/templates/{code}/versions/{version}/preview", guard=READERS, status=200)
async def preview(call: Call, code: str, version: int, body: SampleAsked) -> PreviewView:
    """The words with sample parameters."""
    del call
    told = await service.preview(code, version, body.params)
    sms = told.get("sms")
    return PreviewView(variants=told, sms_parts=sms_parts(sms) if isinstance(sms, str) else 0)
