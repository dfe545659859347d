"""What notify announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class DeliveryReady(Event):
    """A delivery may go out now; its words stay in the table."""

    name: ClassVar[str] = "notify.delivery_ready/1"
    key: ClassVar[str] = "delivery_id"
    delivery_id: UUID


class FollowerCame(Event):
    """Somebody follows the official account; their name there stays in the table."""

    name: ClassVar[str] = "notify.follower_came/1"
    key: ClassVar[str] = "follower_id"
    follower_id: UUID
