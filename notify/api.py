"""The inbox."""

from uuid import UUID

from app_server.kernel.http import Call, EventStream, endpoint, person
from notify import service
from notify.schemas import InboxQuery, InboxView, MessageView


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
