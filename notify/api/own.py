"""The inbox, what somebody wants to be told by, and their devices."""

from uuid import UUID

from app_server.kernel.http import Call, EventStream, endpoint, person
from app_server.kernel.ratelimit import Limit
from notify import service
from notify.rules import Quiet
from notify.schemas import (
    InboxQuery,
    InboxView,
    MessageView,
    PreferenceShape,
    PushAsked,
    PushDropped,
    PushKeyView,
)


@endpoint("GET", "/me/messages", guard=person(1))
async def inbox(call: Call, query: InboxQuery) -> InboxView:
    """My messages, newest first."""
    page = await service.inbox(call.principal.subject, query.cursor)
    return InboxView(
        items=[
            MessageView(
                id=m.id,
                title=m.title,
                body=m.body,
                link=m.link,
                at=m.created_at,
                read=m.read_at is not None,
            )
            for m in page.messages
        ],
        unread=page.unread,
        next=page.next,
    )


@endpoint("POST", "/me/messages/{message_id}/read", guard=person(1))
async def mark_read(call: Call, message_id: UUID) -> None:
    """Note that I read a message."""
    await service.mark_read(call.principal.subject, message_id)


@endpoint("GET", "/me/live", guard=person(1), reply_type="text/event-stream")
async def live(call: Call) -> EventStream:
    """Be told when something new is in my inbox (server-sent events)."""
    return EventStream(service.live(call.principal.subject))


@endpoint("GET", "/me/notices/preferences", guard=person(1))
async def preferences(call: Call) -> PreferenceShape:
    """By what I am told, and when not."""
    return await _preference(call.principal.subject)


@endpoint("PUT", "/me/notices/preferences", guard=person(1))
async def prefer(call: Call, body: PreferenceShape) -> PreferenceShape:
    """Choose by what I am told; the inbox stays."""
    me = call.principal.subject
    await service.prefer(me, body.off, Quiet(body.quiet_begins, body.quiet_ends))
    return await _preference(me)


async def _preference(person_id: UUID) -> PreferenceShape:
    kept = await service.preference(person_id)
    return PreferenceShape.model_validate(
        {"off": kept.off, "quiet_begins": kept.quiet_begins, "quiet_ends": kept.quiet_ends}
    )


@endpoint("GET", "/me/devices/push/key", guard=person(1))
async def push_key(call: Call) -> PushKeyView:
    """The key a browser subscribes with."""
    del call
    return PushKeyView(public_key=service.push_key())


@endpoint("POST", "/me/devices/push", guard=person(1), limit=Limit("push-devices", 30, 3600))
async def add_device(call: Call, body: PushAsked) -> None:
    """Wake this browser when something is new for me."""
    me = call.principal.subject
    await service.add_device(me, body.endpoint, body.keys.p256dh, body.keys.auth)


@endpoint("DELETE", "/me/devices/push", guard=person(1))
async def drop_device(call: Call, body: PushDropped) -> None:
    """Do not wake this browser any more."""
    await service.drop_device(call.principal.subject, body.endpoint)
