"""Shapes of notify's replies."""

from datetime import datetime
from typing import Annotated
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
