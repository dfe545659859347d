"""What notify announces."""

from typing import ClassVar
from uuid import UUID

from app_server.kernel.events import Event


class SmsQueued(Event):
    """A short message waits to be sent; its words stay in the table."""

    name: ClassVar[str] = "notify.sms_queued/1"
    key: ClassVar[str] = "sms_id"
    sms_id: UUID
