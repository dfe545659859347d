"""Shapes of a resident's inbox, preferences and devices."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app_server.kernel.http import Query, Shape


class MessageView(Shape):
    """One message."""

    id: UUID
    title: str
    body: str
    link: str
    at: datetime
    read: bool


class InboxView(Shape):
    """One page of the inbox."""

    items: list[MessageView]
    unread: int
    next: str | None


class InboxQuery(Query):
    """Where the list goes on."""

    cursor: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{22}$")] = None


Hour = Annotated[int, Field(ge=0, le=23)]


class PreferenceShape(Shape):
    """The channels that are switched off, and the quiet hours (equal hours are none)."""

    off: Annotated[
        list[Literal["push", "subscribe", "template", "alipay", "sms"]], Field(max_length=5)
    ]
    quiet_begins: Hour
    quiet_ends: Hour


class PushKeys(Shape):
    """A browser's keys (RFC 8291)."""

    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{80,100}$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,32}$")]


Endpoint = Annotated[str, Field(min_length=10, max_length=1000, pattern=r"^https?://[!-~]+$")]


class PushAsked(Shape):
    """A push subscription as the browser gives it."""

    endpoint: Endpoint
    keys: PushKeys


class PushDropped(Shape):
    """The subscription that is over."""

    endpoint: Endpoint


Mark = Annotated[str, Field(max_length=64)]


class OfficialMarks(Query):
    """What WeChat writes beside a push of the official account."""

    timestamp: Mark
    nonce: Mark
    signature: Mark = ""
    msg_signature: Mark = ""
    encrypt_type: Mark = ""
    openid: Mark = ""
    echostr: Annotated[str, Field(max_length=400)] = ""


class PushKeyView(Shape):
    """`applicationServerKey` for `pushManager.subscribe`."""

    public_key: str
